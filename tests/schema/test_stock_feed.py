"""The live feed keeps step with those who watch it."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncSession

from retail.inventory.queries import horizon
from retail.stores.directory import StoreEntry
from schema.kernel import live
from schema.kernel.live import BATCHES_HELD, Batch, StockFeed, Watch
from tests.retail.insights.books import Books, Line

SALES = 60


@pytest_asyncio.fixture
async def books(database_url: str) -> AsyncIterator[Books]:
    opened = await Books.open(database_url)
    yield opened
    await opened.close()


async def _trade(books: Books, feed: StockFeed, store: StoreEntry, sku_id: UUID) -> None:
    for _ in range(SALES):
        await books.record(Line(store.id, sku_id, 1, books.clock(), fen=100))
        feed.wake()
        await asyncio.sleep(0.02)


async def _sold(watch: Watch, units: int) -> list[Batch]:
    told: list[Batch] = []
    async with asyncio.timeout(10):
        async for batch in watch:
            told.append(batch)
            if batch.levels and batch.levels[-1].sold_units >= units:
                break
    return told


async def test_a_slow_watcher_is_told_more_at_a_time_and_falls_behind_nobody(books: Books) -> None:
    store = await books.open_store("望京店")
    skus = await books.stock_catalogue({"drinks": ["tea"]})
    feed = StockFeed(books.sessions)
    await feed.open()
    async with feed.watch(None) as slow, feed.watch(None) as quick:
        quickly = asyncio.create_task(_sold(quick, SALES))
        await _trade(books, feed, store, skus["tea"])

        told_quickly, told_slowly = await quickly, await _sold(slow, SALES)

    assert len(told_slowly) == len(told_quickly) < BATCHES_HELD
    await feed.close()


async def test_without_a_watcher_the_feed_still_knows_how_far_the_ledger_is(books: Books) -> None:
    store = await books.open_store("望京店")
    skus = await books.stock_catalogue({"drinks": ["tea"]})
    feed = StockFeed(books.sessions)
    await feed.open()
    await books.record(Line(store.id, skus["tea"], 1, books.clock(), fen=100))
    feed.wake()
    await asyncio.sleep(0.3)

    async with feed.watch(None) as late:
        await books.record(Line(store.id, skus["tea"], 1, books.clock(), fen=100))
        feed.wake()
        told = await _sold(late, 2)

    assert [level.sold_units for batch in told for level in batch.levels or ()] == [2]
    await feed.close()


async def test_who_begins_to_watch_while_an_idle_feed_looks_misses_nothing(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await books.open_store("望京店")
    skus = await books.stock_catalogue({"drinks": ["tea"]})
    feed = StockFeed(books.sessions)
    began: asyncio.Queue[Watch] = asyncio.Queue()
    begun: list[bool] = []

    async def look(session: AsyncSession) -> int:
        """Somebody begins to watch, and a sale is made, between the feed's looking for watchers and at the ledger."""
        if not begun:
            begun.append(True)
            watch = await feed.watch(None).__aenter__()
            await books.record(Line(store.id, skus["tea"], 1, books.clock(), fen=100))
            began.put_nowait(watch)
        return await horizon(session)

    await feed.open()
    monkeypatch.setattr(live, "horizon", look)
    feed.wake()
    async with asyncio.timeout(5):
        watch = await began.get()

    assert [level.sold_units for batch in await _sold(watch, 1) for level in batch.levels or ()] == [1]
    await feed.close()
