"""The sheet of a stocktake: for each SKU what was counted, what the book says, and the verdict.

An open stocktake's sheet is worked out from its lines, its decisions and the ledger each time it is read; nothing of
it is kept. Lines of the stocktakes that this one follows belong to it for the SKUs that have a line of its own: a
late line is another part of what was counted then, not a count of its own.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from retail.kernel.content import as_uuid
from retail.stocktakes.book import Book, books
from retail.stocktakes.models import CountMode, CountState, Decision, Stocktake, StocktakeItem, StocktakeLine
from retail.stocktakes.policy import restored_policy
from retail.stocktakes.reach import Reach, read_reach
from retail.stocktakes.tally import Counted, Line, count
from retail.stocktakes.verdict import Circumstances, Difference, difference, verdict
from retail.stocktakes.worth import list_prices

BREATH = 100
"""After so many SKUs others have their turn: a sheet of thousands is worked out in the process that sells."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One SKU on the sheet. `found` is what the count says of the book; both are None where nobody saw it."""

    sku_id: UUID
    state: CountState
    round: int
    counted: Counted | None
    found: Difference | None
    book: Book
    price_fen: int | None
    newest: int
    item: StocktakeItem | None

    @property
    def units(self) -> int | None:
        """Return how many were counted."""
        return None if self.counted is None else self.counted.tally.units


@dataclass(frozen=True, slots=True)
class Sheet:
    """All SKUs of a stocktake; `unknown` is how many lines hold a code that nobody knows."""

    entries: Mapping[UUID, Entry]
    first: datetime | None
    last: datetime | None
    unknown: int

    def of(self, *states: CountState) -> list[Entry]:
        """Return the entries in some states, in the order of SKU ids."""
        return [entry for entry in self.entries.values() if entry.state in states]


@dataclass(slots=True)
class Material:
    """What a sheet is worked out from: lines by SKU and decisions; reading it does not touch the ledger."""

    lines: Mapping[UUID, Sequence[Line]]
    items: Mapping[UUID, StocktakeItem]
    unseen: Sequence[UUID]
    reach: Reach
    first: datetime | None = None
    last: datetime | None = None
    unknown: int = 0
    ancestors: Sequence[UUID] = field(default=())

    @property
    def sku_ids(self) -> list[UUID]:
        """Return every SKU of the sheet, sorted."""
        return sorted({*self.lines, *self.unseen})


async def read_sheet(session: AsyncSession, stocktake: Stocktake, only: Collection[UUID] | None = None) -> Sheet:
    """Return the sheet of an open stocktake, or of some of its SKUs."""
    return await work_out(session, stocktake, await read_material(session, stocktake, only))


async def read_material(session: AsyncSession, stocktake: Stocktake, only: Collection[UUID] | None = None) -> Material:
    """Return what the sheet of a stocktake is worked out from."""
    ancestors = await _ancestors(session, stocktake)
    lines, unknown = await _lines(session, stocktake, ancestors, only)
    own = [line for some in lines.values() for line in some]
    reach = await read_reach(session, stocktake)
    unseen: list[UUID] = []
    if stocktake.follows_id is None:
        unseen = sorted(sku for sku in await reach.expected(session) if sku not in lines)
        unseen = [sku for sku in unseen if only is None or sku in only]
    return Material(
        lines=lines,
        items=await _items(session, stocktake, ancestors),
        unseen=unseen,
        reach=reach,
        first=min((line.at for line in own), default=None),
        last=max((line.at for line in own), default=None),
        unknown=unknown,
        ancestors=ancestors,
    )


async def work_out(session: AsyncSession, stocktake: Stocktake, of: Material) -> Sheet:
    """Return the sheet: what the ledger says now of what was counted then."""
    store_id = as_uuid(stocktake.store_id)
    since = {sku_id: min(line.at for line in some) for sku_id, some in of.lines.items()}
    if of.first is not None:
        since |= dict.fromkeys(of.unseen, of.first)
    known = await books(session, store_id, since)
    prices = await list_prices(session, store_id, of.sku_ids)
    entries: dict[UUID, Entry] = {}
    for n, sku_id in enumerate(of.sku_ids):
        if n % BREATH == 0:
            await asyncio.sleep(0)
        book, price = known.get(sku_id, Book()), prices.get(sku_id)
        if sku_id in of.lines:
            entries[sku_id] = _entry(stocktake, of, sku_id, book, price)
        else:
            entries[sku_id] = _unseen(of, sku_id, book, price)
    return Sheet(entries, of.first, of.last, of.unknown)


