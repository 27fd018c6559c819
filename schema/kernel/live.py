"""The live feed: one reader of the ledger for a whole process, and bounded queues to its watchers.

The feed wakes when somebody announces that stock has moved (or every second), reads what has
changed since its cursor, and hands each group of watchers with the same slice the same `Batch`
object, so that it is projected and encoded once for all of them. Nothing is lost when a wake-up
is: the truth is read from PostgreSQL by cursor. A watcher that cannot keep up loses its backlog,
not its place: its next batch is read from PostgreSQL, from its own cursor on.

There is no fixed rhythm: the next read begins when the watchers have told the last one, so a
process with many watchers tells more at a time instead of falling behind.
"""

import asyncio
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from retail.access.work import Sessions
from retail.inventory.changes import Book, Changes, changes_since, read_book
from retail.inventory.queries import Level, Slice, horizon

log = structlog.get_logger(__name__)

BATCHES_HELD = 32
KEYS_REMEMBERED = 50_000
SLOWEST_BEAT_SECONDS = 1.0
BETWEEN_READS_SECONDS = 0.02
SLOW_WATCHERS_SECONDS = 0.2
"""For how long those who are slow hold the next read up: what comes meanwhile is told as one."""


@dataclass(slots=True)
class Batch:
    """Changes that a group of watchers is given as one object; `shared` is for what they make of it.

    `levels` is None when the changes cannot be told: start again from a fresh picture.
    """

    xid: int
    cursor: str
    sequence: int
    levels: Sequence[Level] | None
    shared: Any = None


@dataclass(slots=True, eq=False)
class _Group:
    """The watchers of one slice (None: everything), and what they were last told."""

    within: Slice | None
    stores: frozenset[UUID] | None
    skus: frozenset[UUID] | None
    watchers: set["Watch"] = field(default_factory=set)
    sequence: int = 0
    above: set[tuple[UUID, UUID]] = field(default_factory=set)

    def among(self, stores: Mapping[UUID, object]) -> Collection[UUID]:
        """Return which of some stores the group watches."""
        if self.stores is None:
            return stores.keys()
        few, many = sorted((self.stores, stores.keys()), key=len)
        return [store for store in few if store in many]

    def concerns(self, level: Level) -> bool:
        """Say whether the group has to hear of a level of its stores."""
        if self.skus is not None and level.sku_id not in self.skus:
            return False
        if self.within is None or not self.within.below_safety:
            return True
        # A level that rises above its safety stock is news once, then silence.
        key = (level.store_id, level.sku_id)
        if level.below_safety:
            self.above.discard(key)
            return True
        if key in self.above:
            return False
        if len(self.above) >= KEYS_REMEMBERED:
            self.above.clear()
        self.above.add(key)
        return True


class Watch:
    """One watcher's queue: iterate over it inside `async with`, and it ends with the block."""

    def __init__(self, feed: "StockFeed", group: _Group) -> None:
        self.sequence = group.sequence
        self.xid = feed.xid
        self._feed = feed
        self._group = group
        self._queue: deque[Batch] = deque()
        self._more = asyncio.Event()
        self._lost = False

    def put(self, batch: Batch) -> None:
        """Take a batch; a full queue is emptied and its content read again when there is time."""
        if self._lost:
            return
        if len(self._queue) >= BATCHES_HELD:
            self._queue.clear()
            self._lost = True
        else:
            self._queue.append(batch)
        self._more.set()
        self._feed.busy.add(self)

    async def __aenter__(self) -> Self:
        self._group.watchers.add(self)
        return self

    async def __aexit__(
        self, _t: type[BaseException] | None, _e: BaseException | None, _b: TracebackType | None
    ) -> None:
        self._feed.leave(self._group, self)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Batch:
        if not self._more.is_set():
            self._feed.rest(self)
            await self._more.wait()
        if self._lost:
            self._lost = False
            batch = await self._feed.catch_up(self._group, self.xid)
        else:
            batch = self._queue.popleft()
        if not self._queue and not self._lost:
            self._more.clear()
        self.xid = batch.xid
        return batch


