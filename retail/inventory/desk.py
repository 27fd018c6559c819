"""The desk that inventory commands work at: where to write, what is sold, which stores exist."""

import asyncio
from dataclasses import dataclass, field

from retail.access.work import Office
from retail.catalogue.lookup import Lookup
from retail.inventory.batching import Counter
from retail.people.office import PeopleOffice
from retail.stores.directory import Directory

LONG_WORK_AT_ONCE = 2
"""What keeps the processor for a tenth of a second or more, such as the sheet of a large stocktake: so many at a time,
so that whoever only sells does not wait for those who read."""


def _long_work() -> asyncio.Semaphore:
    return asyncio.Semaphore(LONG_WORK_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Desk:
    """One process's office, hot path, catalogue, store directory and people; `long_work` is held by what takes long."""

    office: Office
    counter: Counter
    lookup: Lookup
    directory: Directory
    people: PeopleOffice
    long_work: asyncio.Semaphore = field(default_factory=_long_work)
