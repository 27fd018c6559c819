"""Reading stocktakes: what each reader may be told of them.

While a blind stocktake is open, whoever may count in it and may not confirm it is told nothing that holds or betrays
the book: not what differs, nor what was not seen, nor what others counted. All else is the same for everybody.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.models import Person
from retail.access.permissions import Permission
from retail.access.work import Reading, require
from retail.inventory.models import AdjustmentReason
from retail.kernel.content import as_uuid
from retail.stocktakes.book import Book
from retail.stocktakes.models import (
    CountAnchor,
    CountState,
    Decision,
    Stocktake,
    StocktakeItem,
    StocktakeLine,
    StocktakeStatus,
)
from retail.stocktakes.sheet import Entry, read_material, work_out
from retail.stocktakes.tally import Figure, checked, count
from retail.stocktakes.verdict import Difference


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One SKU of a stocktake as it is told; `difference` is what is posted, `unsure` by how much it may be wrong."""

    sku_id: UUID
    state: CountState
    round: int
    figures: tuple[Figure, ...] = ()
    counted: int | None = None
    counted_from: datetime | None = None
    counted_to: datetime | None = None
    book: int | None = None
    difference: int | None = None
    unsure: int | None = None
    price_fen: int | None = None
    decision: Decision | None = None
    reason: AdjustmentReason | None = None
    note: str | None = None
    checked: int = 0
    wrong: int = 0
    settled: int = 0
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line as it is told; `quantity` and `units` are None to whom what others counted is not told."""

    id: UUID
    seq: int
    sku_id: UUID | None
    code: str | None
    quantity: int | None
    units: int | None
    mode: str
    round: int
    shelf_id: UUID | None
    counted_at: datetime
    recorded_at: datetime
    clock_error_seconds: int | None
    person_id: UUID | None
    device: str | None


@dataclass(frozen=True, slots=True)
class CounterRow:
    """Somebody who counts: how many lines, and when the newest one was counted."""

    person_id: UUID | None
    name: str | None
    lines: int
    first_at: datetime
    last_at: datetime


async def stocktake_page(
    reading: Reading,
    *,
    store_id: UUID,
    status: StocktakeStatus | None,
    first: int,
    after: tuple[datetime, UUID] | None,
) -> list[Stocktake]:
    """Return one more than a page of a store's stocktakes, newest first."""
    require(reading.actor, Permission.MOVEMENT_READ, store_id)
    wanted = select(Stocktake).where(Stocktake.store_id == store_id)
    if status is not None:
        wanted = wanted.where(Stocktake.status == status)
    if after is not None:
        wanted = wanted.where(tuple_(Stocktake.started_at, Stocktake.id) < tuple_(*after))
    rows = await reading.session.scalars(
        wanted.order_by(Stocktake.started_at.desc(), Stocktake.id.desc()).limit(first + 1)
    )
    return list(rows)


async def find_stocktake(reading: Reading, stocktake_id: UUID) -> Stocktake | None:
    """Return a stocktake of a store that the reader sees; None if there is none."""
    found = await reading.session.scalar(select(Stocktake).where(Stocktake.id == stocktake_id))
    if found is None or not reading.actor.may(Permission.STORE_READ, as_uuid(found.store_id)):
        return None
    require(reading.actor, Permission.MOVEMENT_READ, as_uuid(found.store_id))
    return found


async def store_of(reading: Reading, stocktake_id: UUID) -> UUID | None:
    """Return the store of a stocktake; None if the reader sees none."""
    found = await reading.session.scalar(select(Stocktake.store_id).where(Stocktake.id == stocktake_id))
    return None if found is None else as_uuid(found)


def is_blind_to(reading: Reading, stocktake: Stocktake) -> bool:
    """Say whether the book of a stocktake is kept from a reader."""
    store_id = as_uuid(stocktake.store_id)
    counts = reading.actor.may(Permission.COUNT_RECORD, store_id)
    confirms = reading.actor.may(Permission.COUNT_CONFIRM, store_id)
    return stocktake.blind and stocktake.status == StocktakeStatus.OPEN and counts and not confirms


async def item_rows(reading: Reading, stocktake: Stocktake) -> list[ItemRow]:
    """Return every SKU of a stocktake in the order of ids, as far as the reader is told of it."""
    if stocktake.status == StocktakeStatus.OPEN:
        material = await read_material(reading.session, stocktake)
        sheet = await work_out(reading.session, stocktake, material)
        rows = [_open_row(entry) for entry in sheet.entries.values()]
        if is_blind_to(reading, stocktake):
            return [row for row in (_masked(each, reading.actor.id) for each in rows) if row is not None]
        return rows
    return await _closed_rows(reading.session, stocktake)


async def line_rows(reading: Reading, stocktake: Stocktake, *, first: int, after: int) -> list[LineRow]:
    """Return one more than a page of the lines that arrived after a version, in the order of their arrival."""
    rows = await reading.session.scalars(
        select(StocktakeLine)
        .where(StocktakeLine.stocktake_id == stocktake.id, StocktakeLine.seq > after)
        .order_by(StocktakeLine.seq)
        .limit(first + 1)
    )
    blind = is_blind_to(reading, stocktake)
    return [_line(row, hidden=blind and row.person_id != reading.actor.id) for row in rows]


async def counters(reading: Reading, stocktake: Stocktake) -> list[CounterRow]:
    """Return who has counted, the last one first."""
    rows = await reading.session.execute(
        select(
            StocktakeLine.person_id,
            Person.name,
            func.count(),
            func.min(StocktakeLine.counted_at),
            func.max(StocktakeLine.counted_at),
        )
        .outerjoin(Person, Person.id == StocktakeLine.person_id)
        .where(StocktakeLine.stocktake_id == stocktake.id)
        .group_by(StocktakeLine.person_id, Person.name)
        .order_by(func.max(StocktakeLine.counted_at).desc())
    )
    return [CounterRow(None if id is None else as_uuid(id), name, many, *times) for id, name, many, *times in rows]


