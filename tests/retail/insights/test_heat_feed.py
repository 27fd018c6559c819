"""The live heat: all cells first, then those that changed, computed once for everybody who watches."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from uuid import UUID

import pytest_asyncio
from sqlalchemy import event

from retail.insights.projection import follow_ledger
from retail.inventory import ledger
from retail.stores.directory import StoreEntry
from schema.insights.grid import Sight
from schema.insights.live import HeatFeed
from schema.insights.types import Heat
from schema.kernel.live import StockFeed
from tests.retail.insights.books import Books, Line

BEAT = 0.05
SOON = 5.0
QUIET = 0.4


class Wall:
    """A wall of screens that watch two stores; `tea` and `bun` are of different categories."""

    def __init__(self, books: Books, feed: StockFeed, stores: list[StoreEntry], skus: dict[str, UUID]) -> None:
        self.books = books
        self.feed = feed
        self.stores = stores
        self.skus = skus
        self.heat = HeatFeed(books.desk, feed, beat=BEAT)

    @asynccontextmanager
    async def screen(self, *stores: StoreEntry, categories: frozenset[UUID] | None = None) -> AsyncIterator["Screen"]:
        seen = Sight(frozenset(store.id for store in stores), categories)
        screen = Screen(seen)
        screen.items = self.heat.follow(screen.sight)
        async with aclosing(screen.items):
            yield screen

    async def sell(self, store: StoreEntry, name: str, units: int) -> None:
        await self.books.record(Line(store.id, self.skus[name], units, self.books.clock(), fen=100 * units))
        self.feed.wake()


class Screen:
    items: AsyncGenerator[Heat, None]

    def __init__(self, seen: Sight) -> None:
        self.seen = seen

    async def sight(self) -> Sight:
        return self.seen

    async def next(self) -> Heat:
        async with asyncio.timeout(SOON):
            return await anext(self.items)

    async def is_quiet(self) -> bool:
        """Wait a little; the screen is of no use afterwards."""
        try:
            async with asyncio.timeout(QUIET):
                await anext(self.items)
        except TimeoutError:
            return True
        return False


@pytest_asyncio.fixture
async def wall(books: Books) -> AsyncIterator[Wall]:
    stores = [await books.open_store("望京店"), await books.open_store("滨江店")]
    skus = await books.stock_catalogue({"drinks": ["tea", "milk"], "food": ["bun"]})
    for store in stores:
        for sku_id in skus.values():
            await books.carry(store, sku_id, received=10, safety=2)
    feed = StockFeed(books.sessions)
    await feed.open()
    yield Wall(books, feed, stores, skus)
    await feed.close()


async def test_a_sale_reaches_the_screen_as_one_changed_cell(wall: Wall) -> None:
    riverside, harbour = wall.stores
    async with wall.screen(riverside, harbour) as screen:
        first = await screen.next()
        await wall.sell(harbour, "tea", 9)
        second = await screen.next()

    assert {(cell.store_id, cell.category_id) for cell in first.cells} == {
        (store.id, category) for store in wall.stores for category in wall.books.categories.values()
    }
    [cell] = second.cells
    assert (cell.store_id, cell.category_id) == (harbour.id, wall.books.categories["drinks"])
    assert (cell.sold_units, cell.sold_units_last_hour, cell.sales_today_fen) == (9, 9, 900)
    assert (cell.shortage_units, cell.below_safety_count) == (1, 1)


async def test_a_screen_is_not_told_of_cells_that_are_out_of_its_sight(wall: Wall) -> None:
    riverside, harbour = wall.stores
    food = frozenset({wall.books.categories["food"]})
    async with wall.screen(riverside) as here, wall.screen(harbour, categories=food) as there:
        assert len((await here.next()).cells) == 2
        assert len((await there.next()).cells) == 1
        await wall.sell(harbour, "tea", 1)

        assert await there.is_quiet()
        assert await here.is_quiet()


async def test_screens_with_the_same_sight_are_given_the_same_object(wall: Wall) -> None:
    async with wall.screen(*wall.stores) as one, wall.screen(*reversed(wall.stores)) as other:
        assert await one.next() is await other.next()
        await wall.sell(wall.stores[0], "bun", 1)
        assert await one.next() is await other.next()


async def test_who_sees_nothing_is_told_so_at_once(wall: Wall) -> None:
    async with wall.screen() as screen:
        first = await screen.next()

    assert first.cells == []


async def test_a_screen_whose_sight_changes_is_told_all_that_it_sees_now(wall: Wall) -> None:
    riverside, harbour = wall.stores
    async with wall.screen(riverside) as screen:
        await screen.next()
        screen.seen = Sight(frozenset({harbour.id}), None)
        await wall.sell(harbour, "bun", 1)
        told = await screen.next()

    assert [cell.store_id for cell in told.cells] == [harbour.id] * 2


async def test_a_slow_screen_is_told_once_of_all_that_changed_meanwhile(wall: Wall) -> None:
    riverside, harbour = wall.stores
    async with wall.screen(*wall.stores) as slow, wall.screen(*wall.stores) as quick:
        await slow.next()
        await quick.next()
        for store, name in ((riverside, "tea"), (harbour, "bun"), (riverside, "milk")):
            await wall.sell(store, name, 1)
            await quick.next()
        told = await slow.next()

    sold = {(cell.store_id, cell.category_id): cell.sold_units for cell in told.cells}
    drinks, food = wall.books.categories["drinks"], wall.books.categories["food"]
    assert sold == {(riverside.id, drinks): 2, (harbour.id, food): 1}


async def test_the_pace_on_the_screen_falls_though_nobody_sells(wall: Wall) -> None:
    wall.heat = HeatFeed(wall.books.desk, wall.feed, beat=BEAT, all_every=4 * BEAT)
    await wall.sell(wall.stores[0], "tea", 6)
    async with wall.screen(*wall.stores) as screen:
        first = await screen.next()
        wall.books.clock.now += timedelta(minutes=60)
        later = await screen.next()

    assert max(cell.sold_units_last_hour for cell in first.cells) == 6
    assert [cell.sold_units_last_hour for cell in later.cells] == [0]


async def test_sales_that_come_late_into_the_sums_reach_the_screen(wall: Wall) -> None:
    riverside = wall.stores[0]
    async with wall.screen(riverside) as screen:
        await screen.next()
        # Another process is following the ledger and is slow: the levels have moved, the sums have not.
        async with wall.books.office.work(None) as other:
            await follow_ledger(other)
            await wall.sell(riverside, "tea", 2)
            at_once = await screen.next()
        later = await screen.next()

    assert [(cell.sold_units, cell.sales_today_fen) for cell in at_once.cells] == [(2, 0)]
    assert [(cell.sold_units, cell.sales_today_fen) for cell in later.cells] == [(2, 200)]


async def test_a_change_of_safety_stock_is_seen_when_everything_is_computed(wall: Wall) -> None:
    wall.heat = HeatFeed(wall.books.desk, wall.feed, beat=BEAT, all_every=4 * BEAT)
    async with wall.screen(wall.stores[0]) as screen:
        await screen.next()
        async with wall.books.office.work(None) as work:
            await ledger.set_safety_stock(work, wall.stores[0].id, {wall.skus["bun"]: 15})
        told = await screen.next()

    assert [cell.shortage_units for cell in told.cells] == [5]


async def test_many_screens_cost_the_database_no_more_than_one(wall: Wall) -> None:
    asked: list[str] = []
    event.listen(
        wall.books.engine.sync_engine, "before_cursor_execute", lambda _c, _u, statement, *_: asked.append(statement)
    )
    async with aclosing(wall.heat.follow(Screen(Sight(frozenset({wall.stores[0].id}), None)).sight)) as one:
        await anext(one)
        many = [wall.heat.follow(Screen(Sight(frozenset({s.id}), None)).sight) for s in wall.stores * 20]
        await asyncio.gather(*(anext(items) for items in many))
        await wall.sell(wall.stores[0], "tea", 1)
        await asyncio.gather(anext(one), *(anext(items) for items in many[::2]))
        await asyncio.gather(*(items.aclose() for items in many))

    assert len([statement for statement in asked if "shelf as materialized" in statement]) <= 3


async def test_nothing_is_computed_when_nobody_watches(wall: Wall) -> None:
    async with wall.screen(*wall.stores) as screen:
        await screen.next()
    asked: list[str] = []
    event.listen(
        wall.books.engine.sync_engine, "before_cursor_execute", lambda _c, _u, statement, *_: asked.append(statement)
    )

    await wall.sell(wall.stores[0], "tea", 1)
    await asyncio.sleep(QUIET)
    watched_again = wall.heat.follow(Screen(Sight(frozenset({wall.stores[0].id}), None)).sight)
    unwatched = [statement for statement in asked if "shelf as materialized" in statement]
    first = await anext(watched_again)
    await watched_again.aclose()

    assert unwatched == []
    assert sum(cell.sold_units for cell in first.cells) == 1
