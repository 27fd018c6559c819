"""What a store has to do today follows from its books."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from retail.access.permissions import Role
from retail.kernel.refusal import NotFound
from retail.stores.directory import StoreEntry
from retail.tasks.priority import Stakes, TaskKind, urgency
from retail.tasks.queries import tasks
from retail.tasks.rules import (
    RESTOCK_AT_MOST,
    Shelf,
    Task,
    opening,
    repair_stakes,
    restock_stakes,
    tasks_of,
)
from tests.retail.insights.books import NEW_YORK, Books, Line, somebody

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


async def test_a_store_whose_day_is_not_open_has_to_open_it_by_its_opening_time(books: Books) -> None:
    store = await books.open_store("望京店", opens=time(7, 30))

    [task] = await todo(books, store)

    assert (task.kind, task.sku_id, task.quantity) == (TaskKind.OPEN_DAY, None, None)
    assert task.due_at == datetime(2026, 11, 19, 23, 30, tzinfo=UTC)


async def test_an_opened_day_needs_no_opening_until_the_next_begins(books: Books) -> None:
    store = await books.open_store("Chinatown", NEW_YORK, cutoff=time(4))
    books.clock.now = datetime(2026, 11, 20, 8, 59, tzinfo=UTC)  # 03:59 on the 20th there: still the 19th
    await books.open_day(store, date(2026, 11, 19))

    before = await todo(books, store)
    books.clock.now += timedelta(minutes=1)
    after = await todo(books, store)

    assert [task.kind for task in before] == []
    assert [task.kind for task in after] == [TaskKind.OPEN_DAY]


async def test_a_book_below_zero_is_counted_and_missing_stock_is_fetched(books: Books) -> None:
    store = await books.open_store("望京店")
    skus = await books.stock_catalogue({"drinks": ["tea", "milk", "latte", "plenty"]})
    await books.open_day(store, store.day_at(books.clock()))
    await books.carry(store, skus["plenty"], received=9, safety=9)
    await books.carry(store, skus["milk"], received=1, safety=8)
    await books.carry(store, skus["latte"], received=6, safety=8)
    await books.record(Line(store.id, skus["tea"], 3, books.clock()))

    found = await todo(books, store)

    assert [(task.kind, task.sku_id, task.quantity) for task in found if task.sku_id != skus["tea"]] == [
        (TaskKind.RESTOCK, skus["milk"], 7),
        (TaskKind.RESTOCK, skus["latte"], 2),
    ]
    assert [(task.kind, task.quantity) for task in found if task.sku_id == skus["tea"]] == [
        (TaskKind.REPAIR_DISCREPANCY, -3),
        (TaskKind.RESTOCK, 3),
    ]
    assert [task.priority for task in found] == sorted(task.priority for task in found)


async def test_tasks_keep_their_ids_for_the_day_and_get_new_ones_tomorrow(books: Books) -> None:
    store = await books.open_store("望京店")
    skus = await books.stock_catalogue({"drinks": ["tea"]})
    await books.carry(store, skus["tea"], received=1, safety=8)

    first = {task.id for task in await todo(books, store)}
    await books.record(Line(store.id, skus["tea"], 1, books.clock()))
    again = {task.id for task in await todo(books, store)}
    books.clock.now += timedelta(days=1)
    tomorrow = {task.id for task in await todo(books, store)}

    assert first == again
    assert len(first) == 2
    assert not first & tomorrow


async def test_a_store_of_somebody_else_is_not_found(books: Books) -> None:
    mine, foreign = await books.open_store("望京店"), await books.open_store("滨江店")

    async with books.office.reading(somebody(Role.CLERK, mine)) as reading:
        with pytest.raises(NotFound):
            await tasks(reading, foreign)


async def test_only_the_twenty_worst_are_restocked_but_every_discrepancy_is_counted(books: Books) -> None:
    store = await books.open_store("望京店")
    skus = await books.stock_catalogue({"drinks": [f"tea {n}" for n in range(30)]})
    short = [Shelf(sku_id, n, n, 40) for n, sku_id in enumerate(skus.values())]
    wrong = [Shelf(sku_id, -1 - n, -1 - n, 0) for n, sku_id in enumerate(skus.values())]

    restocks = tasks_of(store, date(2026, 11, 20), now=NOON, opened=True, shelves=short)
    repairs = [
        task
        for task in tasks_of(store, date(2026, 11, 20), now=NOON, opened=True, shelves=wrong)
        if task.kind is TaskKind.REPAIR_DISCREPANCY
    ]

    assert [task.quantity for task in restocks] == list(range(40, 40 - RESTOCK_AT_MOST, -1))
    assert [task.quantity for task in repairs] == list(range(-30, 0))


async def test_opening_comes_before_counting_and_counting_before_restocking(books: Books) -> None:
    store = await books.open_store("望京店")
    worst, mild = Shelf(store.id, -5_000, -5_000, 10_000), Shelf(store.id, -1, -1, 1)
    almost = Shelf(store.id, 9, 9, 10)

    order = [
        urgency(each).points
        for each in (
            Stakes(TaskKind.OPEN_DAY, NOON, must=True, due_at=opening(store, date(2026, 11, 20))),
            repair_stakes(worst, NOON),
            repair_stakes(mild, NOON),
            restock_stakes(worst, NOON),
            restock_stakes(almost, NOON),
        )
    ]

    assert order == sorted(set(order))


async def test_a_store_that_opens_before_its_cut_off_opens_the_next_morning(books: Books) -> None:
    store = await books.open_store("夜宵店", cutoff=time(6), opens=time(5))

    assert opening(store, date(2026, 11, 20)) == datetime(2026, 11, 20, 21, 0, tzinfo=UTC)


async def todo(books: Books, store: StoreEntry) -> list[Task]:
    async with books.office.reading(somebody(Role.CLERK, store)) as reading:
        return await tasks(reading, store)
