"""Questions about stock and its history."""

from typing import Annotated
from uuid import UUID

import strawberry

from retail.catalogue.queries import skus_by_id
from retail.inventory.queries import StockFilter as DomainFilter
from retail.inventory.queries import history, levels, slice_of, stock_grid, stock_page
from schema.catalogue.types import Sku
from schema.inventory.inputs import StockFilter, filter_of
from schema.inventory.types import (
    Movement,
    MovementConnection,
    MovementEdge,
    StockConnection,
    StockEdge,
    StockGrid,
    StockLevel,
)
from schema.kernel.context import Info
from schema.kernel.paging import PageInfo, cursor_of, key_of, page_size
from schema.kernel.scalars import StockRows
from schema.stores.loading import told_stores

First = Annotated[int, strawberry.argument(description="How many, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="An endCursor.")]
Filter = Annotated[StockFilter | None, strawberry.argument(description="Which levels; left out, all visible.")]
StoreId = Annotated[UUID, strawberry.argument(description="The store.")]
SkuId = Annotated[UUID, strawberry.argument(description="The SKU.")]


@strawberry.type
class InventoryQuery:
    @strawberry.field(description="Levels, most lacking first.")
    async def stock(self, info: Info, first: First, after: After = None, filter: Filter = None) -> StockConnection:
        size, place = page_size(first), key_of(after, int, UUID, UUID)
        desk = info.context.desk
        async with info.context.reading() as reading:
            within = await slice_of(reading, filter_of(filter), await desk.directory.region_of())
            rows, total = await stock_page(reading.session, within, size, place)
            shown = rows[:size]
            stores = await told_stores(reading, desk.directory, {level.store_id for level, _ in shown})
            skus = await skus_by_id(reading.session, list({level.sku_id for level, _ in shown}))
        told = {id: Sku.of(row) for id, row in skus.items()}
        edges = [
            StockEdge(
                cursor=cursor_of((deficit, str(level.store_id), str(level.sku_id))),
                node=StockLevel.of(level, stores[level.store_id], told[level.sku_id]),
            )
            for level, deficit in shown
        ]
        end = edges[-1].cursor if edges else None
        return StockConnection(
            edges=edges, page_info=PageInfo(has_next_page=len(rows) > size, end_cursor=end), total_count=total
        )

    @strawberry.field(description="One SKU in one store; null if the store does not carry it or is not visible.")
    async def stock_level(self, info: Info, store_id: StoreId, sku_id: SkuId) -> StockLevel | None:
        asked = DomainFilter(store_ids=(store_id,), sku_ids=(sku_id,))
        async with info.context.reading() as reading:
            within = await slice_of(reading, asked, {})
            _, found = await levels(reading.session, within, 1)
            if not found:
                return None
            stores = await told_stores(reading, info.context.desk.directory, [store_id])
            sku = (await skus_by_id(reading.session, [sku_id]))[sku_id]
        return StockLevel.of(found[0], stores[store_id], Sku.of(sku))

    @strawberry.field(description="Levels by the thousand for screens of many cells, at most 200,000.")
    async def stock_grid(self, info: Info, filter: Filter = None) -> StockGrid:
        async with info.context.reading() as reading:
            within = await slice_of(reading, filter_of(filter), await info.context.desk.directory.region_of())
            grid = await stock_grid(reading.session, within)
        return StockGrid(
            cursor=info.context.feed.book.cursor(grid.xid),
            as_of=reading.now,
            store_ids=grid.store_ids,
            sku_ids=grid.sku_ids,
            rows=StockRows(grid.rows),
        )

    @strawberry.field(description="Why is it seven? The movements of one SKU in one store, newest first.")
    async def movements(
        self, info: Info, store_id: StoreId, sku_id: SkuId, first: First, after: After = None
    ) -> MovementConnection:
        size, place = page_size(first), key_of(after, int)
        before = None if place is None else place[0]
        async with info.context.reading() as reading:
            rows = await history(reading, store_id=store_id, sku_id=sku_id, first=size, before=before)
        edges = [MovementEdge(cursor=cursor_of((row.version,)), node=Movement.of(row)) for row in rows[:size]]
        end = edges[-1].cursor if edges else None
        return MovementConnection(edges=edges, page_info=PageInfo(has_next_page=len(rows) > size, end_cursor=end))
