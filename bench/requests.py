"""What the load sends: sources of ready HTTP requests, each checking its answers.

A source is as cheap as possible: bodies are templates with ids of fixed length filled in.
"""

import random
from collections.abc import Iterator
from typing import Any, Protocol

import orjson

RECORD_SALE = """mutation RecordSale($input: RecordSaleInput!) {
  recordSale(input: $input) {
    __typename
    ... on RecordSaleSuccess { saleId total lines { onHand } }
    ... on InvalidInput { message problems { path code message } }
    ... on NotFound { message }
    ... on NotPermitted { message }
    ... on RequestIdConflict { message }
    ... on ReservationClosed { message }
  }
}"""
RECORD_MOVEMENTS = """mutation RecordMovements($input: RecordMovementsInput!) {
  recordMovements(input: $input) {
    __typename
    ... on RecordMovementsSuccess { recorded repeated refused outcomes { eventId status onHand problems { code } } }
    ... on InvalidInput { message problems { path code message } }
    ... on NotPermitted { message }
    ... on RequestIdConflict { message }
  }
}"""
STOCK = """query Stock($first: Int!, $after: String) {
  stock(first: $first, after: $after) {
    edges { node { onHand available safetyStock belowSafety store { code name } sku { code name } } }
    pageInfo { hasNextPage endCursor }
  }
}"""
STOCK_GRID = "query StockGrid { stockGrid { cursor storeIds skuIds rows } }"


class BadAnswer(Exception):
    """The server answered something else than what is measured."""


class Source(Protocol):
    """Where a client's requests come from; None when there are no more."""

    def next(self) -> bytes | None: ...

    def took(self, answer: bytes) -> None: ...


def http(order: dict[str, Any], body: bytes) -> bytes:
    """Return a POST to /graphql with a channel's token."""
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:{order['port']}\r\nauthorization: Bearer {order['token']}\r\n"
        f"content-type: application/json\r\naccept: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def new_uuid() -> bytes:
    """Return a random UUID (version 4) as text, as a phone or till would make it."""
    digits = b"%032x" % random.getrandbits(128)
    return b"%b-%b-4%b-a%b-%b" % (digits[:8], digits[8:12], digits[13:16], digits[17:20], digits[20:])


def store_id(n: int) -> bytes:
    """Return the id of the nth store."""
    return b"00000000-0000-7000-8000-%012x" % n


class Sales:
    """Sales of one unit of a random SKU in a random store, without end; what was on hand afterwards is kept."""

    def __init__(self, order: dict[str, Any], now: str) -> None:
        variables = {
            "input": {
                "requestId": "@@",
                "storeId": "@@",
                "origin": {"occurredAt": now, "device": "till-1", "source": "TILL"},
                "lines": [{"code": "@@", "quantity": 1}],
            }
        }
        template = orjson.dumps({"query": RECORD_SALE, "variables": variables}).replace(b"%", b"%%")
        filled = template.replace(b"@@", b"%b")
        length = len(filled % (new_uuid(), store_id(1), b"K00001"))
        head, _, _ = http(order, b"x" * length).partition(b"\r\n\r\n")
        self._template = head.replace(b"%", b"%%") + b"\r\n\r\n" + filled
        self._stores: int = order["stores"]
        self._skus: int = order["skus"]
        self.sold = (0, 0)
        """The store and SKU of the request that was made last."""

    def next(self) -> bytes:
        store, sku = random.randint(1, self._stores), random.randint(1, self._skus)
        self.sold = store, sku
        return self._template % (new_uuid(), store_id(store), b"K%05d" % sku)

    def took(self, answer: bytes) -> None:
        if b'"saleId"' not in answer:
            raise BadAnswer(answer[:500])


class Batches:
    """`recordMovements` of a thousand sales each, made before anything is timed."""

    def __init__(self, order: dict[str, Any], now: str) -> None:
        self._events: int = order["events"]
        self._bodies = iter([self._batch(order, now) for _ in range(order["calls"])])

    def _batch(self, order: dict[str, Any], now: str) -> bytes:
        events = [
            {
                "eventId": new_uuid().decode(),
                "kind": "SALE",
                "quantity": 1,
                "occurredAt": now,
                "storeCode": f"S{random.randint(1, order['stores']):05d}",
                "code": f"K{random.randint(1, order['skus']):05d}",
                "amount": 100,
            }
            for _ in range(self._events)
        ]
        given = {"requestId": new_uuid().decode(), "source": "ERP", "device": "erp-1", "events": events}
        return http(order, orjson.dumps({"query": RECORD_MOVEMENTS, "variables": {"input": given}}))

    def next(self) -> bytes | None:
        return next(self._bodies, None)

    def took(self, answer: bytes) -> None:
        if b'"recorded":%d,' % self._events not in answer:
            raise BadAnswer(answer[:500])


class Pages:
    """The pages of the stock list, one after another, from the first again after the last."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._after: str | None = None

    def next(self) -> bytes:
        variables = {"first": 100, "after": self._after}
        return http(self._order, orjson.dumps({"query": STOCK, "variables": variables}))

    def took(self, answer: bytes) -> None:
        if answer.count(b'"onHand"') != 100:
            raise BadAnswer(answer[:500])
        more = b'"hasNextPage":true' in answer
        self._after = answer.partition(b'"endCursor":"')[2].partition(b'"')[0].decode() if more else None


class Grids:
    """The whole stock as one grid."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._request = http(order, orjson.dumps({"query": STOCK_GRID}))

    def next(self) -> bytes:
        return self._request

    def took(self, answer: bytes) -> None:
        if b'"rows":[[' not in answer:
            raise BadAnswer(answer[:500])


def sources(order: dict[str, Any], now: str) -> Iterator[Source]:
    """Yield a source for each client; batches are shared, so that all clients end together."""
    kind = order["kind"]
    shared = Batches(order, now) if kind == "batches" else None
    for _ in range(order["clients"]):
        if shared is not None:
            yield shared
        elif kind == "pages":
            yield Pages(order)
        elif kind == "grids":
            yield Grids(order)
        else:
            yield Sales(order, now)
