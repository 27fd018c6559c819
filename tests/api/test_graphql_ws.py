import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any

import pytest
import strawberry
from starlette.requests import HTTPConnection
from structlog.testing import capture_logs
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from api.graphql import GraphQLApp, SocketRules
from schema.kernel.compiled import SharedItem
from tests.support.corner_shop import corner_shop
from tests.support.socket_client import PROTOCOLS, SocketClient, admitted, entering, serving, until

CHANGES = "subscription { changes { ... on Change { cursor } ... on Quiet { reason } } }"


@strawberry.type
class Price(SharedItem):
    fen: int
    label: str = ""

    @strawberry.field
    def yuan(self) -> float:
        Board.told.append(self.fen)
        return self.fen / 100


class Board:
    """A board of prices that everybody watches: each change is one object for all."""

    told: list[int] = []  # noqa: RUF012  # one board for the file: the type above writes on it
    watchers: set["asyncio.Queue[Price]"] = set()  # noqa: RUF012  # same
    sales: list[str] = []  # noqa: RUF012  # same
    go_on = asyncio.Event()


@strawberry.type
class Query:
    @strawberry.field
    async def price(self) -> Price:
        return Price(fen=250)


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def sell(self) -> bool:
        Board.sales.append("begun")
        await Board.go_on.wait()
        Board.sales.append("done")
        return True


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def prices(self) -> AsyncIterator[Price]:
        queue: asyncio.Queue[Price] = asyncio.Queue(3)
        Board.watchers.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            Board.watchers.discard(queue)


async def by_name(connection: HTTPConnection, payload: dict[str, object] | None) -> Any:
    """A guest without a name is nobody; `trouble` finds the book of guests closed."""
    del connection
    name = (payload or {}).get("name", "somebody")
    if name == "trouble":
        raise OSError("no database at 10.0.0.7")
    return Guest(str(name)) if name else None


class Guest:
    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return self.name


def board(**more: Any) -> GraphQLApp:
    return GraphQLApp(strawberry.Schema(Query, Mutation, Subscription), context=by_name, **more)


@pytest.fixture
async def shop() -> AsyncIterator[str]:
    async with serving(GraphQLApp(corner_shop(), context=by_name)) as url:
        yield url


def data(value: Any, id: str = "1") -> Any:
    return {"id": id, "type": "next", "payload": {"data": value}}


async def test_a_subscription_is_told_item_by_item_and_ends(shop: str) -> None:
    async with admitted(shop, {"name": "Mei"}) as client:
        await client.subscribe(CHANGES)

        told = [await client.receive() for _ in range(4)]

    assert told == [
        data({"changes": {"reason": "Mei after None"}}),
        data({"changes": {"cursor": "0"}}),
        data({"changes": {"cursor": "1"}}),
        {"id": "1", "type": "complete"},
    ]


async def test_queries_are_answered_over_a_socket_too(shop: str) -> None:
    async with admitted(shop) as client:
        await client.subscribe("query($q: Int) { line(quantity: $q) { quantity } }", 'a "b"', variables={"q": 4})

        assert await client.receive() == data({"line": {"quantity": 4}}, 'a "b"')
        assert await client.receive() == {"id": 'a "b"', "type": "complete"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ rows", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ page(first: 1000000) { quantity } }", "GRAPHQL_LIMIT_EXCEEDED"),
        ("query($n: Int!) { page(first: $n) { quantity } }", "BAD_USER_INPUT"),
        ("subscription($n: Int!) { changes(count: $n) { __typename } }", "BAD_USER_INPUT"),
    ],
)
async def test_a_refused_operation_ends_with_its_errors_and_the_socket_stays(shop: str, query: str, code: str) -> None:
    async with admitted(shop) as client:
        await client.subscribe(query)
        told = await client.receive()
        await client.subscribe("{ rows }")

        assert (told["id"], told["type"]) == ("1", "error")
        assert told["payload"][0]["extensions"]["code"] == code
        assert (await client.receive())["type"] == "next"


async def test_a_source_that_breaks_off_is_masked(shop: str) -> None:
    async with admitted(shop) as client:
        with capture_logs() as logs:
            await client.subscribe("subscription { breaking { ... on Quiet { reason } } }")
            told = [await client.receive(), await client.receive()]

    assert told[0] == data({"breaking": {"reason": "all is well"}})
    assert told[1]["type"] == "error"
    assert told[1]["payload"] == [
        {"message": "Internal error", "extensions": {"code": "INTERNAL", "id": logs[0]["id"]}}
    ]


async def test_whoever_is_nobody_is_closed_out(shop: str) -> None:
    async with entering(shop, {"name": ""}) as client:
        assert await client.closed() == 4403