class StockFeed:
    """The reader of one process and its groups of watchers."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._groups: dict[Slice | None, _Group] = {}
        self._woken = asyncio.Event()
        self._tail: asyncio.Task[None] | None = None
        self._book: Book | None = None
        self.xid = 0
        self.busy: set[Watch] = set()
        self._all_rest = asyncio.Event()

    @property
    def book(self) -> Book:
        """Return the book whose cursors this feed speaks."""
        if self._book is None:
            raise RuntimeError("the feed is not open")
        return self._book

    async def open(self) -> None:
        """Start following the ledger from now on."""
        async with self._sessions() as session:
            self._book = await read_book(session)
            self.xid = await horizon(session)
        self._tail = asyncio.create_task(self._follow())

    async def close(self) -> None:
        """Stop following."""
        if self._tail is not None:
            self._tail.cancel()
            await asyncio.gather(self._tail, return_exceptions=True)

    def wake(self) -> None:
        """Look at the ledger now."""
        self._woken.set()

    def watch(self, within: Slice | None) -> Watch:
        """Return a watcher of a slice, or of everything; what it is given begins at its `xid`."""
        group = self._groups.get(within)
        if group is None:
            stores = None if within is None else frozenset(within.stores)
            skus = None if within is None or within.skus is None else frozenset(within.skus)
            group = self._groups[within] = _Group(within, stores, skus)
        return Watch(self, group)

    def leave(self, group: _Group, watch: Watch) -> None:
        """Forget a watcher, and its group with the last one."""
        group.watchers.discard(watch)
        self.rest(watch)
        if not group.watchers:
            self._groups.pop(group.within, None)

    def rest(self, watch: Watch) -> None:
        """Note that a watcher has told all that it was given."""
        self.busy.discard(watch)
        if not self.busy:
            self._all_rest.set()

    async def catch_up(self, group: _Group, xid: int) -> Batch:
        """Return everything since a transaction id as one batch."""
        sequence = group.sequence
        async with self._sessions() as session:
            changes = await changes_since(session, xid, group.within)
        return self._batch(changes, sequence)

    async def _follow(self) -> None:
        while True:
            try:
                async with asyncio.timeout(SLOWEST_BEAT_SECONDS):
                    await self._woken.wait()
            except TimeoutError:
                pass
            self._woken.clear()
            try:
                await self._read()
            except (SQLAlchemyError, OSError) as broken:
                log.warning("cannot follow the ledger, trying again", reason=repr(broken))
                await asyncio.sleep(SLOWEST_BEAT_SECONDS)
            await asyncio.sleep(BETWEEN_READS_SECONDS)
            await self._let_watchers_tell()

    async def _let_watchers_tell(self) -> None:
        """Wait until everybody has told what there was: reading faster than that would only make queues."""
        if not self.busy:
            return
        self._all_rest.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(SLOW_WATCHERS_SECONDS):
                await self._all_rest.wait()

    async def _read(self) -> None:
        async with self._sessions() as session:
            # One statement is one snapshot: it needs no transaction around it.
            await session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
            if not self._groups:
                seen = await horizon(session)
                if not self._groups:  # somebody may have begun to watch meanwhile, and counts from the old place
                    self.xid = max(seen, self.xid)
                return
            changes = await changes_since(session, self.xid)
        if changes.xid < changes.ahead:
            self._woken.set()  # somebody is still writing: what is there may be about to be seen
        self.xid = max(changes.xid, self.xid)
        if not changes.levels and changes.bridged:
            return
        of_store: dict[UUID, list[Level]] = {}
        for level in changes.levels:
            of_store.setdefault(level.store_id, []).append(level)
        for group in list(self._groups.values()):
            told = [level for store in group.among(of_store) for level in of_store[store] if group.concerns(level)]
            if not told and changes.bridged:
                continue
            group.sequence += 1
            batch = self._batch(Changes(changes.xid, changes.ahead, told, changes.bridged), group.sequence)
            for watcher in list(group.watchers):
                watcher.put(batch)

    def _batch(self, changes: Changes, sequence: int) -> Batch:
        levels = changes.levels if changes.bridged else None
        return Batch(changes.xid, self.book.cursor(changes.xid), sequence, levels)
