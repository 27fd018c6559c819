"""Periodic work: expiring reservations and following the ledger with the sums of sales.

Each job is one short transaction, safe to run in every process at once; one that fails is logged
and comes again at its next beat.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from retail.access.work import Office
from retail.insights.projection import follow_ledger
from retail.inventory.reservations import expire_reservations

log = structlog.get_logger(__name__)

Job = Callable[[], Awaitable[object]]


class Jobs:
    """The periodic work of one process."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._tasks: list[asyncio.Task[None]] = []

    def open(self) -> None:
        """Start every job."""
        self._tasks = [
            asyncio.create_task(_beat("expire reservations", 1.0, self._expire)),
            asyncio.create_task(_beat("follow ledger", 0.5, self._follow)),
        ]

    async def close(self) -> None:
        """Stop every job."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _expire(self) -> None:
        async with self._office.work(None) as work:
            await expire_reservations(work)

    async def _follow(self) -> None:
        async with self._office.work(None) as work:
            await follow_ledger(work)


async def _beat(name: str, seconds: float, job: Job) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await job()
        except Exception as failed:  # noqa: BLE001 -- the next beat tries again
            log.warning("job failed", job=name, reason=repr(failed))
