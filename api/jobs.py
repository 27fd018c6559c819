"""Periodic work: expiring reservations, sums and counts that follow the ledger, seals on the log, push, photos.

Each job is one short transaction, safe to run in every process at once; one that fails is logged
and comes again at its next beat.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from api.push import PushRounds
from api.sealing import Sealing
from retail.access.work import Office
from retail.insights.projection import follow_ledger
from retail.inventory.reservations import expire_reservations
from retail.photos.settling import Darkroom
from retail.stocktakes.following import CountFollower
from retail.stores.directory import Directory
from retail.tasks.counting import CountTasks, finish_counts
from retail.tasks.gathering import Gathering
from retail.tasks.making import make_tasks

log = structlog.get_logger(__name__)

Job = Callable[[], Awaitable[object]]


class Jobs:
    """The periodic work of one process."""

    def __init__(
        self,
        office: Office,
        directory: Directory,
        sealing: Sealing,
        seal_seconds: float,
        push: PushRounds,
        darkroom: Darkroom,
        *,
        count_tasks: bool = True,
    ) -> None:
        self._office = office
        self._counts = CountFollower(office)
        self._directory = directory
        self._gathering = Gathering(office, directory)
        self._count_tasks = CountTasks(office, directory) if count_tasks else None
        self._darkroom = darkroom
        self._push = push
        self._sealing = sealing
        self._seal_seconds = seal_seconds
        self._tasks: list[asyncio.Task[None]] = []

    def open(self) -> None:
        """Start every job."""
        self._tasks = [
            asyncio.create_task(_beat("expire reservations", 1.0, self._expire)),
            asyncio.create_task(_beat("follow ledger", 0.5, self._follow)),
            asyncio.create_task(_beat("follow counts", 1.0, self._counts.follow)),
            asyncio.create_task(_beat("make tasks", 60.0, self._make_tasks)),
            asyncio.create_task(_beat("make and finish counts", 30.0, self._counts_of_the_day)),
            asyncio.create_task(_beat("gather compliant acts", 600.0, self._gathering.gather)),
            asyncio.create_task(_beat("push", 2.0, self._push.call)),
            asyncio.create_task(_beat("push sweep", 60.0, self._push.sweep)),
            asyncio.create_task(_beat("settle photos", 2.0, self._darkroom.settle_due)),
            asyncio.create_task(_beat("photo sweep", 60.0, self._darkroom.sweep)),
            asyncio.create_task(_beat("seal log", self._seal_seconds, self._sealing.beat)),
        ]

    async def close(self) -> None:
        """Stop every job; what was logged since the last seal is sealed now."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._push.close()
        await self._sealing.farewell()

    async def _expire(self) -> None:
        async with self._office.work(None) as work:
            await expire_reservations(work)

    async def _follow(self) -> None:
        async with self._office.work(None) as work:
            await follow_ledger(work)

    async def _make_tasks(self) -> None:
        stores = await self._directory.stores()
        async with self._office.work(None) as work:
            await make_tasks(work, stores.values())

    async def _counts_of_the_day(self) -> None:
        stores = await self._directory.stores()
        async with self._office.work(None) as work:
            await finish_counts(work, stores)
        if self._count_tasks is not None:
            await self._count_tasks.make()


async def _beat(name: str, seconds: float, job: Job) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await job()
        except Exception as failed:  # noqa: BLE001 -- the next beat tries again
            log.warning("job failed", job=name, reason=repr(failed))
