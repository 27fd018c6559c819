"""The live heat: computed at most once a second for all watchers of a process, and only while there are any.

The cells of the levels that moved are computed at once; if their sales are not in the sums yet,
they are looked at again. Every minute all cells are, because sales age also where nobody sells.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary, proxy

import structlog

from retail.insights.projection import follow_ledger, followed
from retail.insights.queries import LevelKey, heat_cells, touched_cells
from retail.inventory.desk import Desk
from schema.insights.grid import NOTHING_SEEN, Grid, Sight
from schema.insights.types import Heat, HeatCell
from schema.kernel.context import Context
from schema.kernel.live import StockFeed, Watch

log = structlog.get_logger(__name__)

BEAT_SECONDS = 1.0
ALL_EVERY_SECONDS = 60.0


@dataclass(slots=True)
class Touched:
    """What has to be computed: levels by the transaction id that they moved before, or everything."""

    keys: dict[LevelKey, int] = field(default_factory=dict)
    everything: bool = True
    _any: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, keys: dict[LevelKey, int]) -> None:
        """Note levels; a later move of the same level counts."""
        for key, xid in keys.items():
            self.keys[key] = max(xid, self.keys.get(key, 0))
        if keys:
            self._any.set()

    def add_everything(self) -> None:
        """Note that nobody knows what has moved."""
        self.everything = True
        self._any.set()

    def take(self) -> tuple[dict[LevelKey, int], bool]:
        """Return what there is to compute, and begin anew."""
        taken = self.keys, self.everything
        self.keys, self.everything = {}, False
        self._any.clear()
        return taken

    async def wait(self, seconds: float) -> None:
        """Wait until there is something to compute; after some seconds everything is."""
        try:
            async with asyncio.timeout(seconds):
                await self._any.wait()
        except TimeoutError:
            self.everything = True

    async def listen(self, watch: Watch) -> None:
        """Note what a watch of the whole stock tells, for ever."""
        async for batch in watch:
            if batch.levels is None:
                self.add_everything()
            else:
                self.add({(level.store_id, level.sku_id): batch.xid for level in batch.levels})


class HeatFeed:
    """The one grid of a process and those who watch it."""

    def __init__(
        self, desk: Desk, feed: StockFeed, *, beat: float = BEAT_SECONDS, all_every: float = ALL_EVERY_SECONDS
    ) -> None:
        self._desk = desk
        self._feed = feed
        self._beat = beat
        self._all_every = all_every
        self._watchers = 0
        self._grid = Grid()
        self._task: asyncio.Task[None] | None = None

    async def follow(self, sight: Callable[[], Awaitable[Sight]]) -> AsyncGenerator[Heat, None]:
        """Yield all cells in sight, then those that change; `sight` is asked again each time.

        When the sight itself has changed, all its cells are told.
        """
        async with self._kept_up() as grid:
            seen, before = NOTHING_SEEN, None
            while True:
                await grid.newer_than(seen)
                now = await sight()
                item = grid.item(now, seen if now == before else NOTHING_SEEN)
                news = bool(item.cells) or now != before
                seen, before = grid.tick, now
                if news:
                    yield item

    @asynccontextmanager
    async def _kept_up(self) -> AsyncIterator[Grid]:
        if self._task is None:
            self._grid = Grid()
            self._task = asyncio.create_task(self._keep_up(self._grid))
        self._watchers += 1
        try:
            yield self._grid
        finally:
            self._watchers -= 1
            if not self._watchers:
                task, self._task = self._task, None
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _keep_up(self, grid: Grid) -> None:
        while True:
            try:
                await self._follow_stock(grid)
            except Exception:
                log.exception("cannot compute the heat, trying again")
                await asyncio.sleep(self._beat)

    async def _follow_stock(self, grid: Grid) -> None:
        touched = Touched()
        async with self._feed.watch(None) as watch, asyncio.TaskGroup() as tasks:
            tasks.create_task(touched.listen(watch))
            tasks.create_task(self._compute(grid, touched))

    async def _compute(self, grid: Grid, touched: Touched) -> None:
        loop = asyncio.get_running_loop()
        all_due = 0.0
        while True:
            if touched.everything:
                all_due = loop.time() + self._all_every
            await self._turn(grid, touched)
            await asyncio.sleep(self._beat)
            await touched.wait(max(all_due - loop.time(), 0.0))

    async def _turn(self, grid: Grid, touched: Touched) -> None:
        keys, everything = touched.take()
        office = self._desk.office
        stores = await self._desk.directory.stores()
        async with office.work(None) as work:
            await follow_ledger(work)
        async with office.system() as session:
            reached = (await followed(session)).xid
            now = office.clock()
            if everything:
                cells = await heat_cells(session, stores.values(), now)
            else:
                cells = await touched_cells(session, stores, now, keys)
        touched.add({key: xid for key, xid in keys.items() if xid > reached})
        grid.turn(now, map(HeatCell.of, cells))


_feeds: "WeakKeyDictionary[StockFeed, HeatFeed]" = WeakKeyDictionary()


def heat_feed_of(context: Context) -> HeatFeed:
    """Return the one heat feed that stands beside a process's stock feed."""
    feed = _feeds.get(context.feed)
    if feed is None:
        # By a weak name: what stands beside a feed must not keep it alive.
        feed = _feeds[context.feed] = HeatFeed(context.desk, proxy(context.feed))
    return feed
