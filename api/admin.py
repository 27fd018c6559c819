"""Setting up a real chain from the command line: stores and goods from CSV files, people, channels.

Each command is one transaction: a file with a bad row changes nothing, and every bad row is named
with its line and column.
"""

import asyncio
import csv
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from api.database import system_office
from api.mendable import Mendable
from auth import accounts
from auth.accounts import create_local_account
from retail.access.models import Assignment, Person
from retail.access.permissions import Role
from retail.access.work import Work
from retail.catalogue.codes import is_gtin
from retail.catalogue.commands import NewSku, import_categories, import_skus
from retail.catalogue.models import Category, Locality
from retail.kernel.base import new_id
from retail.kernel.content import as_uuid
from retail.kernel.events import CatalogueChanged
from retail.kernel.privacy.masking import Personal
from retail.kernel.privacy.vault import Vault
from retail.people.commands import set_phones
from retail.stores.models import Region, Store, StoreKind

T = TypeVar("T")
Row = Mapping[str, str]

STORE_COLUMNS = ("code", "name", "region")
GOODS_COLUMNS = ("code", "name", "category")


class BadFile(Mendable):
    """A file or an argument cannot be used; the message names each line, column and reason."""


class Reader:
    """Reads the rows of a CSV file (UTF-8, with a header) and gathers what is wrong with them."""

    def __init__(self, path: Path, needed: Sequence[str]) -> None:
        self._path = path
        self._needed = needed
        self._wrong: list[str] = []
        self._line = 1
        self._row: Row = {}

    def rows(self) -> Iterator[Row]:
        """Yield the rows; at the end raise `BadFile` if anything was wrong."""
        try:
            with self._path.open(encoding="utf-8-sig", newline="") as file:
                table = csv.DictReader(file)
                missing = [name for name in self._needed if name not in (table.fieldnames or ())]
                if missing:
                    raise BadFile(f"{self._path.name}: no column {', '.join(missing)}")
                for row in table:
                    self._line = table.line_num
                    self._row = {name: (value or "").strip() for name, value in row.items() if name}
                    for name in self._needed:
                        if not self._row[name]:
                            self.complain(name, "is empty")
                    yield self._row
        except (OSError, UnicodeDecodeError, csv.Error) as unreadable:
            raise BadFile(f"{self._path}: {unreadable}") from None
        if self._wrong:
            raise BadFile("\n".join(self._wrong))

    def complain(self, column: str, why: str) -> None:
        """Note that a column of the present row cannot be used."""
        self._wrong.append(f"{self._path.name}:{self._line}: {column} {why}")

    def value(self, column: str, read: Callable[[str], T], otherwise: T, why: str) -> T:
        """Return a column of the present row, or the other value if it is empty or wrong."""
        text = self._row.get(column, "")
        if not text:
            return otherwise
        try:
            return read(text)
        except (ValueError, InvalidOperation, ZoneInfoNotFoundError):
            self.complain(column, f"{text!r} {why}")
            return otherwise


def run(database_url: str, act: Callable[[Work], Awaitable[T]]) -> T:
    """Carry out one act of administration in one transaction."""

    async def inside() -> T:
        async with system_office(database_url) as office, office.work(None) as work:
            return await act(work)

    return asyncio.run(inside())


async def import_stores(work: Work, path: Path) -> int:
    """Add or change the stores of a file; regions that are new are made. Return how many rows."""
    reader = Reader(path, STORE_COLUMNS)
    regions = {row.code: row for row in await work.session.scalars(select(Region))}
    stores = {row.code: row for row in await work.session.scalars(select(Store))}
    count = 0
    for row in reader.rows():
        count += 1
        region = regions.get(row["region"])
        if region is None:
            name = row.get("region_name") or row["region"]
            region = regions[row["region"]] = Region(id=new_id(), code=row["region"], name=name, name_en=name)
            work.session.add(region)
            await work.session.flush()
        store = stores.get(row["code"])
        if store is None:
            store = stores[row["code"]] = Store(id=new_id(), code=row["code"])
            work.session.add(store)
        _fill_store(reader, row, store, region.id)
    work.announce(CatalogueChanged())
    return count


def _fill_store(reader: Reader, row: Row, store: Store, region_id: UUID) -> None:
    store.name = row["name"]
    store.name_en = row.get("name_en") or row["name"]
    store.region_id = region_id
    store.kind = reader.value("kind", StoreKind, StoreKind.SHOP, "is neither shop nor warehouse")
    store.zone = reader.value("zone", lambda text: ZoneInfo(text).key, "Asia/Shanghai", "is no time zone")
    store.latitude = reader.value("latitude", _within(90), None, "is no latitude in degrees")
    store.longitude = reader.value("longitude", _within(180), None, "is no longitude in degrees")
    store.area_m2 = reader.value("area_m2", _positive, None, "is no area in square metres")
    store.opens_at = reader.value("opens_at", time.fromisoformat, time(7, 30), "is no time such as 07:30")
    store.closes_at = reader.value("closes_at", time.fromisoformat, time(22, 30), "is no time such as 22:30")
    store.day_cutoff = reader.value("day_cutoff", time.fromisoformat, time(4), "is no time such as 04:00")


