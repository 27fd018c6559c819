"""The hot path: sales of one process, gathered into few transactions.

Calls that arrive while the lanes are busy wait together and are written by one `ledger_post`;
each caller gets its own result. There is no timer: a batch leaves as soon as its stores' lane is free.
A lane holds one pinned driver connection. If it breaks, the batch is sent again on a new one:
the request ids make that safe, so an acknowledged request is written exactly once.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from retail.access.permissions import Permission
from retail.inventory.ledger import ON_HAND_RANGE, POST, Entry, Posted, Request, columns, out_of_range, posted
from retail.kernel.clock import Clock, utc_now
from retail.kernel.events import Announcer, StockMoved
from retail.kernel.refusal import NotPermitted, Refusal

log = structlog.get_logger(__name__)

LANES = 2
BATCH_LINES = 2000
BATCH_CALLS = 256
WAITING_AT_MOST = 10_000
LONGEST_POST_SECONDS = 5.0
"""A database that says nothing for so long is taken for gone; the ids make sending again safe."""
LONGEST_CLOSE_SECONDS = 15.0
RETRY_FOR = timedelta(seconds=10)
_BROKEN = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the driver lost its way while the connection broke
    asyncpg.OperatorInterventionError,
    OSError,
)
_CROSSED = (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


def is_unreachable(cause: BaseException) -> bool:
    """Say whether an exception means that the database did not answer, not that it disagreed."""
    if isinstance(cause, DBAPIError):
        driver = cause.orig.__cause__ if cause.orig else None
        return cause.connection_invalidated or isinstance(driver, _BROKEN)
    return isinstance(cause, (*_BROKEN, PoolTimeout))


class StoreroomUnreachable(Refusal):
    """The database did not answer in time; nothing is known to be written. Send it again."""

    code = "UNAVAILABLE"

    def __init__(self) -> None:
        super().__init__(
            "The stock books cannot be reached; send the same request again.",
            "暂时连不上库存账本，请用同一请求重试。",
        )


@dataclass(slots=True, eq=False)
class Call:
    """One caller's requests and entries, and where its share of the result goes."""

    request: Request | None
    entries: Sequence[Entry]
    result: "asyncio.Future[Posted]" = field(repr=False)


@dataclass(slots=True)
class _Queue:
    """The calls that wait for one lane.

    A store's calls wait for the same lane always: its books are written by one transaction at a time,
    and a lane that waited for another's would keep the calls of other stores waiting too.
    """

    waiting: deque[Call] = field(default_factory=deque)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, call: Call) -> None:
        """Let a call wait."""
        self.waiting.append(call)
        self.arrived.set()

    def take(self) -> list[Call]:
        """Take the calls of the next batch; a twin of a taken request waits for the next one."""
        batch: list[Call] = []
        twins: list[Call] = []
        ids: set[UUID] = set()
        lines = 0
        while self.waiting and len(batch) < BATCH_CALLS:
            call = self.waiting[0]
            if batch and lines + len(call.entries) > BATCH_LINES:
                break
            self.waiting.popleft()
            named = {e.movement_id for e in call.entries if e.content_hash is not None}
            if call.request is not None:
                named.add(call.request.id)
            if ids & named:
                twins.append(call)
                continue
            ids |= named
            lines += len(call.entries)
            batch.append(call)
        self.waiting.extendleft(reversed(twins))
        if not self.waiting:
            self.arrived.clear()
        return batch


