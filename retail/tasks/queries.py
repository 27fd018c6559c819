"""Reads of what a store has to do now. Tasks are not stored: they follow from the books."""

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.permissions import Permission
from retail.access.work import Reading, require
from retail.inventory.models import StockLevel
from retail.kernel.content import as_uuid
from retail.kernel.refusal import NotFound
from retail.stores.directory import StoreEntry
from retail.stores.models import BusinessDay
from retail.stores.queries import in_sight
from retail.tasks.rules import Shelf, Task, tasks_of


async def tasks(reading: Reading, store: StoreEntry) -> list[Task]:
    """Return what a store has to do now, most urgent first; another's store is not found."""
    require(reading.actor, Permission.STOCK_READ, store.id)
    if not await in_sight(reading, {store.id: store}):
        raise NotFound("storeId", "store", "门店")
    day = store.day_at(reading.now)
    opened = await reading.session.get(BusinessDay, (store.id, day)) is not None
    return tasks_of(store, day, opened=opened, shelves=await _shelves_in_need(reading.session, store))


async def _shelves_in_need(session: AsyncSession, store: StoreEntry) -> list[Shelf]:
    available = StockLevel.on_hand - StockLevel.reserved
    rows = await session.execute(
        select(StockLevel.sku_id, StockLevel.on_hand, available, StockLevel.safety_stock).where(
            StockLevel.store_id == store.id, or_(StockLevel.on_hand < 0, available < StockLevel.safety_stock)
        )
    )
    return [Shelf(as_uuid(row[0]), *row[1:]) for row in rows]