async def test_when_nobody_can_be_known_the_client_is_asked_to_try_again(shop: str) -> None:
    async with entering(shop, {"name": "trouble"}) as client:
        with capture_logs() as logs:
            assert await client.closed() == 1013

    assert str(logs[0]["exc_info"]) == "no database at 10.0.0.7"


async def test_a_page_of_another_site_may_not_open_a_socket(shop: str) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        async with admitted(shop, origin="https://elsewhere.example"):
            pass


async def test_a_page_of_an_allowed_site_may() -> None:
    rules = SocketRules(allowed_origins=("https://trueshelf.example",))
    async with serving(board(sockets=rules)) as url, admitted(url, origin="https://trueshelf.example") as client:
        await client.subscribe("{ price { fen } }")
        assert await client.receive() == data({"price": {"fen": 250}})


async def test_only_the_new_protocol_is_spoken(shop: str) -> None:
    async with connect(shop, subprotocols=[Subprotocol("graphql-ws")]) as socket:
        assert await SocketClient(socket).closed() == 4406


async def test_a_socket_that_does_not_introduce_itself_is_closed() -> None:
    rules = SocketRules(init_seconds=0.05)
    async with serving(board(sockets=rules)) as url, connect(url, subprotocols=PROTOCOLS) as socket:
        assert await SocketClient(socket).closed() == 4408


async def test_one_address_does_not_hold_all_sockets_without_a_word() -> None:
    rules = SocketRules(max_unnamed_of_one=2)
    async with serving(board(sockets=rules)) as url:
        async with connect(url, subprotocols=PROTOCOLS), connect(url, subprotocols=PROTOCOLS):
            with pytest.raises(InvalidStatus):
                await connect(url, subprotocols=PROTOCOLS)
        async with admitted(url), admitted(url), admitted(url) as client:
            await client.subscribe("{ price { fen } }")

            assert await client.receive() == data({"price": {"fen": 250}}), "whoever says who they are is not counted"


async def test_nothing_is_answered_before_the_introduction(shop: str) -> None:
    async with connect(shop, subprotocols=PROTOCOLS) as socket:
        client = SocketClient(socket)
        await client.subscribe("{ rows }")
        assert await client.closed() == 4401


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("not json", 4400),
        (b"bytes", 4400),
        ("[]", 4400),
        ("5", 4400),
        ("{}", 4400),
        ({"type": "dance"}, 4400),
        ({"type": "subscribe", "id": "1"}, 4400),
        ({"type": "subscribe", "id": 1, "payload": {"query": "{ rows }"}}, 4400),
        ({"type": "subscribe", "id": [], "payload": {"query": "{ rows }"}}, 4400),
        ({"type": "subscribe", "id": "1", "payload": {"query": 5}}, 4400),
        ({"type": "subscribe", "id": "1", "payload": {"query": "{ rows }", "variables": []}}, 4400),
        ({"type": "subscribe", "id": "1", "payload": {"query": "{ rows }", "operationName": {}}}, 4400),
        ({"type": "complete", "id": {}}, 4400),
        ({"type": "connection_init"}, 4429),
        ("x" * 2001, 1009),
    ],
)
async def test_a_message_that_makes_no_sense_closes_the_socket(message: Any, code: int) -> None:
    async with serving(board(sockets=SocketRules(max_message_characters=2000))) as url, admitted(url) as client:
        await client.send(message)

        assert await client.closed() == code


async def test_an_introduction_without_words_is_one(shop: str) -> None:
    async with connect(shop, subprotocols=PROTOCOLS) as socket:
        client = SocketClient(socket)
        await client.send({"type": "connection_init", "payload": None}, {"type": "ping"})

        assert [await client.receive(), await client.receive()] == [{"type": "connection_ack"}, {"type": "pong"}]


async def test_a_socket_holds_so_many_operations_and_no_more() -> None:
    async with serving(board(sockets=SocketRules(max_operations=2))) as url, admitted(url) as client:
        for id in ("1", "2", "3"):
            await client.subscribe("subscription { prices { fen } }", id)

        refused = await client.receive()

    assert (refused["id"], refused["type"]) == ("3", "error")


