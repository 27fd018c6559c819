"""What a store and the chain have sold today, hour by hour."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from retail.access.permissions import Role
from retail.insights.projection import catch_up
from retail.insights.queries import Where
from retail.insights.summaries import HourlySales, Shelves, StoreSummary, Total, chain_summary, store_summaries
from retail.kernel.refusal import NotPermitted
from retail.stores.directory import StoreEntry
from tests.retail.insights.books import KATHMANDU, NEW_YORK, SHANGHAI, Books, Line, random_lines, somebody


async def test_a_store_counts_its_own_business_day_hour_by_hour(books: Books) -> None:
    store = await books.open_store("望京店", SHANGHAI, cutoff=time(4))
    skus = await books.stock_catalogue({"drinks": ["tea", "milk"]})
    books.clock.now = beijing(20, 6, 10)
    basket = Line(store.id, skus["tea"], 2, beijing(20, 5, 59), fen=3000)
    await books.record(
        Line(store.id, skus["tea"], 9, beijing(20, 3, 59), fen=9999),
        Line(store.id, skus["tea"], 1, beijing(20, 4, 0), fen=1500),
    )
    await books.record(basket, Line(store.id, skus["milk"], 1, beijing(20, 5, 59), fen=800, basket=basket.basket))
    await books.record(Line(store.id, skus["tea"], 1, beijing(20, 6, 5), fen=1500, kind="customer_return"))
    await catch_up(books.office)

    summary = await summary_of(books, store)

    assert summary.hourly == [
        HourlySales(beijing(20, 4), units=1, amount=1500, baskets=1),
        HourlySales(beijing(20, 5), units=3, amount=3800, baskets=1),
        HourlySales(beijing(20, 6), units=-1, amount=-1500, baskets=0),
    ]
    assert summary.today == Total(units=3, amount=3800, baskets=2)
    assert summary.sales_last_hour_fen == 3800 - 1500


async def test_the_last_hour_reaches_back_over_the_cut_off(books: Books) -> None:
    store = await books.open_store("望京店", SHANGHAI, cutoff=time(4))
    skus = await books.stock_catalogue({"drinks": ["tea"]})
    books.clock.now = beijing(20, 4, 10)
    await books.record(
        Line(store.id, skus["tea"], 1, beijing(20, 3, 20), fen=500),
        Line(store.id, skus["tea"], 1, beijing(20, 4, 5), fen=70),
    )
    await catch_up(books.office)

    summary = await summary_of(books, store)

    assert (summary.today.amount, summary.sales_last_hour_fen) == (70, 570)


@pytest.mark.parametrize(
    ("zone", "now", "begins", "hours"),
    [
        (KATHMANDU, datetime(2026, 11, 20, 0, 30, tzinfo=UTC), datetime(2026, 11, 19, 22, 15, tzinfo=UTC), 3),
        # Clocks go back on 1 November: the business day of 31 October has 25 hours.
        (NEW_YORK, datetime(2026, 11, 1, 8, 59, tzinfo=UTC), datetime(2026, 10, 31, 8, 0, tzinfo=UTC), 25),
    ],
)
async def test_hours_are_whole_in_every_zone(
    books: Books, zone: str, now: datetime, begins: datetime, hours: int
) -> None:
    store = await books.open_store("Far", zone, cutoff=time(4))
    skus = await books.stock_catalogue({"drinks": ["tea"]})
    books.clock.now = now
    for n in range(hours):
        await books.record(Line(store.id, skus["tea"], n + 1, begins + n * timedelta(hours=1), fen=n))
    await catch_up(books.office)

    summary = await summary_of(books, store)

    assert [(hour.hour, hour.units) for hour in summary.hourly] == [
        (begins + n * timedelta(hours=1), n + 1) for n in range(hours)
    ]


async def test_the_chain_is_the_sum_of_the_stores_that_the_asker_sees(books: Books) -> None:
    mine = [await books.open_store("望京店"), await books.open_store("Chinatown", NEW_YORK)]
    foreign = await books.open_store("滨江店")
    skus = await books.stock_catalogue({"drinks": ["tea"], "food": ["bun"]})
    lines = random_lines([*mine, foreign], list(skus.values()), books.clock(), seed=5, count=60)
    for line in lines:
        await books.record(line)
    for store in (*mine, foreign):
        await books.carry(store, skus["tea"], safety=1000)
        await books.open_day(store, store.day_at(books.clock()))
    await books.open_day(mine[1], date(2026, 11, 1))
    await catch_up(books.office)
    manager = somebody(Role.REGIONAL_MANAGER, *mine)

    async with books.office.reading(manager) as reading:
        stores = await books.directory.stores()
        chain = await chain_summary(reading, stores)
        each = await store_summaries(reading, stores, Where())

    assert [summary.store for summary in each] == mine
    assert (chain.store_count, chain.open_store_count) == (2, 2)
    assert chain.today == Total(
        units=sum(one.today.units for one in each),
        amount=sum(one.today.amount for one in each),
        baskets=sum(one.today.baskets for one in each),
    )
    today = [
        line for line in lines if any(line.store_id == s.id and line.at >= s.day_began(books.clock()) for s in mine)
    ]
    assert chain.today.amount == sum(line.earned for line in today)
    assert sum(hour.amount for hour in chain.hourly) == chain.today.amount
    assert chain.shelves.below_safety_count >= 2


async def test_shelves_are_counted(books: Books) -> None:
    store = await books.open_store("望京店")
    skus = await books.stock_catalogue({"drinks": ["tea", "milk", "latte"]})
    await books.carry(store, skus["tea"], received=10, safety=3)
    await books.carry(store, skus["milk"], received=2, safety=3)
    await books.record(Line(store.id, skus["latte"], 1, books.clock()))

    summary = await summary_of(books, store)

    assert summary.shelves == Shelves(sku_count=3, out_count=1, below_safety_count=2, negative_count=1)


async def test_a_clerk_is_refused_the_figures(books: Books) -> None:
    store = await books.open_store("望京店")

    async with books.office.reading(somebody(Role.CLERK, store)) as reading:
        with pytest.raises(NotPermitted):
            await chain_summary(reading, await books.directory.stores())
        with pytest.raises(NotPermitted):
            await store_summaries(reading, await books.directory.stores(), Where())


async def summary_of(books: Books, store: StoreEntry) -> StoreSummary:
    async with books.office.reading(somebody(Role.STORE_MANAGER, store)) as reading:
        [summary] = await store_summaries(reading, await books.directory.stores(), Where())
    return summary


def beijing(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of November 2026 as a clock in Beijing shows it."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)
