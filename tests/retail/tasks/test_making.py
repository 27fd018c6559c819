"""Checklists become tasks in the books: once, in every zone, after a downtime, whoever makes them; acts are counted."""

import asyncio
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from retail.access.models import Person
from retail.access.permissions import Role
from retail.stores.directory import StoreEntry
from retail.stores.models import BusinessDay, Store, StoreKind
from retail.tasks.checklists import save_checklist
from retail.tasks.drafts import Draft
from retail.tasks.gathering import gather_acts
from retail.tasks.making import make_tasks
from retail.tasks.models import ComplianceEntry, StoredTask
from retail.tasks.needs import Need, NeedKind
from retail.tasks.schedule import LOOK_BACK_DAYS, Moment
from tests.retail.insights.books import NEW_YORK, Books, somebody

EVERY_DAY = tuple(range(1, 8))


async def save(books: Books, *times: str, stores: Collection[StoreEntry] | None = None) -> UUID:
    id = uuid4()
    draft = Draft(
        checklist_id=id,
        expected_version=None,
        title="检查",
        title_en="Checks",
        needs=(Need(uuid4(), "地面", "Floor", NeedKind.TICK),),
        must=True,
        store_ids=None if stores is None else tuple(store.id for store in stores),
        region_ids=None,
        moment=Moment.AT_TIMES,
        times=times,
        weekdays=EVERY_DAY,
        valid_from=date(2020, 1, 1),
        valid_until=None,
        active=True,
    )
    everywhere = await books.directory.stores()
    async with books.office.work(somebody(Role.HQ_OPERATIONS, *everywhere.values()), as_system=True) as work:
        await save_checklist(work, draft, region_of=await books.directory.region_of())
    return id


async def make(books: Books) -> int:
    stores = await books.directory.stores()
    async with books.office.work(None) as work:
        return await make_tasks(work, stores.values())


async def due(books: Books, store: StoreEntry) -> list[datetime]:
    async with books.sessions() as session:
        rows = await session.scalars(
            select(StoredTask.due_at).where(StoredTask.store_id == store.id).order_by(StoredTask.due_at)
        )
        return [row for row in rows if row is not None]


async def test_where_the_clocks_change_a_checklist_comes_once_a_day(books: Books) -> None:
    """New York leaves daylight saving time at 02:00 on 1 November 2026; its shop's day turns at 01:00."""
    books.clock.now = datetime(2026, 10, 31, 16, tzinfo=UTC)
    night_shop = await books.open_store("Chinatown", NEW_YORK, cutoff=time(1))
    await save(books, "01:30", "12:30")

    for _ in range(2 * 48):
        await make(books)
        books.clock.now += timedelta(minutes=30)

    assert await due(books, night_shop) == [
        datetime(2026, 10, 31, 16, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 17, 30, tzinfo=UTC),
        datetime(2026, 11, 2, 6, 30, tzinfo=UTC),
        datetime(2026, 11, 2, 17, 30, tzinfo=UTC),
    ]


@pytest.mark.parametrize(("away", "made"), [(0, 0), (1, 1), (2, 2), (LOOK_BACK_DAYS + 10, LOOK_BACK_DAYS + 1)])
async def test_what_a_downtime_left_out_is_made_once(books: Books, away: int, made: int) -> None:
    store = await books.open_store("望京店")
    await save(books, "23:00")
    await make(books)

    books.clock.now += timedelta(days=away)
    new = await make(books)

    assert (new, await make(books)) == (made, 0)
    assert len(await due(books, store)) == 1 + made


async def test_many_who_make_them_at_once_make_them_once(books: Books) -> None:
    stores = [await books.open_store(f"店{n}") for n in range(5)]
    await save(books, "20:00", "21:00")

    made = await asyncio.gather(*(make(books) for _ in range(8)))

    assert sum(made) == 10
    assert {len(await due(books, store)) for store in stores} == {2}


async def test_a_warehouse_has_no_shelves_to_check(books: Books) -> None:
    store = await books.open_store("仓库")
    async with books.sessions.begin() as session:
        await session.execute(update(Store).where(Store.id == store.id).values(kind=StoreKind.WAREHOUSE))
    books.directory.forget()
    await save(books, "23:00")

    assert await make(books) == 0


async def test_a_checklist_that_is_saved_later_the_same_day_is_not_forgotten(books: Books) -> None:
    store = await books.open_store("望京店")
    await save(books, "23:00")
    await make(books)
    books.clock.now += timedelta(minutes=30)

    await save(books, "23:30", "06:00")

    assert await make(books) == 1  # at 06:00 nobody had asked for it
    assert len(await due(books, store)) == 2


async def test_days_opened_on_time_are_counted_once_and_late_ones_not(books: Books) -> None:
    on_time, late = await books.open_store("望京店"), await books.open_store("滨江店")
    person, day = uuid4(), date(2026, 11, 20)
    async with books.sessions.begin() as session:
        session.add(Person(id=person, name="李娜"))
        for store, minute in ((on_time, 29), (late, 31)):
            opened_at = datetime(2026, 11, 19, 23, minute, tzinfo=UTC)
            session.add(BusinessDay(store_id=store.id, day=day, opened_at=opened_at, opened_by=person))

    counted = []
    for _ in range(2):
        async with books.office.work(None) as work:
            counted.append(await gather_acts(work, await books.directory.stores()))

    async with books.sessions() as session:
        rows = list(await session.scalars(select(ComplianceEntry)))
        assert await session.scalar(select(func.count()).select_from(ComplianceEntry)) == 1
    assert counted == [1, 0]
    assert [(row.store_id, row.person_id, row.act, row.day) for row in rows] == [
        (on_time.id, person, "day_opened_on_time", day)
    ]
