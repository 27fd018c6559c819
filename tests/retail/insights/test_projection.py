"""The sums of sales follow the ledger: nothing missed, nothing doubled, whoever writes and whatever breaks."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from retail.insights.projection import catch_up, follow_ledger, followed, rebuild
from retail.stores.directory import StoreEntry
from tests.retail.insights.books import NEW_YORK, URUMQI, Books, Line, random_lines, write

SUMS = {
    "sales_slot": "select store_id, slot, sku_id, units, amount_fen from sales_slot",
    "sales_day": "select store_id, day, sku_id, units, amount_fen from sales_day",
    "store_slot": "select store_id, slot, units, amount_fen, baskets from store_slot",
}


async def test_sales_and_returns_are_added_up_by_slot_by_day_and_by_store(books: Books) -> None:
    stores = [
        await books.open_store("望京店"),
        await books.open_store("天山店", URUMQI),
        await books.open_store("Chinatown", NEW_YORK),
    ]
    skus = await books.stock_catalogue({"drinks": ["tea", "milk"], "food": ["bun"]})
    lines = random_lines(stores, list(skus.values()), books.clock(), seed=1, count=400)
    for line in lines:
        await books.record(line)

    added = await catch_up(books.office)

    assert added == 400
    assert await sums(books) == expected(lines, stores)


async def test_a_basket_counts_once_though_its_lines_arrive_in_several_transactions(books: Books) -> None:
    store = await books.open_store("望京店")
    skus = await books.stock_catalogue({"drinks": ["tea", "milk"]})
    now = books.clock()
    tea = Line(store.id, skus["tea"], 1, now)
    milk = Line(store.id, skus["milk"], 1, now + timedelta(minutes=10), basket=tea.basket)
    await books.record(tea)
    await catch_up(books.office)

    await books.record(milk)
    await catch_up(books.office)

    async with books.sessions() as session:
        baskets = list(await session.scalars(text("select baskets from store_slot order by slot")))
    assert baskets == [1, 0]


async def test_sums_are_the_same_however_the_ledger_is_cut_into_steps(books: Books) -> None:
    stores = [await books.open_store("望京店"), await books.open_store("天山店", URUMQI)]
    skus = await books.stock_catalogue({"drinks": ["tea", "milk"]})
    lines = random_lines(stores, list(skus.values()), books.clock(), seed=2, count=300)
    for start in range(0, 300, 10):
        await books.record(*lines[start : start + 10])
    steps: list[int] = []
    while steps[-1:] != [0]:
        async with books.office.work(None) as work:
            steps.append(await follow_ledger(work, step=7))
    step_by_step = await sums(books)

    again = await rebuild(books.office)

    assert max(steps) == 10  # a transaction of ten is never split, though a step takes seven
    assert again == sum(steps) == 300
    assert await sums(books) == step_by_step


async def test_other_movements_are_passed_over(books: Books) -> None:
    store = await books.open_store("望京店")
    skus = await books.stock_catalogue({"drinks": ["tea"]})
    for _ in range(20):
        await books.carry(store, skus["tea"], received=5)
    await books.record(Line(store.id, skus["tea"], 1, books.clock()))

    async with books.office.work(None) as work:
        added = await follow_ledger(work, step=3)

    assert added == 1


async def test_nothing_is_written_when_nothing_was_sold(books: Books) -> None:
    async with books.office.work(None) as work:
        added = await follow_ledger(work)
        wrote = await work.session.scalar(text("select pg_current_xact_id_if_assigned()::text"))

    assert added == 0
    assert wrote is None


async def test_a_sale_that_commits_late_is_not_passed_over(books: Books) -> None:
    store, other = await books.open_store("望京店"), await books.open_store("天山店", URUMQI)
    skus = await books.stock_catalogue({"drinks": ["tea", "milk"]})
    early = Line(store.id, skus["tea"], 2, books.clock(), fen=100)
    late = Line(other.id, skus["milk"], 3, books.clock(), fen=200)  # one store's books have one writer at a time

    async with books.office.work(None) as slow:
        await write(slow, [late])
        await books.record(early)
        during = await catch_up(books.office)
        async with books.sessions() as session:
            behind = (await followed(session)).behind
    after = await catch_up(books.office)

    assert (during, behind, after) == (0, False, 2)
    assert await sums(books) == expected([early, late], [store, other])


async def test_no_sale_is_missed_or_doubled_while_many_write_and_several_follow(books: Books) -> None:
    stores = [await books.open_store("望京店"), await books.open_store("天山店", URUMQI)]
    skus = await books.stock_catalogue({"drinks": [f"tea {n}" for n in range(12)]})
    sold = [
        random_lines(stores, [skus[f"tea {n}"]], books.clock(), seed=n, count=60, one_basket_each=True)
        for n in range(8)
    ]
    writing = asyncio.Event()

    async def till(lines: list[Line], pause: float) -> None:
        for start in range(0, len(lines), 4):
            async with books.office.work(None) as work:
                await write(work, lines[start : start + 4])
                await asyncio.sleep(pause)  # holds its transaction open, so that others overtake it

    async def follower() -> int:
        added = 0
        while not writing.is_set():
            async with books.office.work(None) as work:
                added += await follow_ledger(work, step=5)
            await asyncio.sleep(0)
        return added

    followers = [asyncio.create_task(follower()) for _ in range(3)]
    await asyncio.gather(*(till(lines, n * 0.003) for n, lines in enumerate(sold)))
    writing.set()
    added = sum(await asyncio.gather(*followers)) + await catch_up(books.office)

    assert added == 480
    assert await sums(books) == expected(chain.from_iterable(sold), stores)


async def test_a_crash_before_the_commit_leaves_sums_and_cursor_as_they_were(books: Books) -> None:
    store = await books.open_store("望京店")
    skus = await books.stock_catalogue({"drinks": ["tea"]})
    lines = [Line(store.id, skus["tea"], 1, books.clock(), fen=100) for _ in range(3)]
    for line in lines:
        await books.record(line)

    with pytest.raises(DBAPIError):
        await follow_and_be_killed(books)

    assert await sums(books) == expected([], [store])
    assert await catch_up(books.office) == 3
    assert await sums(books) == expected(lines, [store])


async def test_a_crash_between_two_steps_neither_repeats_nor_skips_one(books: Books) -> None:
    store = await books.open_store("望京店")
    skus = await books.stock_catalogue({"drinks": ["tea"]})
    lines = [Line(store.id, skus["tea"], 1, books.clock(), fen=100) for _ in range(6)]
    for line in lines:
        await books.record(line)
    async with books.office.work(None) as work:
        first = await follow_ledger(work, step=2)
    with pytest.raises(DBAPIError):
        await follow_and_be_killed(books)

    rest = await catch_up(books.office)

    assert (first, rest) == (2, 4)
    assert await sums(books) == expected(lines, [store])


async def test_only_one_process_follows_at_a_time_and_the_other_does_not_wait(books: Books) -> None:
    store = await books.open_store("望京店")
    skus = await books.stock_catalogue({"drinks": ["tea"]})
    await books.record(Line(store.id, skus["tea"], 1, books.clock()))

    async with books.office.work(None) as one:
        mine = await follow_ledger(one)
        async with asyncio.timeout(5), books.office.work(None) as other:
            theirs = await follow_ledger(other)

    assert (mine, theirs) == (1, 0)


async def follow_and_be_killed(books: Books) -> None:
    """Add two movements, and lose the connection just before the commit, as a killed process would."""
    url = books.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    bystander = await asyncpg.connect(url)
    async with books.office.work(None) as work:
        assert await follow_ledger(work, step=2) == 2
        mine = await work.session.scalar(text("select pg_backend_pid()"))
        await bystander.execute("select pg_terminate_backend($1)", mine)
        await bystander.close()


Table = set[tuple[object, ...]]


async def sums(books: Books) -> dict[str, Table]:
    async with books.sessions() as session:
        return {name: {tuple(row) for row in await session.execute(text(query))} for name, query in SUMS.items()}


def expected(lines: Iterable[Line], stores: Iterable[StoreEntry]) -> dict[str, Table]:
    """What a shopkeeper would add up with pencil and paper, from lines written one a transaction."""
    zones = {store.id: (ZoneInfo(store.zone), store.day_cutoff) for store in stores}
    slots: Counter[tuple[object, ...]] = Counter()
    paid: Counter[tuple[object, ...]] = Counter()
    counted: Counter[tuple[object, ...]] = Counter()
    known: set[tuple[object, ...]] = set()
    keys: dict[str, set[tuple[object, ...]]] = {name: set() for name in SUMS}
    for line in lines:
        zone, cutoff = zones[line.store_id]
        local = line.at.astimezone(zone)
        day = (local.replace(tzinfo=None) - timedelta(hours=cutoff.hour, minutes=cutoff.minute)).date()
        slot = datetime(*line.at.timetuple()[:4], line.at.minute // 5 * 5, tzinfo=UTC)
        mine = {
            "sales_slot": (line.store_id, slot, line.sku_id),
            "sales_day": (line.store_id, day, line.sku_id),
            "store_slot": (line.store_id, slot),
        }
        for name, key in mine.items():
            keys[name].add(key)
            slots[(name, *key)] += line.sold
            paid[(name, *key)] += line.earned
        if line.kind == "sale" and (line.store_id, line.basket) not in known:
            known.add((line.store_id, line.basket))
            counted[(line.store_id, slot)] += 1
    tables: dict[str, Table] = {
        name: {(*key, slots[(name, *key)], paid[(name, *key)]) for key in keys[name]} for name in SUMS
    }
    tables["store_slot"] = {(*row, counted[row[:2]]) for row in tables["store_slot"]}
    return tables
