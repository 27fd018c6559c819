"""Taking in what shops and channels report: origins, lines, and everything that can be wrong.

Bad lines are named all at once, each with its place, a stable code and words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from retail.catalogue.lookup import Item, Name
from retail.inventory.ledger import Entry
from retail.inventory.models import Account, MovementKind, Source
from retail.kernel.base import new_id
from retail.kernel.clock import believable
from retail.kernel.refusal import InvalidInput, Problem

LINES_AT_MOST = 500
QUANTITY_AT_MOST = 1_000_000
FEN_AT_MOST = 100_000_000_000
TEXT_AT_MOST = 100
NOTE_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Origin:
    """When, on what device, where and by what kind of system a fact was recorded."""

    occurred_at: datetime
    device: str | None
    latitude: float | None
    longitude: float | None
    source: Source


@dataclass(frozen=True, slots=True)
class NewLine:
    """Some of one item, named by exactly one of SKU id and code; price in fen a counted unit."""

    sku_id: UUID | None
    code: str | None
    quantity: int
    unit_price: int | None = None

    @property
    def name(self) -> Name | None:
        """Return the one name given, or None if there is none or two."""
        if (self.sku_id is None) == (self.code is None):
            return None
        return self.sku_id or self.code


@dataclass(frozen=True, slots=True)
class Counted:
    """A line that has been understood: an SKU, base units, and the catalogue's entry."""

    item: Item
    units: int
    unit_price: int | None

    @property
    def sku_id(self) -> UUID:
        """Return the SKU."""
        return self.item.sku_id


def problem(path: str, code: str, message: str, message_zh: str) -> Problem:
    """Return one thing wrong with an input."""
    return Problem(path, code, message, message_zh)


def origin_problems(origin: Origin, path: str = "origin") -> list[Problem]:
    """Return what is wrong with an origin; a wrong clock is not: it is recorded."""
    return [
        *text_problems(f"{path}.device", origin.device, TEXT_AT_MOST),
        *position_problems(origin.latitude, origin.longitude, path),
    ]


def position_problems(latitude: float | None, longitude: float | None, path: str) -> list[Problem]:
    """Return what is wrong with a position in degrees (WGS 84); NaN is wrong too."""
    found = []
    for word, value, most in (("latitude", latitude, 90), ("longitude", longitude, 180)):
        if value is not None and not -most <= value <= most:
            text = (f"Must lie between -{most} and {most}.", f"必须在 -{most} 到 {most} 之间。")
            found.append(problem(f"{path}.{word}", "OUT_OF_RANGE", *text))
    return found


def text_problems(path: str, text: str | None, most: int) -> list[Problem]:
    """Return what is wrong with a text that is kept: its length, or a null byte (PostgreSQL keeps none)."""
    found = []
    if text is not None and len(text) > most:
        found.append(problem(path, "TEXT_TOO_LONG", f"At most {most} characters.", f"最多 {most} 个字。"))
    if text is not None and "\0" in text:
        found.append(problem(path, "TEXT_NOT_PLAIN", "Must not hold a null byte.", "不能含有空字符。"))
    return found


def quantity_problem(path: str, quantity: int) -> Problem | None:
    """Return what is wrong with a count of things that must be at least one."""
    if quantity <= 0:
        return problem(path, "QUANTITY_NOT_POSITIVE", "Must be 1 or more.", "数量至少为 1。")
    if quantity > QUANTITY_AT_MOST:
        return problem(
            path, "QUANTITY_TOO_LARGE", f"At most {QUANTITY_AT_MOST:,}.", f"数量不能超过 {QUANTITY_AT_MOST:,}。"
        )
    return None


def naming_problem(path: str) -> Problem:
    """Return the problem of an item named by neither or by both of skuId and code."""
    return problem(path, "NAME_ONE", "Give either skuId or code.", "请只填 skuId 或 code 其中之一。")


