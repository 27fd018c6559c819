"""Stock as it changes: a snapshot or what was missed, then numbered changes, for ever."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated
from uuid import UUID

import strawberry

from retail.inventory.changes import Changes, changes_since
from retail.inventory.queries import Level, Slice, levels, slice_of
from retail.kernel.refusal import InvalidInput
from schema.inventory.inputs import filter_of
from schema.inventory.queries import Filter
from schema.kernel.compiled import SharedItem
from schema.kernel.context import Info
from schema.kernel.live import Batch

SNAPSHOT_AT_MOST = 20_000


@strawberry.type(description="A level as it is now, in absolute figures: keep it if its version is newer than yours.")
class StockChange:
    store_id: UUID = strawberry.field(description="The store.")
    sku_id: UUID = strawberry.field(description="The SKU.")
    on_hand: int = strawberry.field(description="What the book says stands in the store.")
    reserved: int = strawberry.field(description="What is promised to orders.")
    available: int = strawberry.field(description="On hand less promised.")
    incoming: int = strawberry.field(description="What is on its way.")
    safety_stock: int = strawberry.field(description="Below this, somebody should act.")
    below_safety: bool = strawberry.field(description="Whether less is available than the safety stock.")
    sold_units: int = strawberry.field(description="What customers took since the beginning, net of returns.")
    version: int = strawberry.field(description="Counts the movements that made it.")

    @classmethod
    def of(cls, level: Level) -> "StockChange":
        """Return a level as it is told."""
        return cls(
            store_id=level.store_id,
            sku_id=level.sku_id,
            on_hand=level.on_hand,
            reserved=level.reserved,
            available=level.available,
            incoming=level.incoming,
            safety_stock=level.safety_stock,
            below_safety=level.below_safety,
            sold_units=level.sold_units,
            version=level.version,
        )


@strawberry.type(description="Every level of the filter as it stands.")
class StockSnapshot:
    cursor: str = strawberry.field(description="Subscribe with it as `after` to go on from here.")
    levels: list[StockChange] = strawberry.field(description="The levels.")


@strawberry.type(description="Levels that have changed.")
class StockChanged(SharedItem):
    cursor: str = strawberry.field(description="Subscribe with it as `after` to go on from here.")
    sequence: int = strawberry.field(
        description="Counts this subscription's changes; a jump means that some were merged, not lost."
    )
    changes: list[StockChange] = strawberry.field(description="The levels, each at most once.")


@strawberry.type(description="The gap cannot be bridged: fetch a fresh picture and subscribe anew.")
class ResyncRequired:
    reason: str = strawberry.field(description="Why.")


StockFeedItem = Annotated[
    StockSnapshot | StockChanged | ResyncRequired,
    strawberry.union("StockFeedItem", description="A snapshot, changes, or the need to start again."),
]
AfterCursor = Annotated[
    str | None, strawberry.argument(description="A cursor of a grid, snapshot or change; left out, a snapshot comes.")
]


@strawberry.type
class InventorySubscription:
    @strawberry.subscription(
        description=(
            "Stock as it changes. First a snapshot (at most 20,000 levels), or with `after` all that was missed; "
            "then changes as they happen. Figures are absolute, so one that comes twice does no harm."
        )
    )
    async def stock_changes(
        self, info: Info, after: AfterCursor = None, filter: Filter = None
    ) -> AsyncIterator[StockFeedItem]:
        feed = info.context.feed
        async with info.context.reading() as reading:
            within = await slice_of(reading, filter_of(filter), await info.context.desk.directory.region_of())
        async with feed.watch(within) as watch:
            if after is None:
                try:
                    async with info.context.reading() as reading:
                        xid, found = await levels(reading.session, within, SNAPSHOT_AT_MOST)
                except InvalidInput as too_much:
                    yield ResyncRequired(reason=too_much.message)
                    return
                yield StockSnapshot(cursor=feed.book.cursor(xid), levels=[StockChange.of(level) for level in found])
            else:
                missed = await _missed(info, after, within)
                if missed is None or not missed.bridged:
                    yield ResyncRequired(reason="The cursor is too old, or of another book.")
                    return
                yield StockChanged(
                    cursor=feed.book.cursor(missed.xid),
                    sequence=watch.sequence,
                    changes=[StockChange.of(level) for level in missed.levels],
                )
            async for batch in watch:
                if batch.levels is None:
                    yield ResyncRequired(reason="Too much has changed at once.")
                    return
                yield _told(batch, batch.levels)


async def _missed(info: Info, after: str, within: Slice) -> Changes | None:
    xid = info.context.feed.book.xid(after)
    if xid is None:
        return None
    async with info.context.reading() as reading:
        return await changes_since(reading.session, xid, within)


def _told(batch: Batch, changed: Sequence[Level]) -> StockChanged:
    """Return a batch as it is told: one object for all that are given the batch."""
    if batch.shared is None:
        batch.shared = StockChanged(
            cursor=batch.cursor, sequence=batch.sequence, changes=[StockChange.of(level) for level in changed]
        )
    told: StockChanged = batch.shared
    return told
