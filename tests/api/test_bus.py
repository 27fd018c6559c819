"""The bus wakes every process, survives its Redis, and says many things as one."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Self

import pytest

from api.bus import DEAF_SECONDS, RETRY_SECONDS, Bus
from retail.kernel.events import CatalogueChanged, Event, StockMoved
from tests.support.redis import TestingRedis


class Ear:
    """One process's end of the bus, and what it has heard."""

    def __init__(self, url: str) -> None:
        self.heard: Counter[type[Event]] = Counter()
        self.bus = Bus(url, lambda event: self.heard.update([type(event)]))

    async def hears(self, kind: type[Event], times: int = 1, patience: float = 5.0) -> bool:
        try:
            async with asyncio.timeout(patience):
                while self.heard[kind] < times:  # noqa: ASYNC110 -- what is heard is counted, not awaited
                    await asyncio.sleep(0.01)
        except TimeoutError:
            return False
        return True


@asynccontextmanager
async def ears(url: str, number: int) -> AsyncIterator[list[Ear]]:
    """Processes that listen and have heard nothing yet."""
    all_of_them = [Ear(url) for _ in range(number)]
    for ear in all_of_them:
        await ear.bus.open()
    for ear in all_of_them:
        assert await ear.hears(StockMoved), "a new listener looks at everything once"
        ear.heard.clear()
    try:
        yield all_of_them
    finally:
        for ear in all_of_them:
            await ear.bus.close()


@pytest.fixture
def mortal_redis() -> Iterator[TestingRedis]:
    with TestingRedis() as server:
        yield server


async def test_what_one_says_all_hear(redis: TestingRedis) -> None:
    async with ears(redis.url, 3) as (speaker, *others):
        speaker.bus.announce([CatalogueChanged()])

        assert all([await ear.hears(CatalogueChanged) for ear in (speaker, *others)])
        assert not any(ear.heard[StockMoved] for ear in others)


async def test_a_single_process_needs_no_redis() -> None:
    async with ears("memory://", 1) as (alone,):
        alone.bus.announce([StockMoved()])

        assert alone.heard[StockMoved] == 1


async def test_a_thousand_announcements_are_few_messages(redis: TestingRedis) -> None:
    async with ears(redis.url, 2) as (speaker, listener):
        for _ in range(1000):
            speaker.bus.announce([StockMoved()])

        assert await listener.hears(StockMoved)
        await asyncio.sleep(0.3)
        assert listener.heard[StockMoved] < 10


async def test_a_listener_that_says_nothing_itself_hears_again_after_redis_was_gone(mortal_redis: TestingRedis) -> None:
    async with ears(mortal_redis.url, 2) as (speaker, listener):
        mortal_redis.kill()
        await asyncio.sleep(1)
        mortal_redis.start()
        again = [
            await ear.hears(CatalogueChanged, patience=DEAF_SECONDS + 4 * RETRY_SECONDS) for ear in (speaker, listener)
        ]
        listener.heard.clear()

        speaker.bus.announce([CatalogueChanged()])

        assert again == [True, True], "whoever connects again looks at everything, for it may have missed something"
        assert await listener.hears(CatalogueChanged)


async def test_a_process_starts_also_while_redis_is_away(mortal_redis: TestingRedis) -> None:
    mortal_redis.kill()
    early = Ear(mortal_redis.url)

    await early.bus.open()
    mortal_redis.start()

    assert await early.hears(StockMoved, patience=10)
    await early.bus.close()


class Breaking:
    """A connection that breaks at the very moment at which it is given up; the first does."""

    many = 0

    def __init__(self, _url: str) -> None:
        Breaking.many += 1

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_failure: object) -> None:
        if Breaking.many == 1:
            raise ConnectionError("gone")

    @asynccontextmanager
    async def subscribe(self, _channel: str) -> AsyncIterator[Self]:
        yield self

    async def get(self) -> None:
        await asyncio.Event().wait()


async def test_a_program_ends_though_its_connection_breaks_at_that_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.bus.Broadcast", Breaking)
    ear = Ear("memory://")
    await ear.bus.open()

    async with asyncio.timeout(RETRY_SECONDS + 3):
        await ear.bus.close()

    assert Breaking.many == 1, "and does not connect again"