def unknown_item(path: str, name: Name) -> Problem:
    """Return the problem of an item that the catalogue does not have."""
    return problem(path, "UNKNOWN_ITEM", f"No item {name} in the catalogue.", f"商品目录里没有 {name}。")


def money_problem(path: str, fen: int | None) -> Problem | None:
    """Return what is wrong with an amount of fen, if anything."""
    if fen is None or 0 <= fen <= FEN_AT_MOST:
        return None
    return problem(path, "AMOUNT_OUT_OF_RANGE", f"0 to {FEN_AT_MOST:,} fen.", f"金额须在 0 到 {FEN_AT_MOST:,} 分之间。")


def read_lines(lines: Sequence[NewLine], items: Mapping[Name, Item], before: Sequence[Problem] = ()) -> list[Counted]:
    """Return the lines understood, or raise `InvalidInput` naming everything that is wrong."""
    problems = list(before)
    if not lines:
        problems.append(problem("lines", "NO_LINES", "At least one line.", "至少要有一行。"))
    if len(lines) > LINES_AT_MOST:
        text = (f"At most {LINES_AT_MOST} lines.", f"最多 {LINES_AT_MOST} 行。")
        raise InvalidInput([problem("lines", "TOO_MANY_LINES", *text)])
    understood = []
    for n, line in enumerate(lines):
        wrong = quantity_problem(f"lines[{n}].quantity", line.quantity)
        if wrong is None and line.unit_price is not None:
            wrong = money_problem(f"lines[{n}].unitPrice", line.unit_price)
            # What a line costs is summed up elsewhere: it must stay a number that can be.
            wrong = wrong or money_problem(f"lines[{n}].unitPrice", line.unit_price * line.quantity)
        if wrong is not None:
            problems.append(wrong)
        name = line.name
        if name is None:
            problems.append(naming_problem(f"lines[{n}]"))
            continue
        item = items.get(name)
        if item is None:
            problems.append(unknown_item(f"lines[{n}].{'skuId' if line.sku_id else 'code'}", name))
            continue
        units = line.quantity * item.pack_units
        if wrong is None and units > QUANTITY_AT_MOST:
            problems.append(
                problem(f"lines[{n}].quantity", "QUANTITY_TOO_LARGE", "Too many base units.", "折算后的数量太大。")
            )
        understood.append(Counted(item, units, line.unit_price))
    if problems:
        raise InvalidInput(problems)
    return understood


def names_of(lines: Sequence[NewLine]) -> list[Name]:
    """Return the names to look up."""
    return [name for name in (line.name for line in lines) if name is not None]


def entry(
    origin: Origin,
    now: datetime,
    *,
    store_id: UUID,
    sku_id: UUID,
    kind: MovementKind,
    quantity: int,
    counter: Account,
    document_id: UUID,
    actor_id: UUID | None,
    reserved: int = 0,
    amount: int | None = None,
    reason: str | None = None,
    note: str | None = None,
) -> Entry:
    """Return an entry of the ledger for something that happened at an origin."""
    occurred_at, clock_error = believable(origin.occurred_at, now)
    return Entry(
        request=0,
        movement_id=new_id(),
        content_hash=None,
        store_id=store_id,
        sku_id=sku_id,
        kind=kind,
        quantity=quantity,
        reserved=reserved,
        counter_account=counter,
        amount_fen=amount,
        reason=reason,
        note=note,
        occurred_at=occurred_at,
        recorded_at=now,
        clock_error_seconds=clock_error,
        actor_id=actor_id,
        device=origin.device,
        latitude=origin.latitude,
        longitude=origin.longitude,
        source=origin.source,
        document_id=document_id,
    )


@dataclass(frozen=True, slots=True)
class PostedLine:
    """One line of an answer: signed base units, what was on hand afterwards, fen."""

    sku_id: UUID
    quantity: int
    on_hand: int
    amount: int | None
