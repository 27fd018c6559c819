"""Stores with their regions and current business days, read together."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from retail.access.work import Reading
from retail.stores.directory import Directory
from retail.stores.queries import current_days, regions
from schema.stores.types import Store


async def told_stores(reading: Reading, directory: Directory, ids: Iterable[UUID]) -> Mapping[UUID, Store]:
    """Return stores as they are told, in the order of their codes; unknown and unseen ids are left out."""
    wanted = set(ids)
    entries = [entry for entry in (await directory.stores()).values() if entry.id in wanted]
    known = await regions(reading.session)
    days = await current_days(reading.session, entries, reading.now)
    return {entry.id: Store.of(entry, known[entry.region_id], days[entry.id]) for entry in entries if entry.id in days}
