"""The codes that wait to be named, as headquarters sees them: how often and where, with guesses at what they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.permissions import Permission
from retail.access.work import Reading
from retail.catalogue.models import SkuCode
from retail.kernel.content import as_uuid
from retail.shelves.models import Shelf, UnknownCode
from retail.shelves.suggestions import Likeness, maker, misread

SIGHTINGS_AT_MOST = 20
OF_A_MAKER = 5
NEAR_AT_MOST = 5
QUANTITY_TOLD = 2**31 - 1
"""The most that is told of a code: a larger number is no GraphQL Int, and would hide the whole page."""


_IS_A_FIND = or_(UnknownCode.quantity > 0, UnknownCode.photo_id.is_(None))
"""A line that only brings a picture of what was found before is no find of its own."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One find of a code: where, when, by whom, and of what session."""

    id: UUID
    store_id: UUID
    shelf_code: str | None
    stocktake_id: UUID | None
    code: str
    quantity: int
    found_at: datetime
    found_by: UUID | None
    photo_id: UUID | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An SKU that a code may mean, and why."""

    sku_id: UUID
    gtin: str
    pack_units: int
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class WaitingCode:
    """A code that nobody knows: all its finds in the asker's stores, the newest of them, and guesses."""

    key: str
    times: int
    quantity: int
    stores: int
    first_found_at: datetime
    last_found_at: datetime
    sightings: tuple[Sighting, ...]
    suggestions: tuple[Suggestion, ...]


async def waiting_codes(
    reading: Reading, *, first: int, after: tuple[datetime, str] | None
) -> tuple[list[WaitingCode], int]:
    """Return one more than a page of the codes that wait, last found first, and how many there are."""
    mine = and_(UnknownCode.resolved_at.is_(None), UnknownCode.store_id.in_(reading.store_ids(Permission.CODE_RESOLVE)))
    last = func.max(UnknownCode.found_at)
    grouped = (
        select(
            UnknownCode.key,
            func.greatest(func.count().filter(_IS_A_FIND), 1).label("times"),
            func.sum(UnknownCode.quantity).label("quantity"),
            func.count(UnknownCode.store_id.distinct()).label("stores"),
            func.min(UnknownCode.found_at).label("first_found_at"),
            last.label("last_found_at"),
        )
        .where(mine)
        .group_by(UnknownCode.key)
    )
    total = await reading.session.scalar(select(func.count(UnknownCode.key.distinct())).where(mine)) or 0
    if after is not None:
        grouped = grouped.having(tuple_(last, UnknownCode.key) < tuple_(*after))
    rows = (await reading.session.execute(grouped.order_by(last.desc(), UnknownCode.key.desc()).limit(first + 1))).all()
    keys = [row.key for row in rows]
    seen = await _sightings(reading, keys)
    guesses = await suggestions(reading.session, keys)
    page = [
        WaitingCode(
            row.key,
            row.times,
            min(int(row.quantity), QUANTITY_TOLD),
            row.stores,
            row.first_found_at,
            row.last_found_at,
            tuple(seen.get(row.key, ())),
            tuple(guesses.get(row.key, ())),
        )
        for row in rows
    ]
    return page, total


async def suggestions(session: AsyncSession, keys: Sequence[str]) -> dict[str, list[Suggestion]]:
    """Return what codes may be, the likeliest first."""
    near = {key: misread(key) for key in keys}
    makers = {key: maker(key) for key in keys}
    starts = sorted({digits for digits in makers.values() if digits})
    wanted = [SkuCode.gtin.in_(set().union(*near.values())), *(SkuCode.gtin.like(f"{digits}%") for digits in starts)]
    found: dict[str, list[Suggestion]] = {}
    rows = (await session.execute(select(SkuCode).where(or_(*wanted)).order_by(SkuCode.gtin).limit(1000))).scalars()
    codes = [(row.gtin, as_uuid(row.sku_id), row.pack_units) for row in rows]
    for key in keys:
        close = [Suggestion(sku, gtin, n, Likeness.ONE_DIGIT_OFF) for gtin, sku, n in codes if gtin in near[key]]
        digits = makers[key]
        kin = [
            Suggestion(sku, gtin, n, Likeness.SAME_MAKER)
            for gtin, sku, n in codes
            if digits and gtin.startswith(digits) and gtin not in near[key]
        ]
        found[key] = close[:NEAR_AT_MOST] + kin[:OF_A_MAKER]
    return found


async def _sightings(reading: Reading, keys: Sequence[str]) -> Mapping[str, list[Sighting]]:
    """Return the newest finds of codes in the asker's stores."""
    newest = func.row_number().over(
        partition_by=UnknownCode.key, order_by=(UnknownCode.found_at.desc(), UnknownCode.id)
    )
    ranked = (
        select(UnknownCode.store_id, UnknownCode.id, newest.label("place"))
        .where(
            UnknownCode.key.in_(keys),
            UnknownCode.resolved_at.is_(None),
            UnknownCode.store_id.in_(reading.store_ids(Permission.CODE_RESOLVE)),
        )
        .subquery()
    )
    rows: Sequence[Any] = (
        await reading.session.execute(
            select(UnknownCode, Shelf.code.label("shelf_code"))
            .join(ranked, (ranked.c.store_id == UnknownCode.store_id) & (ranked.c.id == UnknownCode.id))
            .outerjoin(Shelf, (Shelf.store_id == UnknownCode.store_id) & (Shelf.id == UnknownCode.shelf_id))
            .where(ranked.c.place <= SIGHTINGS_AT_MOST)
            .order_by(UnknownCode.key, ranked.c.place)
        )
    ).all()
    seen: dict[str, list[Sighting]] = {}
    for row, shelf_code in rows:
        seen.setdefault(row.key, []).append(
            Sighting(
                id=as_uuid(row.id),
                store_id=as_uuid(row.store_id),
                shelf_code=shelf_code,
                stocktake_id=as_uuid(row.stocktake_id) if row.stocktake_id else None,
                code=row.code,
                quantity=row.quantity,
                found_at=row.found_at,
                found_by=as_uuid(row.found_by) if row.found_by else None,
                photo_id=as_uuid(row.photo_id) if row.photo_id else None,
            )
        )
    return seen
