"""Two who wait for each other: PostgreSQL ends one of them, and its work is done all the same."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.database import open_engine, sessions_of
from retail.access.actor import Actor, ActorKind
from retail.access.work import Office, Work

KEY = 7_000_000


@dataclass(frozen=True)
class Done:
    """What the work answers."""

    by: str


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(database_url, pool_size=4)
    yield engine
    await engine.dispose()


class Crossing:
    """Work that takes two locks, in one order or the other, and meets its counterpart in between the first time."""

    def __init__(self) -> None:
        self.runs = 0
        self._both = asyncio.Barrier(2)

    async def take(self, work: Work, name: str, first: int, second: int) -> Done:
        self.runs += 1
        await work.session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": KEY + first})
        if self.runs <= 2:
            await self._both.wait()
        await work.session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": KEY + second})
        return Done(name)


def office_of(engine: AsyncEngine) -> Office:
    return Office(sessions_of(engine), announcer=lambda _events: None)


async def carry_out(office: Office, crossing: Crossing, name: str, locks: tuple[int, int], id: UUID) -> Done:
    someone = Actor(uuid4(), ActorKind.PERSON, "Wei")
    return await office.once(
        someone,
        request_id=id,
        operation="cross",
        content=name,
        answer=Done,
        run=lambda work: crossing.take(work, name, *locks),
        as_system=True,
    )


async def test_who_was_ended_for_another_is_done_once_and_not_refused(engine: AsyncEngine) -> None:
    office, crossing = office_of(engine), Crossing()

    done = await asyncio.gather(
        carry_out(office, crossing, "east", (1, 2), uuid4()),
        carry_out(office, crossing, "west", (2, 1), uuid4()),
    )

    assert [each.by for each in done] == ["east", "west"]
    assert crossing.runs == 3


async def test_what_always_ends_so_is_not_tried_for_ever(engine: AsyncEngine) -> None:
    runs = []

    async def ended(work: Work) -> Done:
        runs.append(work)
        await work.session.execute(text("do $$ begin raise exception 'in the way' using errcode = '40P01'; end $$"))
        return Done("never")

    someone = Actor(uuid4(), ActorKind.PERSON, "Wei")
    with pytest.raises(DBAPIError, match="in the way"):
        await office_of(engine).once(
            someone, request_id=uuid4(), operation="end", content=None, answer=Done, run=ended, as_system=True
        )

    assert len(runs) == 3
