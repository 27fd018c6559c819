"""The heat of stores and categories is what somebody with pencil and paper would find in the books."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retail.access.permissions import Role
from retail.insights.projection import catch_up
from retail.insights.queries import HeatCell, Where, heat, heat_cells, touched_cells
from retail.kernel.refusal import NotPermitted
from retail.stores.directory import StoreEntry
from tests.retail.insights.books import NEW_YORK, SHANGHAI, URUMQI, Books, Line, somebody

SHELVES = {"drinks/tea": ["oolong", "jasmine"], "drinks/coffee": ["latte"], "food": ["bun"]}
DRINKS = {"oolong", "jasmine", "latte"}

Stocked = Mapping[tuple[UUID, str], tuple[int, int]]
"""By store and SKU name: how many were received, and the safety stock."""


async def test_a_cell_says_how_a_category_stands_in_a_store(books: Books) -> None:
    store = await books.open_store("望京店")
    skus = await books.stock_catalogue(SHELVES)
    await books.carry(store, skus["oolong"], received=10, safety=4)
    await books.carry(store, skus["jasmine"], received=2, safety=5)
    await books.carry(store, skus["latte"])
    await books.record(
        Line(store.id, skus["oolong"], 3, books.clock(), fen=4500),
        Line(store.id, skus["latte"], 2, books.clock() - timedelta(hours=2), fen=3600),
        Line(store.id, skus["oolong"], 1, books.clock(), fen=1500, kind="customer_return"),
    )
    await catch_up(books.office)

    cells = await all_cells(books, [store])

    assert [asdict(cell) for cell in cells] == [
        {
            "store_id": store.id,
            "category_id": books.categories["drinks"],
            "sku_count": 3,
            "available_count": 2,
            "out_count": 1,
            "below_safety_count": 2,
            "negative_count": 1,
            "shortage_units": 3,
            "sold_units": 4,
            "sold_units_last_hour": 2,
            "sales_today_fen": 4500 + 3600 - 1500,
        }
    ]


async def test_today_begins_at_the_cut_off_of_the_stores_own_zone(books: Books) -> None:
    beijing = await books.open_store("望京店", SHANGHAI, cutoff=time(4))
    new_york = await books.open_store("Chinatown", NEW_YORK, cutoff=time(4))
    skus = await books.stock_catalogue(SHELVES)
    books.clock.now = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)  # 04:30 on the 21st in Beijing, 15:30 in New York
    for store in (beijing, new_york):
        await books.record(
            Line(store.id, skus["bun"], 1, datetime(2026, 11, 20, 8, 59, tzinfo=UTC), fen=1),  # 03:59 in New York
            Line(store.id, skus["bun"], 1, datetime(2026, 11, 20, 9, 0, tzinfo=UTC), fen=20),
            Line(store.id, skus["bun"], 1, datetime(2026, 11, 20, 19, 59, tzinfo=UTC), fen=300),  # 03:59 in Beijing
            Line(store.id, skus["bun"], 1, datetime(2026, 11, 20, 20, 0, tzinfo=UTC), fen=4000),
        )
    await catch_up(books.office)

    today = {cell.store_id: cell.sales_today_fen for cell in await all_cells(books, [beijing, new_york])}

    assert today == {beijing.id: 4000, new_york.id: 4320}


async def test_the_pace_falls_by_itself_as_time_goes_by(books: Books) -> None:
    store = await books.open_store("望京店")
    skus = await books.stock_catalogue(SHELVES)
    sold_at = books.clock.now = datetime(2026, 11, 20, 4, 2, tzinfo=UTC)
    await books.record(Line(store.id, skus["bun"], 7, sold_at))
    await catch_up(books.office)

    paces = {}
    for minutes in (0, 57, 58):
        books.clock.now = sold_at + timedelta(minutes=minutes)
        [cell] = await all_cells(books, [store])
        paces[minutes] = cell.sold_units_last_hour

    assert paces == {0: 7, 57: 7, 58: 0}


async def test_only_the_cells_of_the_touched_levels_are_computed(books: Books) -> None:
    one, other = await books.open_store("望京店"), await books.open_store("天山店", URUMQI)
    skus = await books.stock_catalogue(SHELVES)
    for store in (one, other):
        for sku_id in skus.values():
            await books.carry(store, sku_id, received=5, safety=1)
            await books.record(Line(store.id, sku_id, 2, books.clock(), fen=300))
    await catch_up(books.office)
    everything = await all_cells(books, [one, other])
    touched = {(one.id, skus["latte"]), (other.id, skus["bun"]), (other.id, UUID(int=0)), (UUID(int=0), skus["bun"])}

    async with books.sessions() as session:
        cells = await touched_cells(session, await books.directory.stores(), books.clock(), touched)

    wanted = {(one.id, books.categories["drinks"]), (other.id, books.categories["food"])}
    assert cells == [cell for cell in everything if (cell.store_id, cell.category_id) in wanted]
    assert len(cells) == 2


async def test_a_manager_sees_the_cells_of_her_stores_and_of_what_she_asks_for(books: Books) -> None:
    hers, west = await books.open_store("望京店"), await books.open_store("天山店", URUMQI, region="西")
    foreign = await books.open_store("滨江店")
    skus = await books.stock_catalogue(SHELVES)
    for store in (hers, west, foreign):
        await books.carry(store, skus["oolong"], received=1)
        await books.carry(store, skus["bun"], received=1)
    manager = somebody(Role.REGIONAL_MANAGER, hers, west)

    async def seen(where: Where) -> set[tuple[UUID, UUID]]:
        async with books.office.reading(manager) as reading:
            return {(c.store_id, c.category_id) for c in await heat(reading, await books.directory.stores(), where)}

    drinks, food = books.categories["drinks"], books.categories["food"]
    assert await seen(Where()) == {(s.id, c) for s in (hers, west) for c in (drinks, food)}
    assert await seen(Where(store_ids=frozenset({foreign.id, hers.id}))) == {(hers.id, drinks), (hers.id, food)}
    assert await seen(Where(region_ids=frozenset({books.region_ids["西"]}), category_ids=frozenset({food}))) == {
        (west.id, food)
    }
    assert await seen(Where(store_ids=frozenset())) == set()


async def test_a_clerk_is_refused_the_heat(books: Books) -> None:
    store = await books.open_store("望京店")

    async with books.office.reading(somebody(Role.CLERK, store)) as reading:
        with pytest.raises(NotPermitted):
            await heat(reading, await books.directory.stores(), Where())


SALE = st.tuples(
    st.integers(0, 2),  # which store
    st.sampled_from(sorted(DRINKS | {"bun"})),
    st.integers(1, 20),
    st.one_of(st.integers(0, 70), st.integers(0, 2_000)),  # minutes ago
    st.one_of(st.none(), st.integers(0, 100_000)),
    st.sampled_from(["sale", "sale", "customer_return"]),
)
LEVEL = st.tuples(st.integers(0, 2), st.sampled_from(sorted(DRINKS | {"bun"})), st.integers(0, 30), st.integers(0, 30))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seconds=st.integers(0, 30 * 24 * 3600),
    levels=st.lists(LEVEL, max_size=8),
    sales=st.lists(SALE, max_size=20),
)
async def test_any_history_gives_the_heat_that_pencil_and_paper_gives(
    books: Books,
    seconds: int,
    levels: list[tuple[int, str, int, int]],
    sales: list[tuple[int, str, int, int, int | None, str]],
) -> None:
    now = books.clock.now = datetime(2026, 10, 20, tzinfo=UTC) + timedelta(seconds=seconds)
    stores = [
        await books.open_store("望京店", SHANGHAI),
        await books.open_store("天山店", URUMQI, cutoff=time(0)),
        await books.open_store("Chinatown", NEW_YORK, cutoff=time(4, 30)),  # summer time ends on 1 November
    ]
    skus = await books.stock_catalogue(SHELVES)
    stocked = {(stores[n].id, name): (received, safety) for n, name, received, safety in levels}
    for (store_id, name), (received, safety) in stocked.items():
        store = next(store for store in stores if store.id == store_id)
        await books.carry(store, skus[name], received=received, safety=safety)
    lines = [
        Line(stores[n].id, skus[name], units, now - timedelta(minutes=ago), fen, kind)
        for n, name, units, ago, fen, kind in sales
    ]
    for line in lines:
        await books.record(line)
    await catch_up(books.office)

    cells = await all_cells(books, stores)

    paper = {
        (store.id, books.categories[category]): on_paper(store, names, skus, stocked, lines, now)
        for store in stores
        for category, names in (("drinks", DRINKS), ("food", {"bun"}))
    }
    assert {(cell.store_id, cell.category_id): asdict(cell) for cell in cells} == {
        (store_id, category_id): {"store_id": store_id, "category_id": category_id, **figures}
        for (store_id, category_id), figures in paper.items()
        if figures["sku_count"]
    }


async def all_cells(books: Books, stores: Iterable[StoreEntry]) -> list[HeatCell]:
    async with books.sessions() as session:
        return await heat_cells(session, stores, books.clock())


def on_paper(
    store: StoreEntry,
    names: set[str],
    skus: Mapping[str, UUID],
    stocked: Stocked,
    lines: Sequence[Line],
    now: datetime,
) -> dict[str, int]:
    """The figures of one cell, without any of the program's own sums."""
    figures = dict.fromkeys(
        ("sku_count", "available_count", "out_count", "below_safety_count", "negative_count", "shortage_units"), 0
    )
    here = [line for line in lines if line.store_id == store.id and line.sku_id in {skus[name] for name in names}]
    for name in names:
        sold = [line for line in here if line.sku_id == skus[name]]
        if not sold and (store.id, name) not in stocked:
            continue
        received, safety = stocked.get((store.id, name), (0, 0))
        left = received - sum(line.sold for line in sold)
        figures["sku_count"] += 1
        figures["available_count"] += left > 0
        figures["out_count"] += left <= 0
        figures["below_safety_count"] += left < safety
        figures["negative_count"] += left < 0
        figures["shortage_units"] += max(safety - left, 0) if safety > 0 else 0
    twelfth = now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0) - timedelta(minutes=55)
    return {
        **figures,
        "sold_units": sum(line.sold for line in here),
        "sold_units_last_hour": sum(line.sold for line in here if line.at >= twelfth),
        "sales_today_fen": sum(line.earned for line in here if day_of(line.at, store) == day_of(now, store)),
    }


def day_of(instant: datetime, store: StoreEntry) -> object:
    local = instant.astimezone(ZoneInfo(store.zone)).replace(tzinfo=None)
    return (local - timedelta(hours=store.day_cutoff.hour, minutes=store.day_cutoff.minute)).date()
