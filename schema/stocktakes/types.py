"""Stocktakes as they are told; a sheet is worked out once for all that is asked of it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from retail.catalogue.queries import skus_by_id
from retail.kernel.content import as_uuid
from retail.stocktakes import figures as domain
from retail.stocktakes import queries
from retail.stocktakes.models import Stocktake as Row
from retail.stocktakes.queries import CounterRow, ItemRow, LineRow
from retail.stocktakes.tally import Figure
from schema.catalogue.types import Sku
from schema.kernel.context import Context, Info
from schema.kernel.enums import AdjustmentReason
from schema.kernel.limits import OWN_COST
from schema.kernel.paging import PageInfo, cursor_of, key_of, page_size
from schema.kernel.scalars import Fen
from schema.stocktakes.enums import CountDecision, CountMode, CountState, NotSeen, ScopeKind, StocktakeStatus
from schema.stocktakes.figures import Ratio, Shrinkage, StocktakeResult


@strawberry.type(description="What a stocktake covers.")
class StocktakeScope:
    kind: ScopeKind = strawberry.field(description="What it covers.")
    zone: str | None = strawberry.field(description="The zone, of ZONE.")
    ids: list[UUID] = strawberry.field(description="The shelves, categories or SKUs.")


@strawberry.type(description="What one person counted at one place.")
class CountFigure:
    person_id: UUID | None = strawberry.field(description="Who.")
    shelf_id: UUID | None = strawberry.field(description="The shelf; null for a place without a name.")
    units: int = strawberry.field(description="How many base units.")
    counted_at: datetime = strawberry.field(description="When the last of it was counted.")

    @classmethod
    def of(cls, figure: Figure) -> "CountFigure":
        """Return a figure as it is told."""
        return cls(person_id=figure.person, shelf_id=figure.place, units=figure.units, counted_at=figure.last)


@strawberry.type(
    description="One SKU of a stocktake. What holds the book is null to who counts in a blind one and may not confirm."
)
class StocktakeItem:
    sku: Sku = strawberry.field(description="The SKU.")
    state: CountState = strawberry.field(description="How far its count is.")
    round: int = strawberry.field(description="The newest asking: 0 the first count, n the n-th recount.")
    figures: list[CountFigure] = strawberry.field(description="The figures of the round that counts; blind, one's own.")
    counted: int | None = strawberry.field(description="Base units counted; blind, null where others counted too.")
    counted_from: datetime | None = strawberry.field(description="When the first of it was counted.")
    counted_at: datetime | None = strawberry.field(description="When the last of it was counted: what it speaks of.")
    book: int | None = strawberry.field(description="What the book said at that time.")
    difference: int | None = strawberry.field(description="What the book is changed by: counted less book, if certain.")
    unsure: int | None = strawberry.field(description="By how many units it may be wrong: so many moved meanwhile.")
    value: Fen | None = strawberry.field(description="The difference at the list price, in fen.")
    decision: CountDecision | None = strawberry.field(description="What was said of it.")
    reason: AdjustmentReason | None = strawberry.field(description="Why it differs.")
    note: str | None = strawberry.field(description="What was written beside it.")
    settled_later: int | None = strawberry.field(
        description="What was posted later, net, because facts from before the count came after it; null if open."
    )
    settled_at: datetime | None = strawberry.field(description="When that was last.")

    @classmethod
    def of(cls, row: ItemRow, sku: Sku, *, closed: bool) -> "StocktakeItem":
        """Return an SKU of a stocktake as it is told."""
        worth = None if row.difference is None or row.price_fen is None else row.difference * row.price_fen
        return cls(
            sku=sku,
            state=row.state,
            round=row.round,
            figures=[CountFigure.of(figure) for figure in row.figures],
            counted=row.counted,
            counted_from=row.counted_from,
            counted_at=row.counted_to,
            book=row.book,
            difference=row.difference,
            unsure=row.unsure,
            value=None if worth is None else Fen(worth),
            decision=row.decision,
            reason=row.reason,
            note=row.note,
            settled_later=row.settled if closed else None,
            settled_at=row.settled_at,
        )


@strawberry.type(description="An SKU on a page.")
class StocktakeItemEdge:
    cursor: str = strawberry.field(description="Its place.")
    node: StocktakeItem = strawberry.field(description="The SKU.")


@strawberry.type(description="A page of a stocktake's SKUs.")
class StocktakeItemConnection:
    edges: list[StocktakeItemEdge] = strawberry.field(description="The SKUs of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")
    total_count: int = strawberry.field(description="How many there are on all pages.")


@strawberry.type(description="A scan or a figure as it was counted.")
class CountLine:
    id: UUID = strawberry.field(description="The line.")
    version: int = strawberry.field(description="The stocktake's version at which it arrived: give it as afterVersion.")
    sku_id: UUID | None = strawberry.field(description="The SKU; null while nobody knows the code.")
    code: str | None = strawberry.field(description="What was scanned.")
    quantity: int | None = strawberry.field(description="How many of what the code stands for; blind, one's own.")
    units: int | None = strawberry.field(description="Base units; null while the code is unknown, or blind.")
    mode: CountMode = strawberry.field(description="Whether it adds or takes the stead.")
    round: int = strawberry.field(description="Which asking it answers.")
    shelf_id: UUID | None = strawberry.field(description="The shelf.")
    counted_at: datetime = strawberry.field(description="When it was counted.")
    recorded_at: datetime = strawberry.field(description="When it reached the server.")
    clock_error_seconds: int | None = strawberry.field(description="How far the device's clock was off, if it was.")
    person_id: UUID | None = strawberry.field(description="Who counted.")
    device: str | None = strawberry.field(description="On what device.")

    @classmethod
    def of(cls, row: LineRow) -> "CountLine":
        """Return a line as it is told."""
        return cls(
            id=row.id,
            version=row.seq,
            sku_id=row.sku_id,
            code=row.code,
            quantity=row.quantity,
            units=row.units,
            mode=CountMode(row.mode),
            round=row.round,
            shelf_id=row.shelf_id,
            counted_at=row.counted_at,
            recorded_at=row.recorded_at,
            clock_error_seconds=row.clock_error_seconds,
            person_id=row.person_id,
            device=row.device,
        )


@strawberry.type(description="The lines after a version.")
class CountLines:
    lines: list[CountLine] = strawberry.field(description="In the order of their arrival.")
    has_more: bool = strawberry.field(description="Whether more follow.")


@strawberry.type(description="Somebody who counts.")
class StocktakeCounter:
    person_id: UUID | None = strawberry.field(description="Who.")
    name: str = strawberry.field(description="The name; empty for a program.")
    lines: int = strawberry.field(description="How many lines so far.")
    first_at: datetime = strawberry.field(description="When the first was counted.")
    last_at: datetime = strawberry.field(description="When the last was counted.")

    @classmethod
    def of(cls, row: CounterRow) -> "StocktakeCounter":
        """Return somebody who counts as they are told."""
        return cls(
            person_id=row.person_id, name=row.name or "", lines=row.lines, first_at=row.first_at, last_at=row.last_at
        )


@strawberry.type(description="How many SKUs are in a state.")
class CountStateTotal:
    state: CountState = strawberry.field(description="The state.")
    count: int = strawberry.field(description="How many SKUs.")


States = Annotated[list[CountState] | None, strawberry.argument(description="Only in these states; left out, in any.")]
First = Annotated[int, strawberry.argument(description="How many, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="An endCursor.")]
AfterVersion = Annotated[int, strawberry.argument(description="Only what arrived after this version; 0 for all.")]


SHEET = {OWN_COST: 4_500}
"""A sheet of thousands of lines takes a third of a second: one operation may ask for some twenty."""


class Told:
    """What a reader is told of a stocktake's SKUs, worked out when it is first asked for.

    `turn` is shared by all stocktakes of a page: whoever asks for many waits for each, and stands in the queue of the
    process once, behind those who ask for one.
    """

    def __init__(self, context: Context, row: Row, turn: asyncio.Lock) -> None:
        self._context = context
        self._row = row
        self._turn = turn
        self._rows: list[ItemRow] | None = None

    async def rows(self) -> list[ItemRow]:
        """Return every SKU."""
        async with self._turn:
            if self._rows is None:
                async with self._context.desk.long_work, self._context.reading() as reading:
                    self._rows = await queries.item_rows(reading, self._row)
            return self._rows


async def _told_skus(info: Info, ids: Sequence[UUID]) -> dict[UUID, Sku]:
    async with info.context.reading() as reading:
        rows = await skus_by_id(reading.session, ids)
    return {id: Sku.of(row) for id, row in rows.items()}


@strawberry.type(
    description="A session of counting. Several people count in one; poll `version` every few seconds, and when it has "
    "grown read the lines after the one you know."
)
class Stocktake:
    row: strawberry.Private[Row]
    told: strawberry.Private[Told]
    id: UUID = strawberry.field(description="The stocktake.")
    store_id: UUID = strawberry.field(description="The store.")
    scope: StocktakeScope = strawberry.field(description="What it covers.")
    blind: bool = strawberry.field(description="Whether those who count are not shown the book.")
    status: StocktakeStatus = strawberry.field(description="Whether it still counts.")
    version: int = strawberry.field(description="Grows with every change.")
    started_at: datetime = strawberry.field(description="When it began.")
    started_by: str = strawberry.field(description="Who began it.")
    closed_at: datetime | None = strawberry.field(description="When it was confirmed or cancelled.")
    closed_by: str | None = strawberry.field(description="Who did that.")
    not_seen: NotSeen | None = strawberry.field(description="What became of what nobody saw.")
    follows_id: UUID | None = strawberry.field(
        description="The confirmed stocktake whose late lines this one keeps; null for an ordinary one."
    )
    line_count: int = strawberry.field(description="How many lines it has.")
    unknown_count: int = strawberry.field(description="How many of them hold a code that nobody knows yet.")

    @strawberry.field(description="Its SKUs, in the order of their ids.", metadata=SHEET)
    async def items(
        self, info: Info, first: First, after: After = None, states: States = None
    ) -> StocktakeItemConnection:
        size, place = page_size(first), key_of(after, UUID)
        rows = [row for row in await self.told.rows() if states is None or row.state in states]
        rest = [row for row in rows if place is None or row.sku_id > place[0]]
        skus = await _told_skus(info, [row.sku_id for row in rest[:size]])
        closed = self.status is not StocktakeStatus.OPEN
        edges = [
            StocktakeItemEdge(
                cursor=cursor_of((str(row.sku_id),)), node=StocktakeItem.of(row, skus[row.sku_id], closed=closed)
            )
            for row in rest[:size]
        ]
        end = edges[-1].cursor if edges else None
        return StocktakeItemConnection(
            edges=edges, page_info=PageInfo(has_next_page=len(rest) > size, end_cursor=end), total_count=len(rows)
        )

    @strawberry.field(description="How many SKUs are in each state.", metadata=SHEET)
    async def states(self) -> list[CountStateTotal]:
        totals = Counter(row.state for row in await self.told.rows())
        return [CountStateTotal(state=state, count=totals[state]) for state in CountState if totals[state]]

    @strawberry.field(description="What was scanned, in the order of its arrival.")
    async def lines(self, info: Info, first: First, after_version: AfterVersion = 0) -> CountLines:
        size = page_size(first)
        async with info.context.reading() as reading:
            rows = await queries.line_rows(reading, self.row, first=size, after=after_version)
        return CountLines(lines=[CountLine.of(row) for row in rows[:size]], has_more=len(rows) > size)

    @strawberry.field(description="Who counts, the last one first.")
    async def counters(self, info: Info) -> list[StocktakeCounter]:
        async with info.context.reading() as reading:
            rows = await queries.counters(reading, self.row)
        return [StocktakeCounter.of(row) for row in rows]

    @strawberry.field(description="What it found; null to who counts blind while it is open.", metadata=SHEET)
    async def result(self, info: Info) -> StocktakeResult | None:
        rows = await self.told.rows()
        async with info.context.reading() as reading:
            if queries.is_blind_to(reading, self.row):
                return None
            found = await domain.result_of(reading, self.row, rows)
        skus = await _told_skus(info, [each.sku_id for each in (*found.shrinkage, *found.surplus)])
        return StocktakeResult(
            lines_right=Ratio.of(found.lines_right),
            units_right=found.units_right,
            difference_units=found.difference_units,
            difference_value=Fen(found.difference_fen),
            at_cost=found.at_cost,
            minutes_per_hundred=Ratio.of(found.minutes_per_hundred),
            shrinkage=[Shrinkage.of(each, skus[each.sku_id]) for each in found.shrinkage],
            surplus=[Shrinkage.of(each, skus[each.sku_id]) for each in found.surplus],
        )


async def told_stocktakes(context: Context, rows: Sequence[Row]) -> list[Stocktake]:
    """Return stocktakes as they are told, in their order."""
    people = {id for row in rows for id in (row.started_by, row.closed_by) if id is not None}
    async with context.reading() as reading:
        names = await queries.names(reading.session, people)
        counts = await queries.line_counts(reading.session, [as_uuid(row.id) for row in rows])
    turn = asyncio.Lock()
    return [_stocktake(Told(context, row, turn), row, names, *counts.get(as_uuid(row.id), (0, 0))) for row in rows]


def _stocktake(told: Told, row: Row, names: dict[UUID, str], lines: int, unknown: int) -> Stocktake:
    ids = [as_uuid(id) for id in row.scope_ids]
    return Stocktake(
        row=row,
        told=told,
        id=as_uuid(row.id),
        store_id=as_uuid(row.store_id),
        scope=StocktakeScope(kind=ScopeKind(row.scope), zone=row.scope_zone, ids=ids),
        blind=row.blind,
        status=StocktakeStatus(row.status),
        version=row.version,
        started_at=row.started_at,
        started_by="" if row.started_by is None else names.get(as_uuid(row.started_by), ""),
        closed_at=row.closed_at,
        closed_by=None if row.closed_by is None else names.get(as_uuid(row.closed_by), ""),
        not_seen=None if row.not_seen is None else NotSeen(row.not_seen),
        follows_id=None if row.follows_id is None else as_uuid(row.follows_id),
        line_count=lines,
        unknown_count=unknown,
    )


@strawberry.type(description="A stocktake on a page.")
class StocktakeEdge:
    cursor: str = strawberry.field(description="Its place.")
    node: Stocktake = strawberry.field(description="The stocktake.")


@strawberry.type(description="A page of stocktakes, newest first.")
class StocktakeConnection:
    edges: list[StocktakeEdge] = strawberry.field(description="The stocktakes of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")