@dataclass(slots=True)
class Counter:
    """Where every sale of this process is handed in.

    `post` may be cancelled by its caller; the writing itself never is.
    """

    engine: AsyncEngine
    announcer: Announcer
    clock: Clock = utc_now
    _queues: Sequence[_Queue] = field(default_factory=lambda: [_Queue() for _ in range(LANES)])
    _lanes: list["asyncio.Task[None]"] = field(default_factory=list)
    _idle: asyncio.Event = field(default_factory=asyncio.Event)
    _open_calls: int = 0

    async def open(self) -> None:
        """Start the lanes."""
        self._idle.set()
        self._lanes = [asyncio.create_task(self._work_lane(queue)) for queue in self._queues]

    async def close(self) -> None:
        """Finish what has been handed in, then stop the lanes."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_CLOSE_SECONDS):
                await self._idle.wait()
        for lane in self._lanes:
            lane.cancel()
        await asyncio.gather(*self._lanes, return_exceptions=True)

    def post(self, request: Request | None, entries: Sequence[Entry]) -> "asyncio.Future[Posted]":
        """Hand in a request; the future holds what was posted for it alone.

        It raises `StoreroomUnreachable` when the database has been away for ten to twenty seconds, or too many wait.
        """
        queue = self._queues[entries[0].store_id.int % LANES]
        if len(queue.waiting) >= WAITING_AT_MOST:
            raise StoreroomUnreachable
        call = Call(request, entries, asyncio.get_running_loop().create_future())
        queue.add(call)
        self._open_calls += 1
        self._idle.clear()
        return call.result

    async def _work_lane(self, queue: _Queue) -> None:
        lane = _Lane(self.engine)
        try:
            while True:
                await queue.arrived.wait()
                batch = queue.take()
                if not batch:
                    continue
                await self._carry_out(lane, batch)
                self._open_calls -= len(batch)
                if not self._open_calls:
                    self._idle.set()
        finally:
            await asyncio.shield(lane.drop())

    async def _carry_out(self, lane: "_Lane", batch: list[Call]) -> None:
        try:
            shares = await self._insist(lane, batch)
        except asyncio.CancelledError:
            _fail(batch, StoreroomUnreachable())
            raise
        except Exception as bad:  # noqa: BLE001 -- one caller's fault must not be its neighbours'
            if len(batch) == 1 or isinstance(bad, StoreroomUnreachable):
                _fail(batch, bad)
                return
            for call in batch:
                await self._carry_out(lane, [call])
            return
        for call, share in zip(batch, shares, strict=True):
            if not call.result.done():
                call.result.set_result(share)
        self.announcer((StockMoved(),))

    async def _insist(self, lane: "_Lane", batch: list[Call]) -> list[Posted]:
        """Write a batch, however often twins cross it or the connection breaks; gives up after about ten seconds."""
        deadline = self.clock() + RETRY_FOR
        pause = 0.02
        while True:
            try:
                async with asyncio.timeout(LONGEST_POST_SECONDS):
                    return await lane.post(batch)
            except _CROSSED:
                pass
            except Exception as broken:
                if not is_unreachable(broken):
                    raise
                await lane.drop()
                log.warning("ledger connection lost, trying again", reason=repr(broken))
                await asyncio.sleep(pause)
                pause = min(pause * 2, 1.0)
            if self.clock() > deadline:
                raise StoreroomUnreachable


class _Lane:
    """One pinned connection with `ledger_post` prepared on it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._held: AsyncConnection | None = None
        self._statement: Any = None

    async def post(self, batch: Sequence[Call]) -> list[Posted]:
        """Write a batch in one transaction and return each call's share of the result."""
        if self._held is None:
            await self._open()
        requests: list[Request] = []
        entries: list[Entry] = []
        for call in batch:
            if call.request is not None:
                requests.append(call.request)
                place = len(requests)
                entries.extend(entry._replace(request=place) for entry in call.entries)
            else:
                entries.extend(call.entries)
        try:
            row = await self._statement.fetchrow(*columns(requests, entries))
        except asyncpg.NumericValueOutOfRangeError:
            raise out_of_range() from None
        except asyncpg.CheckViolationError as broken:
            if broken.constraint_name == ON_HAND_RANGE:
                raise out_of_range() from None
            raise
        except asyncpg.InsufficientPrivilegeError as refused:
            if len(batch) > 1:  # the guilty one is found by sending each alone
                raise
            log.warning("the database has refused what the application allowed", reason=str(refused))
            raise NotPermitted(Permission.STORE_READ) from None
        return _shares(batch, posted(row))

    async def drop(self) -> None:
        """Give the connection up, whatever state it is in."""
        held, self._held, self._statement = self._held, None, None
        if held is not None:
            await held.invalidate()
            await held.close()

    async def _open(self) -> None:
        held = await self._engine.connect()
        driver: Any = (await held.get_raw_connection()).driver_connection
        self._statement = await driver.prepare(POST)
        self._held = held


def _shares(batch: Sequence[Call], whole: Posted) -> list[Posted]:
    shares = []
    place = first = 0
    for call in batch:
        last = first + len(call.entries)
        asked = slice(place, place + 1) if call.request is not None else slice(0, 0)
        place += call.request is not None
        shares.append(
            Posted(
                whole.request_known[asked],
                whole.request_same[asked],
                whole.answers[asked],
                whole.line_known[first:last],
                whole.line_same[first:last],
                whole.balances[first:last],
            )
        )
        first = last
    return shares


def _fail(batch: Sequence[Call], reason: BaseException) -> None:
    for call in batch:
        if not call.result.done():
            call.result.set_exception(reason)
