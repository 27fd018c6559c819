"""stockChanges over two processes: whatever is cut, killed or late, a screen ends up with what the books say."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from retail.access.permissions import Role
from retail.access.work import Work
from retail.inventory import ledger
from retail.kernel.clock import utc_now
from tests.support.asking import Asker, levels_of
from tests.support.chain import Shop, Staff, TwoDoors, origin
from tests.support.sealed_books import sale_line

SHOWN = ("onHand", "reserved", "soldUnits", "version")


@dataclass
class Screen:
    """A replica that knows nothing but what the subscription told it, as a phone would."""

    levels: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    cursor: str | None = None
    items: int = 0

    def take(self, item: dict[str, Any]) -> None:
        assert item["__typename"] != "ResyncRequired", item
        self.items += 1
        for level in levels_of(item):
            key = (level["storeId"], level["skuId"])
            if level["version"] >= self.levels.get(key, level)["version"]:
                self.levels[key] = level
        self.cursor = item["cursor"]

    def shows(self) -> dict[tuple[str, str], tuple[int, ...]]:
        return {key: tuple(level[name] for name in SHOWN) for key, level in self.levels.items()}


async def books(two_doors: TwoDoors, *shops: Shop) -> dict[tuple[str, str], tuple[int, ...]]:
    rows = await two_doors.chain.rows("select * from stock_level where store_id = any($1)", [shop.id for shop in shops])
    return {
        (str(row["store_id"]), str(row["sku_id"])): (row["on_hand"], row["reserved"], row["sold_units"], row["version"])
        for row in rows
    }


@asynccontextmanager
async def busy(staff: list[Staff], two_doors: TwoDoors) -> AsyncIterator[None]:
    """Everybody sells and receives through both processes, until the block ends."""
    chance, closing = random.Random(5), asyncio.Event()

    async def work(one: Staff) -> None:
        while not closing.is_set():
            there = one.at(two_doors.door(chance.randrange(2)))
            mutation = "recordSale" if chance.random() < 0.7 else "receiveGoods"
            lines = await there.lines({chance.choice(["tea", "milk", "cup"]): chance.randint(1, 3)})
            told = await there.do(mutation, storeId=there.shop.id, origin=origin(), lines=lines)
            assert told.kind.endswith("Success"), told.body
            await asyncio.sleep(0.01)

    tasks = [asyncio.create_task(work(one)) for one in staff for _ in range(3)]
    try:
        yield
    finally:
        closing.set()
        await asyncio.gather(*tasks)


async def catch_up(screen: Screen, watcher: Asker, two_doors: TwoDoors, shops: list[Shop]) -> None:
    """Read on until the screen shows what the books say, or fail after ten seconds."""
    wanted = await books(two_doors, *shops)
    async with watcher.watch(after=screen.cursor, storeIds=[shop.id for shop in shops]) as watch:
        with suppress(TimeoutError):
            while screen.shows() != wanted:
                screen.take(await watch.next())
    assert screen.shows() == wanted


async def test_a_screen_that_is_cut_off_again_and_again_misses_nothing(two_doors: TwoDoors) -> None:
    chain, chance = two_doors.chain, random.Random(11)
    shops = await chain.open_stores("Riverside", "Harbour")
    staff = [await chain.clerk_at(shop) for shop in shops]
    watcher, screen = await chain.hire(Role.HQ_OPERATIONS), Screen()

    async with busy(staff, two_doors):
        for n in range(20):
            async with watcher.at(two_doors.door(n)).watch(screen.cursor, storeIds=[s.id for s in shops]) as watch:
                for _ in range(chance.randint(1, 6)):
                    screen.take(await watch.next())
            await asyncio.sleep(chance.uniform(0, 0.1))

    await catch_up(screen, watcher, two_doors, shops)
    assert screen.items > 20


async def test_what_one_process_writes_is_told_by_the_other_at_once(two_doors: TwoDoors) -> None:
    riverside = await two_doors.chain.open_store("Riverside")
    clerk, tea = await two_doors.chain.clerk_at(riverside), (await two_doors.chain.goods("tea")).id

    async with clerk.at(two_doors.door(0)).watch(storeIds=[riverside.id]) as watch:
        await watch.next()
        for n in range(1, 6):
            await clerk.at(two_doors.door(1)).receive(tea=1)
            await watch.until(riverside.id, tea, n, patience=0.8)  # sooner than the beat of a reader not woken


async def test_a_dead_bus_makes_screens_slower_and_loses_nothing(two_doors: TwoDoors) -> None:
    riverside = await two_doors.chain.open_store("Riverside")
    clerk, tea = await two_doors.chain.clerk_at(riverside), (await two_doors.chain.goods("tea")).id
    writer = clerk.at(two_doors.door(1))

    async with clerk.at(two_doors.door(0)).watch(storeIds=[riverside.id]) as watch:
        await watch.next()
        two_doors.redis.kill()
        await writer.receive(tea=1)
        await watch.until(riverside.id, tea, 1, patience=5)
        two_doors.redis.start()
        await asyncio.sleep(5)  # the bus notices and connects again

        for n in range(2, 5):
            await writer.receive(tea=1)
            await watch.until(riverside.id, tea, n, patience=0.8)


async def test_a_transaction_that_commits_late_is_not_missed(two_doors: TwoDoors) -> None:
    """A reader that goes by the newest transaction id passes the slow one over: its cursor is ahead already."""
    chain = two_doors.chain
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    both, tea = [riverside.id, harbour.id], (await chain.goods("tea")).id
    clerk = await chain.staff(Role.HQ_OPERATIONS, riverside)
    await (await chain.clerk_at(harbour)).receive(tea=10)
    fresh, resumed = Screen(), Screen()

    async with (
        clerk.watch(storeIds=both) as stays,
        clerk.watch(storeIds=both) as leaves,
        chain.sessions() as slow,
    ):
        await stays.next()
        resumed.take(await leaves.next())
        await ledger.post(Work(slow, None, utc_now()), [sale_line(harbour.id, tea, uuid4())])
        late = int(await slow.scalar(text("select pg_current_xact_id()::text")) or 0)
        for _ in range(5):
            await clerk.sell(milk=1)
        await asyncio.sleep(1.2)  # a beat of the readers, while the slow one is still at it
        async with clerk.watch(storeIds=both) as watch:
            fresh.take(await watch.next())
        async with clerk.watch(after=resumed.cursor, storeIds=both) as watch:
            resumed.take(await watch.next())
        newest = await chain.value("select max(xid::text::bigint) from movement where store_id = $1", riverside.id)
        assert late < newest, "the slow transaction is not the older one"

        await slow.commit()

        await stays.until(harbour.id, tea, 9)
    for screen in (fresh, resumed):
        await catch_up(screen, clerk, two_doors, [riverside, harbour])


async def test_a_client_that_does_not_read_gets_the_newest_state_and_little_is_kept_for_it(
    two_doors: TwoDoors,
) -> None:
    chain = two_doors.chain
    riverside = await chain.open_store("Riverside")
    till = await chain.staff(Role.STORE_MANAGER, riverside)
    skus = [(await chain.goods(f"kind {n}")).id for n in range(200)]
    screen, rounds = Screen(), 60

    async with till.watch(storeIds=[riverside.id]) as watch:
        screen.take(await watch.next())
        for _ in range(rounds):
            told = await till.do("recordMovements", source="TILL", events=[sold(riverside, sku) for sku in skus])
            assert told.value["recorded"] == len(skus)
        wanted = await books(two_doors, riverside)
        while screen.shows() != wanted:
            screen.take(await watch.next())

    assert screen.items < rounds, "the backlog was kept, item by item"


def sold(shop: Shop, sku_id: UUID) -> dict[str, object]:
    return {"eventId": uuid4(), "storeId": shop.id, "skuId": sku_id, "kind": "SALE", "quantity": 1, **origin()}


@pytest.mark.parametrize(
    "cursor", ["", "tea", "-", "000000000000-5", "{book}-", "{book}-x", "{book}--1", "{book}-99999999999999999999",
               "{book}-9223372036854775807", "{book}-９", "{book}-1-1", "\x00"],
)  # fmt: skip
async def test_a_cursor_that_cannot_be_continued_asks_for_a_fresh_start(two_doors: TwoDoors, cursor: str) -> None:
    riverside = await two_doors.chain.open_store("Riverside")
    clerk = await two_doors.chain.clerk_at(riverside)
    async with clerk.watch() as watch:
        book = (await watch.next())["cursor"].split("-")[0]

    async with clerk.watch(after=cursor.replace("{book}", book)) as watch:
        item = await watch.next()

        assert item["__typename"] == "ResyncRequired"
        assert (await watch.socket.hear())["type"] == "complete"


async def test_a_cursor_of_before_the_newest_change_is_continued(two_doors: TwoDoors) -> None:
    riverside = await two_doors.chain.open_store("Riverside")
    clerk, tea = await two_doors.chain.clerk_at(riverside), (await two_doors.chain.goods("tea")).id
    async with clerk.watch() as watch:
        cursor = (await watch.next())["cursor"]
    await clerk.receive(tea=3)

    async with clerk.at(two_doors.door(1)).watch(after=cursor) as watch:
        # While another transaction is still running, what came before may be told without this change.
        item = await watch.until(riverside.id, tea, 3)

    assert item["__typename"] == "StockChanged"


async def test_a_grid_is_continued_by_its_cursor(two_doors: TwoDoors) -> None:
    riverside = await two_doors.chain.open_store("Riverside")
    clerk, tea = await two_doors.chain.clerk_at(riverside), (await two_doors.chain.goods("tea")).id
    await clerk.receive(tea=3)
    grid = (await clerk.ask("{ stockGrid { cursor storeIds skuIds rows } }")).data["stockGrid"]
    assert (grid["storeIds"], grid["skuIds"]) == ([str(riverside.id)], [str(tea)])
    assert grid["rows"] == [[0, 0, 3, 0, 0, 0, 0, 1]]
    await clerk.sell(tea=1)

    async with clerk.watch(after=grid["cursor"]) as watch:
        await watch.until(riverside.id, tea, 2)


async def test_a_clerk_hears_of_no_other_store(two_doors: TwoDoors) -> None:
    riverside, harbour = await two_doors.chain.open_stores("Riverside", "Harbour")
    clerk, neighbour = await two_doors.chain.clerk_at(riverside), await two_doors.chain.clerk_at(harbour)
    await neighbour.receive(tea=5)

    async with clerk.watch(storeIds=[riverside.id, harbour.id]) as watch:
        snapshot = await watch.next()
        await neighbour.sell(tea=1)
        silent = await watch.nothing(1.5)
        await clerk.receive(tea=1)
        change = await watch.next()

    assert snapshot["levels"] == []
    assert silent
    assert {level["storeId"] for level in change["changes"]} == {str(riverside.id)}
