"""Asking the GraphQL API as any program does: over HTTP, and over a WebSocket that may be cut at any moment."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Self
from uuid import UUID, uuid4

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

_REFUSED = """
  ... on Refusal { code message messageZh }
  ... on InvalidInput { problems { path code message messageZh } }
  ... on NotFound { path }
  ... on NotPermitted { permission }
"""
_LINE = "skuId quantity onHand belowZero amount"
_ASSIGNMENT = "assignment { id personId role chainWide storeIds regionIds validFrom validUntil }"
_SHOWN = {
    "recordSale": f"saleId recordedAt total clockErrorSeconds lines {{ {_LINE} }}",
    "recordMovements": "recorded repeated refused outcomes { eventId status onHand problems { path code message } }",
    "receiveGoods": f"receiptId recordedAt lines {{ {_LINE} }}",
    "adjustStock": f"adjustmentId recordedAt line {{ {_LINE} }}",
    "reserveStock": "reservationId expiresAt",
    "releaseReservation": "reservationId",
    "openBusinessDay": "store { id businessDay { day openedAt openedBy } }",
    "grantRole": _ASSIGNMENT,
    "lendPerson": _ASSIGNMENT,
    "endAssignment": _ASSIGNMENT,
    "recordLeaver": "personId leftAt ended",
    "reveal": "value expiresAt",
    "changePhone": "phone",
    "erasePerson": "personId erasedAt",
    "acknowledgeAlarm": "alarm { id kind aboutId aboutName people usual acknowledgedAt acknowledgedBy note }",
    "setPrice": "price { id skuId storeId fen validFrom validUntil }",
}
_RIGHTS = "... on RoleAboveYours { role } ... on WiderThanYours { path }"
_OWN_REFUSALS = {
    "grantRole": _RIGHTS,
    "lendPerson": _RIGHTS,
    "endAssignment": f"{_RIGHTS} ... on LastOfRole {{ role }} ... on AlreadyOver {{ endedAt }}",
    "recordLeaver": f"{_RIGHTS} ... on LastOfRole {{ role }}",
    "reveal": "... on TooManyReveals { limit againAt }",
    "setPrice": "... on PriceMoved { expected actual }",
    "reserveStock": "... on InsufficientStock { shortages { path skuId wanted available } }",
    "adjustStock": "... on StockMoved { expected actual }",
    "recordSale": "... on ReservationClosed { status }",
    "releaseReservation": "... on ReservationClosed { status }",
}


_WITHOUT = {
    "recordMovements": "... on NotFound { path }",
    "erasePerson": "... on InvalidInput { problems { path code message messageZh } }",
}


def _document(mutation: str, shown: str) -> str:
    pascal = mutation[0].upper() + mutation[1:]
    refused = _REFUSED.replace(_WITHOUT.get(mutation, "-"), "") + _OWN_REFUSALS.get(mutation, "")
    success = f"... on {pascal}Success {{ {shown} }}"
    return f"mutation($input: {pascal}Input!) {{ {mutation}(input: $input) {{ __typename {success}{refused} }} }}"


MUTATIONS = {mutation: _document(mutation, shown) for mutation, shown in _SHOWN.items()}

STOCK_CHANGES = """
subscription($after: String, $filter: StockFilter) { stockChanges(after: $after, filter: $filter) {
  __typename
  ... on StockSnapshot { cursor levels { ...level } }
  ... on StockChanged { cursor sequence changes { ...level } }
  ... on ResyncRequired { reason }
} }
fragment level on StockChange {
  storeId skuId onHand reserved available incoming safetyStock belowSafety soldUnits version
}
"""


@dataclass(frozen=True)
class Told:
    """An answer of the API: of a mutation its `kind` (`RecordSaleSuccess`, `InvalidInput` ...) and `value`."""

    status: int
    body: Mapping[str, Any]

    @property
    def data(self) -> Any:
        assert not self.body.get("errors"), self.body
        return self.body["data"]

    @property
    def value(self) -> Any:
        """What the one root field holds; None when there is only an error."""
        return next(iter((self.body.get("data") or {}).values()), None)

    @property
    def kind(self) -> str:
        return str(self.value["__typename"]) if isinstance(self.value, dict) else f"error {self.codes}"

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Path and code of everything that is wrong with an input."""
        return [(each["path"], each["code"]) for each in (self.value or {}).get("problems", [])]

    @property
    def codes(self) -> list[str]:
        """Every code by which a program could decide, wherever it stands in the answer."""
        return [str(code) for code in _codes(self.body)]


