import gzip
from collections.abc import AsyncIterator

import httpx
import orjson
import pytest

from api.graphql import GraphQLApp
from api.graphql_packing import LONG, PACKET
from tests.api.graphql_askers import somebody
from tests.support.corner_shop import corner_shop

QUERY = "query($said: String!) { page(first: 1, after: $said) { note } }"
LONG_NOTE, LONGEST_NOTE = "pearl tea, " * 500, "pearl tea, " * 15_000


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = GraphQLApp(corner_shop(), context=somebody)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
        yield client


async def sent(client: httpx.AsyncClient, said: str, accepted: str) -> tuple[bytes, httpx.Headers]:
    """The bytes as they travel, and how they say that they are to be read."""
    headers = {"accept-encoding": accepted}
    async with client.stream(
        "POST", "/graphql", json={"query": QUERY, "variables": {"said": said}}, headers=headers
    ) as answer:
        assert answer.status_code == 200
        return b"".join([chunk async for chunk in answer.aiter_raw()]), answer.headers


@pytest.mark.parametrize("said", [LONG_NOTE, LONGEST_NOTE])
async def test_a_long_answer_is_packed_for_who_can_unpack_it(client: httpx.AsyncClient, said: str) -> None:
    plain, _ = await sent(client, said, "identity")
    small, headers = await sent(client, said, "br, gzip;q=0.8")

    assert headers["content-encoding"] == "gzip"
    assert int(headers["content-length"]) == len(small) < len(plain) / 3
    assert gzip.decompress(small) == plain
    assert said in orjson.loads(plain)["data"]["page"][0]["note"]
    assert (len(plain) > LONG) is (said is LONGEST_NOTE)


@pytest.mark.parametrize("accepted", ["identity", "br", "gzip;q=0", "gzip; q=0.00", "", "zstd, *;q=0"])
async def test_nobody_gets_what_she_cannot_unpack(client: httpx.AsyncClient, accepted: str) -> None:
    plain, headers = await sent(client, LONG_NOTE, accepted)

    assert "content-encoding" not in headers
    assert LONG_NOTE in orjson.loads(plain)["data"]["page"][0]["note"]


@pytest.mark.parametrize("accepted", ["gzip", "GZIP", "*", "deflate, gzip;q=0.1"])
async def test_gzip_is_taken_however_it_is_offered(client: httpx.AsyncClient, accepted: str) -> None:
    _, headers = await sent(client, LONG_NOTE, accepted)

    assert headers["content-encoding"] == "gzip"


async def test_a_short_answer_travels_as_it_is(client: httpx.AsyncClient) -> None:
    plain, headers = await sent(client, "pearl tea", "gzip")

    assert len(plain) <= PACKET
    assert "content-encoding" not in headers
