"""The servers of the tests are the real ones, and tests do not see each other's rows."""

from collections.abc import Callable

import asyncpg
import psutil
import pytest
from playwright.async_api import Browser

from tests.support.postgres import TestingPostgres
from tests.support.redis import TestingRedis
from tests.support.server import ServerProcess


async def test_each_database_is_a_copy_of_its_own(postgres: TestingPostgres) -> None:
    postgres.template("tea_house", lambda url: postgres.psql("create table tea (name text)", url))

    with postgres.database("tea_house") as one, postgres.database("tea_house") as other:
        connection = await asyncpg.connect(one)
        await connection.execute("insert into tea values ('oolong')")
        await connection.close()

        assert postgres.psql("select count(*) from tea", one) == "1"
        assert postgres.psql("select count(*) from tea", other) == "0"


async def test_a_database_goes_away_even_while_somebody_is_connected(postgres: TestingPostgres) -> None:
    with postgres.database() as url:
        forgotten = await asyncpg.connect(url)

    with pytest.raises(asyncpg.PostgresError):
        await forgotten.execute("select 1")
    forgotten.terminate()


async def test_redis_carries_a_message_also_after_it_was_killed(redis: TestingRedis) -> None:
    from redis.asyncio import Redis

    redis.kill()
    redis.start()
    client = Redis.from_url(redis.url)
    async with client.pubsub() as listener:
        await listener.subscribe("shelf")
        await listener.get_message(timeout=5)

        await client.publish("shelf", "tea")

        heard = await listener.get_message(timeout=5)
    await client.aclose()

    assert heard is not None
    assert heard["data"] == b"tea"


async def test_the_browser_draws_chinese(browser: Browser) -> None:
    page = await browser.new_page()
    await page.set_content("<span style='font-size:100px'>库</span><br><span style='font-size:100px'>存</span>")

    drawn = [await part.screenshot() for part in await page.locator("span").all()]
    await page.close()

    # Without a Chinese font both would be the same empty box.
    assert drawn[0] != drawn[1]


async def test_the_real_program_comes_back_after_its_plug_was_pulled(
    database_url: str, start_server: Callable[..., ServerProcess]
) -> None:
    server = start_server(database_url)
    first = server.pid

    server.kill9()
    assert not server.is_ready()
    server.start()

    assert server.is_ready()
    assert server.pid != first


async def test_two_processes_of_the_program_share_one_bus(
    database_url: str, redis: TestingRedis, start_server: Callable[..., ServerProcess]
) -> None:
    server = start_server(database_url, TRUESHELF_WORKERS="2", TRUESHELF_BUS_URL=redis.url)

    workers = psutil.Process(server.pid).children()
    server.kill9()

    assert len(workers) >= 2
    assert not any(worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE for worker in workers)


async def test_a_program_that_cannot_start_says_why(empty_database_url: str) -> None:
    server = ServerProcess(empty_database_url, TRUESHELF_BUS_URL="carrier-pigeon://")

    with pytest.raises(AssertionError, match="TRUESHELF_BUS_URL: must begin with memory:// or redis://"), server:
        pass