def _codes(part: Any) -> list[object]:
    if isinstance(part, list):
        return [code for each in part for code in _codes(each)]
    if not isinstance(part, dict):
        return []
    own = [part["code"]] if "code" in part else []
    return own + [code for each in part.values() for code in _codes(each)]


@dataclass(frozen=True)
class Asker:
    """Somebody at a server: who it is stands in the headers."""

    http: httpx.AsyncClient
    server: str
    headers: Mapping[str, str]
    id: UUID = field(default_factory=uuid4)
    name: str = ""

    def at(self, server: str) -> Self:
        """Return the same somebody at another process of the same chain."""
        return replace(self, server=server)

    async def send(self, body: bytes, **headers: str) -> Told:
        """Send any bytes as the body of a request."""
        sent = {"content-type": "application/json", **self.headers, **headers}
        answer = await self.http.post(f"{self.server}/graphql", content=body, headers=sent)
        told = orjson.loads(answer.content)
        # How much the asker may ask for still is another number in every answer, also in a repeated one.
        told.pop("extensions", None)
        return Told(answer.status_code, told)

    async def ask(self, document: str, **variables: object) -> Told:
        return await self.send(orjson.dumps({"query": document, "variables": variables}))

    async def do(self, mutation: str, **input: object) -> Told:
        """Carry a mutation out; it gets a fresh `requestId` unless one is given."""
        return await self.ask(MUTATIONS[mutation], input={"requestId": uuid4(), **input})

    @asynccontextmanager
    async def watch(self, after: str | None = None, **filter: object) -> AsyncIterator["Watch"]:
        """Subscribe to stockChanges on a socket of its own, which is cut without a goodbye at the end."""
        async with self.socket() as socket:
            await socket.subscribe(STOCK_CHANGES, after=after, filter=filter or None)
            yield Watch(socket)

    @asynccontextmanager
    async def socket(self) -> AsyncIterator["Socket"]:
        """Open a socket and have it acknowledged."""
        url = self.server.replace("http", "ws", 1) + "/graphql"
        protocol = Subprotocol("graphql-transport-ws")
        wire = await connect(
            url, subprotocols=[protocol], additional_headers=dict(self.headers), compression=None, max_queue=4
        )
        socket = Socket(wire)
        try:
            await socket.say({"type": "connection_init"})
            assert (await socket.hear())["type"] == "connection_ack"
            yield socket
        finally:
            wire.transport.abort()
            await wire.wait_closed()


class Socket:
    """One acknowledged connection of graphql-transport-ws."""

    def __init__(self, wire: ClientConnection) -> None:
        self.wire = wire

    async def say(self, message: Mapping[str, object]) -> None:
        await self.wire.send(orjson.dumps(message).decode())

    async def hear(self, patience: float = 10) -> dict[str, Any]:
        """The next message; answers pings on the way."""
        while True:
            async with asyncio.timeout(patience):
                message: dict[str, Any] = orjson.loads(await self.wire.recv())
            if message["type"] != "ping":
                return message
            await self.say({"type": "pong"})

    async def subscribe(self, document: str, **variables: object) -> None:
        await self.say({"id": "1", "type": "subscribe", "payload": {"query": document, "variables": variables}})


class Watch:
    """A subscription to stockChanges, item by item."""

    def __init__(self, socket: Socket) -> None:
        self.socket = socket

    async def next(self, patience: float = 10) -> dict[str, Any]:
        message = await self.socket.hear(patience)
        assert message["type"] == "next", message
        item: dict[str, Any] = message["payload"]["data"]["stockChanges"]
        return item

    async def until(self, store_id: UUID, sku_id: UUID, on_hand: int, patience: float = 10) -> dict[str, Any]:
        """Read on until a level is told to be so; returns the item that told it."""
        async with asyncio.timeout(patience):
            while True:
                item = await self.next(patience)
                told = [(each["storeId"], each["skuId"], each["onHand"]) for each in levels_of(item)]
                if (str(store_id), str(sku_id), on_hand) in told:
                    return item

    async def nothing(self, seconds: float) -> bool:
        """Say whether nothing at all is told for so long."""
        try:
            await self.next(seconds)
        except TimeoutError:
            return True
        return False


def levels_of(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The levels of a snapshot or a change."""
    told: list[dict[str, Any]] = item.get("levels") or item.get("changes") or []
    return told
