"""Stores with their regions and current business days, read together."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from retail.access.permissions import Permission
from retail.access.work import Reading
from retail.kernel.refusal import NotFound
from retail.stores.directory import Directory, StoreEntry
from retail.stores.queries import current_days, regions
from schema.kernel.context import Context
from schema.stores.types import Store


async def known_store(context: Context, store_id: UUID) -> StoreEntry:
    """Return a store that the asker sees; one that is not seen is refused like one that is not, by the same work."""
    store = (await context.desk.directory.stores()).get(store_id)
    if store is None or not context.actor.may(Permission.STORE_READ, store_id):
        raise NotFound("storeId", "store", "门店")
    return store


async def told_stores(reading: Reading, directory: Directory, ids: Iterable[UUID]) -> Mapping[UUID, Store]:
    """Return stores as they are told, in the order of their codes; unknown and unseen ids are left out."""
    wanted = set(ids)
    entries = [entry for entry in (await directory.stores()).values() if entry.id in wanted]
    known = await regions(reading.session)
    days = await current_days(reading, entries)
    return {entry.id: Store.of(entry, known[entry.region_id], days[entry.id]) for entry in entries if entry.id in days}