async def names(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of people."""
    rows = await session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {as_uuid(row.id): row.name for row in rows}


async def line_counts(session: AsyncSession, stocktake_ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """Return how many lines stocktakes have, and how many of those hold a code that nobody knows."""
    rows = await session.execute(
        select(StocktakeLine.stocktake_id, func.count(), func.count().filter(StocktakeLine.sku_id.is_(None)))
        .where(StocktakeLine.stocktake_id.in_(stocktake_ids))
        .group_by(StocktakeLine.stocktake_id)
    )
    return {as_uuid(id): (many, unknown) for id, many, unknown in rows}


def _open_row(entry: Entry) -> ItemRow:
    tally = None if entry.counted is None else entry.counted.tally
    figures = () if tally is None else tuple(figure for place in tally.places for figure in place.figures)
    many, wrong = (0, 0) if entry.counted is None else checked(entry.counted, entry.book)
    row = ItemRow(
        sku_id=entry.sku_id,
        state=entry.state,
        round=entry.round,
        figures=figures,
        counted=entry.units,
        counted_from=None if tally is None else tally.first,
        counted_to=None if tally is None else tally.last,
        price_fen=entry.price_fen,
        checked=many,
        wrong=wrong,
        **_said(entry.item),
    )
    if entry.found is None:
        return row
    return replace(row, book=entry.found.book, difference=entry.found.certain, unsure=entry.found.unsure)


def _said(item: StocktakeItem | None) -> dict[str, Any]:
    if item is None:
        return {}
    return {
        "decision": None if item.decision is None else Decision(item.decision),
        "reason": None if item.reason is None else AdjustmentReason(item.reason),
        "note": item.note,
    }


def _masked(row: ItemRow, reader: UUID) -> ItemRow | None:
    """Return what is told of an SKU to who counts blind; None if the very row would betray the book."""
    mine = tuple(figure for figure in row.figures if figure.person == reader)
    done = max((figure.round for figure in row.figures), default=-1)
    state = CountState.COUNTED
    # First, because a recount that was asked for before the second figure came is not what they have to say now.
    if row.state is CountState.CONFLICT:
        state = CountState.CONFLICT
    elif row.round > max(done, 0):
        state = CountState.RECOUNT
    elif not row.figures:
        return None
    # It was looked at again already: what is left to say is that it waits for somebody, and not by how much it differs.
    elif row.state is CountState.SECOND_PERSON:
        state = CountState.SECOND_PERSON
    alone = len(mine) == len(row.figures) > 0
    return ItemRow(
        sku_id=row.sku_id,
        state=state,
        round=row.round,
        figures=mine,
        counted=row.counted if alone else None,
        counted_from=row.counted_from,
        counted_to=row.counted_to,
    )


async def _closed_rows(session: AsyncSession, stocktake: Stocktake) -> list[ItemRow]:
    """Return what became of every SKU of a closed stocktake; of a cancelled one, what had been counted."""
    material = await read_material(session, stocktake)
    rows = await session.execute(
        select(StocktakeItem, CountAnchor.settled, CountAnchor.settled_at)
        .outerjoin(
            CountAnchor,
            (CountAnchor.store_id == StocktakeItem.store_id)
            & (CountAnchor.sku_id == StocktakeItem.sku_id)
            & (CountAnchor.document_id == StocktakeItem.stocktake_id),
        )
        .where(StocktakeItem.store_id == stocktake.store_id, StocktakeItem.stocktake_id == stocktake.id)
    )
    told: dict[UUID, ItemRow] = {}
    for item, settled, settled_at in rows:
        told[as_uuid(item.sku_id)] = _closed_row(item, settled or 0, settled_at)
    for sku_id, lines in material.lines.items():
        counted = count(lines, Book())
        if counted is not None:
            base = told.get(sku_id, ItemRow(sku_id, CountState.COUNTED, 0, counted=counted.tally.units))
            figures = tuple(figure for place in counted.tally.places for figure in place.figures)
            told[sku_id] = replace(base, figures=figures)
    return [told[sku_id] for sku_id in sorted(told)]


def _closed_row(item: StocktakeItem, settled: int, settled_at: datetime | None) -> ItemRow:
    found = None
    if item.low is not None and item.high is not None and item.book is not None:
        found = Difference(item.book, item.low, item.high)
    return ItemRow(
        sku_id=as_uuid(item.sku_id),
        state=CountState.COUNTED if item.state is None else CountState(item.state),
        round=item.round,
        counted=item.counted,
        counted_from=item.counted_from,
        counted_to=item.counted_to,
        book=item.book,
        difference=None if found is None else found.certain,
        unsure=None if found is None else found.unsure,
        price_fen=item.price_fen,
        checked=item.checked or 0,
        wrong=item.wrong or 0,
        settled=settled,
        settled_at=settled_at,
        **_said(item),
    )


def _line(row: StocktakeLine, *, hidden: bool) -> LineRow:
    return LineRow(
        id=as_uuid(row.id),
        seq=row.seq,
        sku_id=None if row.sku_id is None else as_uuid(row.sku_id),
        code=row.code,
        quantity=None if hidden else row.quantity,
        units=None if hidden else row.units,
        mode=row.mode,
        round=row.round,
        shelf_id=None if row.shelf_id is None else as_uuid(row.shelf_id),
        counted_at=row.counted_at,
        recorded_at=row.recorded_at,
        clock_error_seconds=row.clock_error_seconds,
        person_id=None if row.person_id is None else as_uuid(row.person_id),
        device=row.device,
    )
