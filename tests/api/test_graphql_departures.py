"""Clients that go away, drip, or wait: what is finished all the same, and what is not."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import strawberry
from starlette.requests import HTTPConnection

from api.graphql import GraphQLApp
from tests.api.graphql_askers import somebody
from tests.support.corner_shop import corner_shop


class Door:
    """A shop in which things take as long as the test says."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.ended: list[str] = []
        door = self

        async def take_time(what: str) -> bool:
            door.begun.set()
            try:
                await door.go_on.wait()
            except asyncio.CancelledError:
                door.ended.append(f"{what} cancelled")
                raise
            door.ended.append(f"{what} done")
            return True

        @strawberry.type
        class Query:
            @strawberry.field
            async def count(self) -> bool:
                return await take_time("count")

        @strawberry.type
        class Mutation:
            @strawberry.mutation
            async def sell(self) -> bool:
                return await take_time("sale")

        self.app = GraphQLApp(strawberry.Schema(Query, Mutation), context=somebody)
        self.leave = asyncio.Event()
        self.sent: list[Any] = []

    def ask(self, query: str) -> asyncio.Task[None]:
        """Ask as a client that stays until `leave` is set."""
        messages = [{"type": "http.request", "body": json.dumps({"query": query}).encode()}]

        async def receive() -> Any:
            if messages:
                return messages.pop()
            await self.leave.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            self.sent.append(message)

        scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-type", b"application/json")]}
        return asyncio.create_task(self.app(scope, receive, send))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.graphql_http.PATIENCE_SECONDS", 0.01)


@pytest.mark.usefixtures("impatient")
async def test_a_query_stops_when_its_client_goes_away() -> None:
    door = Door()
    request = door.ask("{ count }")
    await door.begun.wait()

    door.leave.set()
    await request

    assert door.ended == ["count cancelled"]
    assert door.sent == []


@pytest.mark.usefixtures("impatient")
async def test_a_sale_is_finished_though_its_client_goes_away() -> None:
    door = Door()
    request = door.ask("mutation { sell }")
    await door.begun.wait()

    door.leave.set()
    await request
    door.go_on.set()
    await door.app.drain()

    assert door.ended == ["sale done"]


async def test_a_sale_is_finished_though_its_request_is_cancelled() -> None:
    door = Door()
    request = door.ask("mutation { sell }")
    await door.begun.wait()

    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    door.go_on.set()
    await door.app.drain()

    assert door.ended == ["sale done"]


@pytest.mark.usefixtures("impatient")
async def test_a_client_that_stays_gets_its_answer_however_long_it_takes() -> None:
    door = Door()
    request = door.ask("{ count }")
    await door.begun.wait()
    await asyncio.sleep(0.05)

    door.go_on.set()
    await request

    assert door.sent[1]["body"] == b'{"data":{"count":true}}'


@pytest.mark.parametrize("pieces", [[], [{"type": "http.request", "body": b"{", "more_body": True}]])
async def test_a_body_that_never_ends_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, pieces: list[Any]) -> None:
    """Nor one that never begins."""
    monkeypatch.setattr("api.graphql_http.BODY_TIMEOUT_SECONDS", 0.01)
    sent: list[Any] = []

    async def receive() -> Any:
        return pieces.pop() if pieces else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-type", b"application/json")]}
    await GraphQLApp(corner_shop(), context=somebody)(scope, receive, send)

    assert sent[0]["status"] == 408


@pytest.mark.usefixtures("impatient")
async def test_who_has_left_while_the_question_dripped_is_not_answered() -> None:
    staff = ["somebody"]

    async def whoever_is_left(_connection: HTTPConnection, _payload: dict[str, object] | None) -> str | None:
        return staff[0] if staff else None

    async def dripping() -> AsyncIterator[bytes]:
        yield b'{"query": '
        staff.clear()
        await asyncio.sleep(0.05)
        yield b'"{ rows }"}'

    app = GraphQLApp(corner_shop(), context=whoever_is_left)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
        answer = await client.post("/graphql", content=dripping(), headers={"content-type": "application/json"})

    assert answer.status_code == 401
