"""Servers and storages that are killed while pictures come: none is lost."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.support.album import announced, bring, fetch, look, patch, shot, told
from tests.support.chain import Chain, Staff, found_chain, open_chain
from tests.support.redis import TestingRedis
from tests.support.s3 import TestingS3
from tests.support.server import ServerProcess

StartServer = Callable[..., ServerProcess]


@pytest.fixture
async def clerk(chain: Chain) -> Staff:
    return await chain.clerk_at(await chain.open_store("Riverside"))


async def status(chain: Chain, id: object) -> str:
    return str(await chain.value("select status from photo where id = $1", id))


async def until(chain: Chain, id: object, wanted: str) -> None:
    async with asyncio.timeout(20):
        while await status(chain, id) != wanted:  # noqa: ASYNC110 -- another process does it
            await asyncio.sleep(0.1)


async def test_what_came_before_its_announcement_is_settled_without_anybody_asking(chain: Chain, clerk: Staff) -> None:
    taken = shot()
    await bring(clerk, taken)

    await announced(chain, clerk, taken.described())

    await until(chain, taken.id, "kept")
    assert (await fetch(clerk, taken.id)).status_code == 200


async def test_a_server_that_is_killed_while_pictures_come_loses_none(
    database_url: str, start_server: StartServer, redis: TestingRedis, tmp_path: Path
) -> None:
    """Two workers over one bus; the plug is pulled while four phones bring a picture each."""
    await found_chain(database_url, 3)
    settings = {"TRUESHELF_WORKERS": "2", "TRUESHELF_BUS_URL": redis.url, "TRUESHELF_PHOTOS": str(tmp_path)}
    server = start_server(database_url, **settings)
    async with open_chain(database_url, server.url) as chain:
        clerk = await chain.clerk_at(await chain.open_store("Riverside"))
        shots = [shot(seed, width=1600, height=1200) for seed in range(4)]
        for each in shots:
            await announced(chain, clerk, each.described())

        async def phone(number: int) -> int:
            """Bring a picture as the app does: ask where it stands, go on from there; returns the failures."""
            taken, failures = shots[number], 0
            while True:
                try:
                    state, offset = told(await look(clerk, taken.id))
                    if state == "KEPT":
                        return failures
                    piece = taken.data[offset : offset + 6000]
                    await patch(clerk, taken.id, piece, offset, len(taken.data), taken.sha256)
                except httpx.TransportError:
                    failures += 1
                    await asyncio.sleep(0.05)

        phones = [asyncio.create_task(phone(number)) for number in range(4)]
        while await chain.value("select count(*) from photo_piece") < 20:  # noqa: ASYNC110 -- another process's rows
            await asyncio.sleep(0.01)
        server.kill9()
        begun = await chain.value("select sum(received) from photo_upload")
        server.start()
        failures = await asyncio.gather(*phones)

        assert sum(failures) > 0, "nobody noticed: the plug was pulled too late"
        assert 0 < begun < sum(len(each.data) for each in shots)
        for each in shots:
            assert await status(chain, each.id) == "kept"
            assert (await fetch(clerk, each.id)).status_code == 200
        assert await chain.value("select count(*) from photo_piece") == 0


async def test_pictures_lie_in_a_bucket_and_wait_for_it_when_it_is_away(
    database_url: str, start_server: StartServer
) -> None:
    await found_chain(database_url, 3)
    with TestingS3() as s3:
        server = start_server(database_url, **s3.bucket("pictures"))
        async with open_chain(database_url, server.url) as chain:
            clerk = await chain.clerk_at(await chain.open_store("Riverside"))
            one, two = shot(1), shot(2)
            await announced(chain, clerk, one.described(), two.described())

            kept = await bring(clerk, one)
            s3.kill()
            waits = await bring(clerk, two)
            s3.start()
            s3.bucket("pictures")
            await until(chain, two.id, "kept")

            assert told(kept) == ("KEPT", len(one.data))
            assert told(waits) == ("AWAITED", len(two.data))
            served = await fetch(clerk, two.id, "/small")
            assert served.headers["content-type"] == "image/jpeg"
            keys = {f"shop/{clerk.shop.id}/{two.id}{end}" for end in (".jpg", ".small.jpg")}
            assert set(s3.names("pictures")) == keys
