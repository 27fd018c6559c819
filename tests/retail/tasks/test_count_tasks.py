"""The short count of the day: one task a store and day that is open, done by itself when its goods are counted."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, text

from retail.access.actor import Actor
from retail.inventory.intake import Origin
from retail.inventory.models import Source
from retail.kernel.content import as_uuid
from retail.stocktakes.models import ScopeKind
from retail.stores.models import BusinessDay
from retail.tasks.acts import ComplianceAct
from retail.tasks.commands import Completion, complete_task
from retail.tasks.counting import CountTasks, count_standings, count_task_id, finish_counts, still_wanted
from retail.tasks.errors import TaskFollowsBooks
from retail.tasks.gathering import Gathering, gather_acts
from retail.tasks.models import ComplianceEntry, StoredTask
from retail.tasks.priority import TaskKind
from retail.tasks.queries import tasks
from retail.tasks.rules import Task, TaskState
from tests.retail.insights.books import Books
from tests.retail.stocktakes.shop import Shop


@pytest.fixture
async def shop(books: Books) -> Shop:
    shop = await Shop.open(books)
    await shop.move("tea", 40, -60)
    await shop.move("milk", 20, -60)
    return shop


async def open_day(shop: Shop) -> None:
    async with shop.books.sessions.begin() as session:
        day = shop.store.day_at(shop.books.clock())
        session.add(BusinessDay(store_id=shop.store.id, day=day, opened_at=shop.books.clock(), opened_by=shop.clerk.id))


async def make(shop: Shop) -> int:
    return await CountTasks(shop.books.office, shop.books.directory).make()


async def finish(shop: Shop) -> int:
    async with shop.books.office.work(None) as work:
        return await finish_counts(work, [shop.store.id])


async def left(shop: Shop) -> list[set[UUID]]:
    """What each of the shop's open counts still asks for."""
    async with shop.books.office.reading(shop.manager) as reading:
        standings = await count_standings(reading.session, [shop.store.id], reading.now)
        found = [still_wanted(each, standings) for each in await tasks(reading, shop.store)]
    return [set(each.sku_ids) for each in found if each.kind is TaskKind.COUNT]


async def counts(shop: Shop) -> list[Task]:
    """The counts that the shop's tasks tell of."""
    async with shop.books.office.reading(shop.manager) as reading:
        return [each for each in await tasks(reading, shop.store, over=True) if each.kind is TaskKind.COUNT]


async def test_a_day_that_is_opened_asks_once_for_what_is_proposed(shop: Shop) -> None:
    assert await make(shop) == 0  # nobody has opened
    await open_day(shop)

    made = await asyncio.gather(*(make(shop) for _ in range(4)))

    assert max(made) == 1
    [task] = await counts(shop)
    assert set(task.sku_ids) == {shop.skus["tea"], shop.skus["milk"]}
    assert (task.title, task.title_en) == ("盘点 2 种商品，约 1 分钟", "Count 2 items, about 1 min")
    assert (task.state, task.must, task.id) == (TaskState.OPEN, False, count_task_id(shop.store, task.day))  # type: ignore[arg-type]  # it has a day
    assert "今日轮盘" in task.why
    async with shop.books.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(StoredTask)) == 1


async def test_where_nothing_has_to_be_counted_nothing_is_asked(books: Books) -> None:
    empty = await Shop.open(books)
    await open_day(empty)
    maker = CountTasks(books.office, books.directory)

    assert await maker.make() == 0
    await empty.move("tea", 10, 1)
    assert await maker.make() == 0  # this day has been looked at
    empty.turn_to(24 * 60)
    await open_day(empty)
    assert await maker.make() == 1


async def test_it_is_done_by_itself_when_its_count_is_confirmed(shop: Shop) -> None:
    await open_day(shop)
    await make(shop)
    [task] = await counts(shop)
    shop.turn_to(5)
    stocktake = await shop.start(ScopeKind.SKUS, sku_ids=task.sku_ids)
    await shop.count(stocktake, "tea", 40, 5)
    shop.turn_to(9)
    assert await finish(shop) == 0  # counted, and not confirmed

    await shop.confirm(stocktake, by=shop.manager)

    assert (await finish(shop), await finish(shop)) == (1, 0)
    [task] = await counts(shop)
    assert (task.state, task.done_at, task.done_by) == (TaskState.DONE, shop.at(9), shop.manager.id)
    assert await make(shop) == 0


async def test_it_is_done_when_its_goods_have_been_counted_in_whatever_way(shop: Shop) -> None:
    await open_day(shop)
    await make(shop)
    shop.turn_to(5)
    await shop.set_to("tea", 39, 5)
    assert await finish(shop) == 0  # the milk has not been counted
    stocktake = await shop.start()
    await shop.count(stocktake, "milk", 20, 6)
    shop.turn_to(8)
    await shop.confirm(stocktake)

    assert await finish(shop) == 1
    assert [each.state for each in await counts(shop)] == [TaskState.DONE]


async def test_what_has_been_counted_since_is_not_asked_again(shop: Shop) -> None:
    await open_day(shop)
    await make(shop)
    shop.turn_to(5)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 40, 6)
    assert await left(shop) == [{shop.skus["tea"], shop.skus["milk"]}]  # counted, and not confirmed
    shop.turn_to(8)
    await shop.confirm(stocktake)

    assert await left(shop) == [{shop.skus["milk"]}]
    shop.turn_to(10)
    rest = await shop.start(ScopeKind.SKUS, sku_ids=(shop.skus["milk"],))
    assert await finish(shop) == 0
    await shop.confirm(rest, by=shop.manager)

    # Nobody saw any milk, and whoever confirmed said so: nothing is open.
    assert await finish(shop) == 1
    [task] = await counts(shop)
    assert (task.state, task.done_at, task.done_by) == (TaskState.DONE, shop.at(10), shop.manager.id)