async def test_an_item_is_projected_once_for_all_who_watch_it_alike() -> None:
    Board.told.clear()
    async with serving(board()) as url, admitted(url) as mei, admitted(url) as lin, admitted(url) as odd:
        await mei.subscribe("subscription { prices { fen yuan } }", "mei")
        await lin.subscribe("subscription { prices { fen yuan } }", "lin")
        await odd.subscribe("subscription { prices { yuan } }", "odd")
        await until(lambda: len(Board.watchers) == 3)

        price = Price(fen=350)
        for queue in Board.watchers:
            queue.put_nowait(price)

        assert await mei.receive() == data({"prices": {"fen": 350, "yuan": 3.5}}, "mei")
        assert await lin.receive() == data({"prices": {"fen": 350, "yuan": 3.5}}, "lin")
        assert await odd.receive() == data({"prices": {"yuan": 3.5}}, "odd")
    assert Board.told == [350, 350]


@pytest.mark.parametrize("how", ["complete", "close"])
async def test_a_watcher_that_leaves_is_forgotten(how: str) -> None:
    app = board()
    async with serving(app) as url:
        async with admitted(url) as client:
            await client.subscribe("subscription { prices { fen } }")
            await until(lambda: Board.watchers)
            if how == "complete":
                await client.send({"type": "complete", "id": "1"})
                await until(lambda: not Board.watchers)
                assert app.socket_count == 1
        await until(lambda: not Board.watchers)
        await until(lambda: app.socket_count == 0)


async def test_a_client_that_does_not_read_slows_its_own_source_only() -> None:
    async with serving(board()) as url, admitted(url) as quick, admitted(url, max_queue=1, close_timeout=0.1) as slow:
        await quick.subscribe("subscription { prices { fen } }")
        await slow.subscribe("subscription { prices { label } }")
        await until(lambda: len(Board.watchers) == 2)
        full: set[Any] = set()

        for fen in range(1000):
            price = Price(fen=fen, label="a very long label " * 10_000)
            full = {queue for queue in Board.watchers if queue.full()}
            for queue in Board.watchers - full:
                queue.put_nowait(price)
            await quick.receive()
            if full:
                break

        assert len(full) == 1


async def test_a_revoked_session_loses_its_sockets_within_the_time_promised() -> None:
    dismissed: set[str] = set()

    async def revoked(contexts: Sequence[Guest]) -> Collection[tuple[Guest, str]]:
        return [(guest, "DISMISSED") for guest in contexts if guest.name in dismissed]

    app = board(sockets=SocketRules(recheck_seconds=0.02), revoked=revoked)
    async with serving(app) as url, admitted(url, {"name": "Mei"}) as mei, admitted(url, {"name": "Lin"}) as lin:
        await mei.subscribe("subscription { prices { fen } }")
        await until(lambda: Board.watchers)
        dismissed.add("Mei")

        assert await mei.closed() == 4403
        await until(lambda: not Board.watchers)
        await lin.subscribe("{ price { fen } }")
        assert await lin.receive() == data({"price": {"fen": 250}})
        assert app.socket_count == 1


async def test_a_recheck_that_fails_is_tried_again() -> None:
    asked: list[int] = []

    async def revoked(contexts: Sequence[Guest]) -> Collection[tuple[Guest, str]]:
        asked.append(len(contexts))
        if len(asked) == 1:
            raise OSError("the database is away")
        return [(guest, "DISMISSED") for guest in contexts]

    app = board(sockets=SocketRules(recheck_seconds=0.02), revoked=revoked)
    with capture_logs() as logs:
        async with serving(app) as url, admitted(url) as client:
            assert await client.closed() == 4403

    assert asked == [1, 1]
    assert logs[0]["event"] == "graphql.internal_error"


async def test_a_socket_in_doubt_is_looked_at_before_its_time() -> None:
    dismissed: set[str] = set()

    async def revoked(contexts: Sequence[Guest]) -> Collection[tuple[Guest, str]]:
        return [(guest, "DISMISSED") for guest in contexts if guest.name in dismissed]

    app = board(sockets=SocketRules(recheck_seconds=60), revoked=revoked)
    async with serving(app) as url, admitted(url, {"name": "Mei"}) as mei:
        dismissed.add("Mei")
        app.doubt()

        assert await mei.closed() == 4403


async def test_sockets_can_be_closed_at_once() -> None:
    app = board()
    async with serving(app) as url, admitted(url, {"name": "Mei"}) as mei, admitted(url, {"name": "Lin"}):
        closed = await app.close_sockets(lambda guest: guest.name == "Mei")

        assert closed == 1
        assert await mei.closed() == 4403


async def test_a_sale_is_finished_though_its_socket_closes() -> None:
    app = board()
    Board.sales.clear()
    Board.go_on.clear()
    async with serving(app) as url:
        async with admitted(url) as client:
            await client.subscribe("mutation { sell }")
            await until(lambda: Board.sales)
        await until(lambda: app.socket_count == 0)
        Board.go_on.set()
        await app.drain()

    assert Board.sales == ["begun", "done"]
