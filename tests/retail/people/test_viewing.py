"""Counting views as time goes by, and announcing an alarm only when its view is on the record."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from api.database import open_engine, sessions_of
from retail.access.actor import Actor, ActorKind, Held
from retail.access.models import Person
from retail.access.permissions import Role
from retail.access.scope import grants_of
from retail.access.work import Office
from retail.kernel.events import Event
from retail.kernel.privacy.masking import Personal
from retail.kernel.privacy.vault import Vault
from retail.people import viewing
from retail.people.commands import set_phones
from retail.people.errors import TooManyReveals
from retail.people.events import SecurityAlarmRaised
from retail.people.models import AlarmKind, PersonalField, PersonalView, RevealPurpose, SecurityAlarm
from retail.people.office import PeopleOffice
from retail.people.rules import ViewingPolicy
from retail.people.viewing import Wish, reveal
from tests.support.environment import MASTERS

POLICY = ViewingPolicy(people_an_hour=3, times_usual=3, least_unusual=4, views_an_hour=6)
STORE, REGION = uuid4(), uuid4()
REGION_OF = {STORE: REGION}


class Desk:
    """A compliance officer at work, with a clock to turn and a note of what was announced."""

    def __init__(self, people: PeopleOffice, actor: Actor, clients: list[UUID], announced: list[Event]) -> None:
        self.people = people
        self.actor = actor
        self.clients = clients
        self.announced = announced
        self.now = datetime(2026, 11, 1, 9, tzinfo=UTC)

    async def look(self, *clients: int, request_id: UUID | None = None) -> None:
        for n in clients:
            wish = Wish(self.clients[n], PersonalField.PHONE, RevealPurpose.PAYROLL)
            shown = await reveal(
                self.people, self.actor, request_id=request_id or uuid4(), wish=wish, region_of=REGION_OF
            )
            assert shown.value.clear == f"+861380000000{n}"

    async def alarms(self) -> list[AlarmKind]:
        async with self.people.session() as session:
            rows = await session.scalars(
                select(SecurityAlarm.kind)
                .where(SecurityAlarm.about_id == self.actor.id)
                .order_by(SecurityAlarm.raised_at, SecurityAlarm.kind)
            )
            return [AlarmKind(kind) for kind in rows]

    async def views(self) -> int:
        async with self.people.session() as session:
            mine = select(func.count()).select_from(PersonalView).where(PersonalView.viewer_id == self.actor.id)
            return await session.scalar(mine) or 0


@asynccontextmanager
async def opened(database_url: str) -> AsyncIterator[Desk]:
    engine = open_engine(database_url, 4)
    held = Held(Role.HQ_COMPLIANCE, True, frozenset({STORE}), frozenset(), datetime(2026, 1, 1, tzinfo=UTC), None)
    actor = Actor(uuid4(), ActorKind.PERSON, "许明德", (held,), grants_of([held]))
    announced: list[Event] = []
    office = Office(sessions_of(engine), announced.extend, lambda: desk.now)
    people = PeopleOffice(office, Vault(MASTERS), POLICY)
    desk = Desk(people, actor, [uuid4() for _ in range(10)], announced)
    async with office.work(None) as work:
        work.session.add_all([Person(id=each, name="员工") for each in (actor.id, *desk.clients)])
        await work.session.flush()
        phones = {each: Personal(f"+861380000000{n}") for n, each in enumerate(desk.clients)}
        await set_phones(work, desk.people.vault, phones)
    yield desk
    await engine.dispose()


async def test_an_alarm_is_announced_when_its_view_is_on_the_record(database_url: str) -> None:
    async with opened(database_url) as desk:
        await desk.look(0, 1, 2, 0, 1)
        assert (await desk.alarms(), desk.announced) == ([], [])

        await desk.look(3)

        assert await desk.alarms() == [AlarmKind.LIMIT_REACHED, AlarmKind.MANY_PEOPLE]
        assert desk.announced == [SecurityAlarmRaised()]


async def test_a_view_that_cannot_be_logged_shows_and_leaves_nothing(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> int:
        raise OSError("the log is full")

    async with opened(database_url) as desk:
        monkeypatch.setattr(viewing, "append", broken)

        with pytest.raises(OSError, match="the log is full"):
            await desk.look(0)

        assert (await desk.views(), desk.announced) == (0, [])


async def test_the_limit_is_of_any_hour_and_ends_by_itself(database_url: str) -> None:
    async with opened(database_url) as desk:
        began = desk.now
        for n in range(6):
            desk.now = began + timedelta(minutes=5 * n)
            await desk.look(0)
        desk.now = began + timedelta(minutes=59)

        with pytest.raises(TooManyReveals) as refused:
            await desk.look(0)

        assert refused.value.again_at == began + timedelta(hours=1)
        desk.now = refused.value.again_at
        await desk.look(0)
        with pytest.raises(TooManyReveals):
            await desk.look(0)
        assert await desk.views() == 7


async def test_who_looks_every_day_may_look_more_than_who_never_does(database_url: str) -> None:
    async with opened(database_url) as desk:
        for day in range(30):
            desk.now = datetime(2026, 10, 1, 9, tzinfo=UTC) + timedelta(days=day)
            await desk.look(0, 1)
        desk.now += timedelta(days=1)
        for n in range(6):
            desk.now += timedelta(minutes=61)
            await desk.look(n)
        assert await desk.alarms() == []

        desk.now += timedelta(minutes=61)
        await desk.look(6)

        assert await desk.alarms() == [AlarmKind.FAR_ABOVE_USUAL]


async def test_the_same_alarm_comes_again_only_after_an_hour(database_url: str) -> None:
    async with opened(database_url) as desk:
        await desk.look(0, 1, 2, 3)
        desk.now += timedelta(minutes=30)
        await desk.look(4)
        once = await desk.alarms()
        desk.now += timedelta(minutes=31)
        await desk.look(5, 6, 7)

        assert once == [AlarmKind.MANY_PEOPLE, AlarmKind.FAR_ABOVE_USUAL]
        assert (await desk.alarms()).count(AlarmKind.MANY_PEOPLE) == 2