async def import_goods(work: Work, path: Path) -> int:
    """Add the SKUs of a file; of codes that are known only the cost is new. Return how many rows."""
    reader = Reader(path, GOODS_COLUMNS)
    categories: dict[str, tuple[str, str, str, str | None]] = {}
    goods = []
    for row in reader.rows():
        categories.setdefault(row["category"], (row["category"], row["category"], row["category"], None))
        goods.append(
            NewSku(
                code=row["code"],
                name=row["name"],
                name_en=row.get("name_en") or row["name"],
                category_code=row["category"],
                price_fen=reader.value("price_yuan", _fen, None, "is no price in yuan such as 3.50"),
                cost_fen=reader.value("cost_yuan", _fen, None, "is no cost in yuan such as 2.10"),
                unit=row.get("unit") or "件",
                locality=reader.value("locality", Locality, Locality.CORE, "is neither core nor local"),
                gtins=_gtins(reader, row),
            )
        )
    known = set(await work.session.scalars(select(Category.code)))
    await import_categories(work, [new for code, new in categories.items() if code not in known])
    await import_skus(work, goods)
    return len(goods)


def _gtins(reader: Reader, row: Row) -> tuple[tuple[str, int], ...]:
    found = []
    for column, units in (("gtin", 1), ("case_gtin", reader.value("case_units", int, 0, "is no number"))):
        text = row.get(column, "")
        if not text:
            continue
        if not is_gtin(text):
            reader.complain(column, f"{text!r} is no GTIN (8, 12, 13 or 14 digits with a right check digit)")
        elif units < 1:
            reader.complain("case_units", "must say how many units a case holds")
        else:
            found.append((text, units))
    return tuple(found)


async def add_person(
    work: Work,
    *,
    name: str,
    login: str,
    role: Role,
    stores: Sequence[str],
    regions: Sequence[str],
    password: str | None = None,
    phone: Personal | None = None,
    vault: Vault | None = None,
) -> str:
    """Hire somebody into a role in stores, regions or (neither named) the chain; return the first password.

    Without a login (empty) there is no password either: they sign in through the company. A phone needs a vault.
    """
    person = Person(id=new_id(), name=name)
    work.session.add(person)
    work.session.add(await _assignment(work, role, stores, regions, person_id=person.id))
    if phone is not None and vault is not None:
        await work.session.flush()
        await set_phones(work, vault, {person.id: phone})
    if not login:
        return ""
    first = password or secrets.token_urlsafe(9)
    try:
        await create_local_account(work.session, person.id, login, first, must_change=True)
    except ValueError as wrong:
        raise BadFile(str(wrong)) from None
    except IntegrityError:
        raise BadFile(f"the login {login} is taken") from None
    return first


async def reset_second_factor(work: Work, login: str) -> None:
    """Take a lost second factor away; raise `BadFile` if nobody has the login."""
    if not await accounts.reset_second_factor(work.session, login, work.now):
        raise BadFile(f"nobody has the login {login}")


async def _assignment(
    work: Work,
    role: Role,
    stores: Sequence[str],
    regions: Sequence[str],
    *,
    person_id: UUID,
) -> Assignment:
    await work.session.flush()
    store_ids, region_ids = await ids_of(work, stores, regions)
    return Assignment(
        person_id=person_id,
        role=role,
        store_ids=store_ids,
        region_ids=region_ids,
        valid_from=work.now,
    )


async def ids_of(
    work: Work, stores: Sequence[str], regions: Sequence[str]
) -> tuple[list[UUID] | None, list[UUID] | None]:
    """Return the ids of stores and of regions by their codes; None where none is named."""
    return (
        await _ids(work, Store, stores, "store") if stores else None,
        await _ids(work, Region, regions, "region") if regions else None,
    )


async def _ids(work: Work, table: type[Store | Region], codes: Sequence[str], what: str) -> list[UUID]:
    rows = await work.session.execute(select(table.code, table.id).where(table.code.in_(codes)))
    known = {row.code: as_uuid(row.id) for row in rows}
    missing = [code for code in codes if code not in known]
    if missing:
        raise BadFile(f"no {what} with code {', '.join(missing)}")
    return [known[code] for code in codes]


def _within(most: int) -> Callable[[str], float | None]:
    def read(text: str) -> float | None:
        value = float(text)
        if not -most <= value <= most:
            raise ValueError(text)
        return value

    return read


def _positive(text: str) -> float | None:
    value = float(text)
    if not 0 < value < 1_000_000:  # noqa: PLR2004 -- no shop is a square kilometre
        raise ValueError(text)
    return value


def _fen(text: str) -> int | None:
    fen = Decimal(text) * 100
    if fen != fen.to_integral_value() or not 0 <= fen <= 10**11:
        raise ValueError(text)
    return int(fen)