def _entry(stocktake: Stocktake, of: Material, sku_id: UUID, book: Book, price_fen: int | None) -> Entry:
    lines, item = of.lines[sku_id], of.items.get(sku_id)
    newest = max(line.seq for line in lines)
    decision = None if item is None else item.decision
    counted = count(lines, book, sums=decision == Decision.SUM)
    assert counted is not None  # noqa: S101 -- an SKU stands in `lines` only with a line
    found = difference(counted.tally.units, counted.tally.first, counted.tally.last, book)
    places = {line.place for line in lines}
    about = Circumstances(
        asked=0 if item is None else item.round,
        # What was accepted was another figure when a line came since.
        accepted=decision == Decision.ACCEPT and item is not None and item.decided_seq == newest,
        left_out=decision == Decision.LEAVE_OUT,
        inside=of.reach.holds(sku_id),
        complete=of.reach.is_complete(sku_id, places),
        price_fen=price_fen,
    )
    state = verdict(counted, found, about, restored_policy(stocktake.policy))
    return Entry(sku_id, state, about.asked, counted, found, book, price_fen, newest, item)


def _unseen(of: Material, sku_id: UUID, book: Book, price_fen: int | None) -> Entry:
    """Return an SKU that nobody saw: as a count of 0 that took as long as the whole stocktake."""
    item = of.items.get(sku_id)
    found = None if of.first is None or of.last is None else difference(0, of.first, of.last, book)
    asked = 0 if item is None else item.round
    state = CountState.RECOUNT if asked else CountState.NOT_SEEN
    if item is not None and item.decision == Decision.LEAVE_OUT:
        state = CountState.LEFT_OUT
    return Entry(sku_id, state, asked, None, found, book, price_fen, 0, item)


async def _ancestors(session: AsyncSession, stocktake: Stocktake) -> list[UUID]:
    """Return the stocktakes that this one follows, the nearest first."""
    found: list[UUID] = []
    before = stocktake.follows_id
    while before is not None:
        found.append(as_uuid(before))
        before = await session.scalar(select(Stocktake.follows_id).where(Stocktake.id == before))
    return found


async def _lines(
    session: AsyncSession, stocktake: Stocktake, ancestors: Sequence[UUID], only: Collection[UUID] | None
) -> tuple[dict[UUID, list[Line]], int]:
    columns = (
        StocktakeLine.sku_id,
        StocktakeLine.id,
        StocktakeLine.seq,
        StocktakeLine.units,
        StocktakeLine.mode,
        StocktakeLine.round,
        StocktakeLine.shelf_id,
        StocktakeLine.person_id,
        StocktakeLine.counted_at,
    )
    known = StocktakeLine.sku_id.is_not(None) if only is None else StocktakeLine.sku_id.in_(only)
    lines: dict[UUID, list[Line]] = defaultdict(list)
    own = await session.execute(select(*columns).where(StocktakeLine.stocktake_id == stocktake.id, known))
    for row in own:
        lines[as_uuid(row.sku_id)].append(_line(row, row.seq))
    if ancestors and lines:
        earlier = await session.execute(
            select(*columns).where(StocktakeLine.stocktake_id.in_(ancestors), StocktakeLine.sku_id.in_(list(lines)))
        )
        for row in earlier:
            lines[as_uuid(row.sku_id)].append(_line(row, 0))
    unknown = await session.scalar(
        select(func.count()).where(StocktakeLine.stocktake_id == stocktake.id, StocktakeLine.sku_id.is_(None))
    )
    return lines, unknown or 0


def _line(row: Any, seq: int) -> Line:
    return Line(
        id=as_uuid(row.id),
        seq=seq,
        units=row.units,
        mode=CountMode(row.mode),
        round=row.round,
        place=None if row.shelf_id is None else as_uuid(row.shelf_id),
        person=None if row.person_id is None else as_uuid(row.person_id),
        at=row.counted_at,
    )


async def _items(session: AsyncSession, stocktake: Stocktake, ancestors: Sequence[UUID]) -> dict[UUID, StocktakeItem]:
    """Return the decisions by SKU; the rounds of what was asked before go on where nothing newer was said."""
    rows = await session.scalars(
        select(StocktakeItem)
        .where(StocktakeItem.store_id == stocktake.store_id, StocktakeItem.stocktake_id.in_([stocktake.id, *ancestors]))
        .execution_options(populate_existing=True)
    )
    order = {id: n for n, id in enumerate([as_uuid(stocktake.id), *ancestors])}
    found: dict[UUID, StocktakeItem] = {}
    for row in sorted(rows, key=lambda row: -order[as_uuid(row.stocktake_id)]):
        if order[as_uuid(row.stocktake_id)] == 0 or row.decision == Decision.SUM:
            found[as_uuid(row.sku_id)] = row
    return found
