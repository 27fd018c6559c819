import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import orjson
import pytest

from api.replay.channel import Channel, ChannelRefused, ServerAway
from api.replay.sales import priced
from api.replay.source import Line

OK = b'{"data":{"done":true}}'


@dataclass
class ToyServer:
    """A small real HTTP server: says what its script says, then that all is well."""

    script: list[tuple[int, bytes]] = field(default_factory=list)
    port: int = 0
    tokens: int = 0
    bodies: list[bytes] = field(default_factory=list)
    drop: int = 0
    token_status: int = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            body = await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
            if head.startswith("POST /auth/token"):
                self.tokens += 1
                await _answer(writer, self.token_status, b'{"access_token":"t%d","expires_in":900}' % self.tokens)
                continue
            self.bodies.append(body)
            if self.drop:
                self.drop -= 1
                break
            await _answer(writer, *(self.script.pop(0) if self.script else (200, OK)))
        writer.close()


async def _head(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode()
    except (asyncio.IncompleteReadError, ConnectionResetError):
        return ""


async def _answer(writer: asyncio.StreamWriter, status: int, body: bytes) -> None:
    writer.write(b"HTTP/1.1 %d X\r\ncontent-length: %d\r\n\r\n%s" % (status, len(body), body))
    await writer.drain()


@asynccontextmanager
async def toy(**how: object) -> AsyncIterator[tuple[ToyServer, Channel]]:
    toy_server = ToyServer(**how)  # type: ignore[arg-type]  # the story's own words
    server = await asyncio.start_server(toy_server.serve, "127.0.0.1", 0)
    toy_server.port = server.sockets[0].getsockname()[1]
    channel = Channel(toy_server.url, "me", "secret", connections=2, patience=5)
    try:
        yield toy_server, channel
    finally:
        channel.close()
        server.close()
        await server.wait_closed()


async def test_a_busy_server_is_sent_the_same_words_again() -> None:
    async with toy(script=[(503, b"later"), (429, b"later"), (500, b"oh")]) as (server, channel):
        assert await channel.ask("mutation", {"id": 1}) == {"done": True}

        assert len(server.bodies) == 4
        assert len(set(server.bodies)) == 1
        assert channel.mishaps.busy_answers == 3


async def test_a_lost_connection_is_taken_up_again() -> None:
    async with toy(drop=2) as (server, channel):
        assert await channel.ask("mutation", {"id": 1}) == {"done": True}

        assert len(set(server.bodies)) == 1
        assert channel.mishaps.lost_connections == 2


async def test_a_token_that_is_not_believed_any_more_is_renewed_once() -> None:
    async with toy(script=[(200, OK), (401, b"{}")]) as (server, channel):
        await channel.ask("first", {})
        await channel.ask("second", {})

        assert server.tokens == 2
        assert channel.mishaps.token_refreshes == 2


async def test_many_requests_at_once_share_one_token_and_few_connections() -> None:
    async with toy() as (server, channel):
        await asyncio.gather(*(channel.ask("mutation", {"id": n}) for n in range(50)))

        assert server.tokens == 1
        assert len(set(server.bodies)) == 50


async def test_nobody_who_asks_again_at_once_overtakes_those_who_wait() -> None:
    async with toy() as (_, channel):
        greedy = [asyncio.create_task(_ask_for_ever(channel)) for _ in range(4)]
        await asyncio.sleep(0.1)

        async with asyncio.timeout(1):
            await channel.ask("patient", {})

        for task in greedy:
            task.cancel()
        await asyncio.gather(*greedy, return_exceptions=True)


async def _ask_for_ever(channel: Channel) -> None:
    while True:
        await channel.ask("greedy", {})


async def test_an_error_that_may_pass_is_tried_again_and_another_is_told_at_once() -> None:
    passing = orjson.dumps({"errors": [{"message": "x", "extensions": {"code": "UNAVAILABLE"}}]})
    lasting = orjson.dumps({"errors": [{"message": "x", "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}]})
    async with toy(script=[(200, passing), (200, OK), (400, lasting)]) as (_, channel):
        assert await channel.ask("first", {}) == {"done": True}
        with pytest.raises(ChannelRefused, match="GRAPHQL_VALIDATION_FAILED"):
            await channel.ask("second", {})


async def test_wrong_credentials_are_told_at_once() -> None:
    async with toy(token_status=401) as (_, channel):
        with pytest.raises(ChannelRefused, match="No token: HTTP 401"):
            await channel.ask("anything", {})


async def test_patience_with_an_absent_server_has_an_end() -> None:
    async with toy() as (server, _):
        absent = server.url
    channel = Channel(absent, "me", "secret", patience=0.2)

    with pytest.raises(ServerAway):
        await channel.ask("anything", {})


@pytest.mark.parametrize(("units", "money"), [(1, 0), (1, 299), (3, 500), (3, 299), (8725, 2006), (7, 3)])
def test_whole_prices_add_up_to_the_money_of_a_line(units: int, money: int) -> None:
    parts = priced(Line("x", units, money))

    assert sum(count for count, _ in parts) == units
    assert sum(count * (price or 0) for count, price in parts) == money
    assert len(parts) <= 2


def test_a_line_of_no_units_is_sent_as_the_till_says() -> None:
    assert priced(Line("x", 0, 50)) == [(0, 50)]