async def test_who_closed_another_stocktake_meanwhile_has_not_done_it(shop: Shop) -> None:
    await open_day(shop)
    await make(shop)
    await shop.move("bun", 5, 1)
    stranger = await shop.start(ScopeKind.SKUS, sku_ids=(shop.skus["bun"],))
    await shop.count(stranger, "bun", 5, 2, by=shop.other)
    shop.turn_to(3)
    await shop.confirm(stranger, by=shop.other)
    await shop.set_to("tea", 40, 5)
    await shop.set_to("milk", 20, 6)

    assert await finish(shop) == 1
    [task] = await counts(shop)
    assert (task.state, task.done_at, task.done_by) == (TaskState.DONE, shop.at(6), None)


@pytest.mark.parametrize(("days", "finished"), [(7, 1), (9, 0)])
async def test_a_count_that_was_missed_is_looked_for_no_longer_than_a_phone_is_away(
    shop: Shop, days: int, finished: int
) -> None:
    await open_day(shop)
    await make(shop)

    for name, units in (("tea", 40), ("milk", 20)):
        await shop.set_to(name, units, 5, arrives=days * 24 * 60)

    assert await finish(shop) == finished


async def test_a_shop_whose_count_cannot_be_made_holds_up_no_other(shop: Shop) -> None:
    harbour = await Shop.open(shop.books)
    await harbour.move("tea", 5, 1)
    first, second = sorted((shop, harbour), key=lambda each: each.store.id)
    for each in (first, second):
        await open_day(each)
    maker = CountTasks(shop.books.office, shop.books.directory)
    async with shop.books.sessions.begin() as session:
        # A rule of PostgreSQL's that no task of this shop passes.
        await session.execute(text(f"alter table task add constraint broken check (store_id <> '{first.store.id}')"))

    assert await maker.make() == 1
    async with shop.books.sessions.begin() as session:
        await session.execute(text("alter table task drop constraint broken"))
    assert await maker.make() == 1  # and it is tried again
    assert [len(await counts(each)) for each in (first, second)] == [1, 1]


async def test_what_was_counted_before_it_was_asked_for_does_not_count(shop: Shop) -> None:
    for name, units in (("tea", 40), ("milk", 20)):
        await shop.set_to(name, units, 0)
    shop.turn_to(90 * 24 * 60 + 60)
    await open_day(shop)
    await make(shop)

    assert await finish(shop) == 0
    assert [each.state for each in await counts(shop)] == [TaskState.OPEN]


async def test_nobody_completes_it_by_hand(shop: Shop) -> None:
    await open_day(shop)
    await make(shop)
    [task] = await counts(shop)
    completion = Completion(task.id, task.id, Origin(shop.at(1), None, None, None, Source.PHONE), (), (), None)

    with pytest.raises(TaskFollowsBooks):
        async with shop.books.office.work(shop.clerk) as work:
            await complete_task(work, completion, store=shop.store)


async def test_when_the_day_is_over_it_is_over(shop: Shop) -> None:
    await open_day(shop)
    await make(shop)

    shop.turn_to(24 * 60)

    async with shop.books.office.reading(shop.manager) as reading:
        assert [each for each in await tasks(reading, shop.store) if each.kind is TaskKind.COUNT] == []


async def test_a_process_reads_each_stocktake_for_about_an_hour(shop: Shop) -> None:
    """What is closed meanwhile counts; what it has read long ago is not read again."""
    gathering = Gathering(shop.books.office, shop.books.directory)
    await counted_by(shop, shop.clerk, 5)
    assert await gathering.gather() == 1

    await counted_by(shop, shop.other, 30)
    assert await gathering.gather() == 1
    async with shop.books.sessions.begin() as session:
        await session.execute(delete(ComplianceEntry))
    assert await gathering.gather() == 2  # both were closed within the hour
    async with shop.books.sessions.begin() as session:
        await session.execute(delete(ComplianceEntry))
    shop.turn_to(100)
    assert await gathering.gather() == 2  # closed less than an hour before it read last
    async with shop.books.sessions.begin() as session:
        await session.execute(delete(ComplianceEntry))
    assert await gathering.gather() == 0
    assert await Gathering(shop.books.office, shop.books.directory).gather() == 2  # a new process reads the last days


async def counted_by(shop: Shop, who: Actor, minute: int) -> None:
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 40, minute, by=who)
    await shop.confirm(stocktake)


async def gathered(shop: Shop) -> list[tuple[UUID, ComplianceAct]]:
    async with shop.books.office.work(None) as work:
        await gather_acts(work, await shop.books.directory.stores())
    async with shop.books.sessions() as session:
        rows = await session.scalars(select(ComplianceEntry).where(ComplianceEntry.store_id == shop.store.id))
        return sorted((as_uuid(row.person_id), ComplianceAct(row.act)) for row in rows)


async def test_who_counts_without_a_recount_is_credited_once_and_who_must_count_again_is_not(shop: Shop) -> None:
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 40)
    await shop.count(stocktake, "milk", 9, 1, by=shop.other)  # far from what the book says
    assert await gathered(shop) == []  # not confirmed
    await shop.recount(stocktake)
    await shop.count(stocktake, "milk", 20, 5, by=shop.clerk, round=1)
    shop.turn_to(9)
    await shop.confirm(stocktake)
    shop.turn_to(30)
    other = await shop.start()
    await shop.count(other, "tea", 40, 30, by=shop.other)
    shop.turn_to(35)
    await shop.confirm(other)

    once = await gathered(shop)
    again = await gathered(shop)

    assert once == again == [(shop.other.id, ComplianceAct.COUNTED_WITHOUT_RECOUNT)]
