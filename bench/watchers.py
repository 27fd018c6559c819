"""The subscribers: `python -m bench.watchers` watches `stockChanges` over many raw WebSockets and notes what came when.

Each is a protocol of our own, so that a thousand of them cost little. A first answer says that all are subscribed; the
last, `seconds` later and when all is quiet, holds every distinct frame once and, for each subscriber, which came when
(on the monotonic clock of the machine, which the load reads too).
"""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import cast

import orjson

from bench.program import Answer, Order, obey

STOCK_CHANGES = """subscription Watch($after: String) {
  stockChanges(after: $after) {
    __typename
    ... on StockChanged { cursor sequence changes { storeId skuId onHand available belowSafety version } }
    ... on ResyncRequired { reason }
  }
}"""
PATIENCE_SECONDS = 60.0
QUIET_SECONDS = 1.0
AT_ONCE = 50
_MASK = b"\0\0\0\0"
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


def frame(payload: bytes, opcode: int = _TEXT) -> bytes:
    """Return a client's frame (RFC 6455, 5.2), masked with zeros."""
    size = len(payload)
    head = bytes((0x80 | opcode, 0x80 | size)) if size < 126 else bytes((0x80 | opcode, 0xFE)) + size.to_bytes(2)
    return head + _MASK + payload


class Frames:
    """Every distinct payload once."""

    def __init__(self) -> None:
        self.numbers: dict[bytes, int] = {}
        self.last = 0.0
        """When the last one came."""

    def number(self, payload: bytes, at: float) -> int:
        self.last = at
        return self.numbers.setdefault(payload, len(self.numbers))


class Watcher(asyncio.Protocol):
    """One subscriber."""

    def __init__(self, order: Order, frames: Frames) -> None:
        self.came: list[tuple[float, int]] = []
        self.subscribed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._order = order
        self._frames = frames
        self._buffer = b""
        self._open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's own class is none
        self.transport.write(
            f"GET /graphql HTTP/1.1\r\nhost: 127.0.0.1:{self._order['port']}\r\nupgrade: websocket\r\n"
            "connection: Upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            "sec-websocket-protocol: graphql-transport-ws\r\n\r\n".encode()
        )

    def connection_lost(self, _exc: Exception | None) -> None:
        if not self.subscribed.done():
            self.subscribed.set_exception(ConnectionError(self._buffer[:300]))

    def data_received(self, data: bytes) -> None:
        data = self._buffer + data if self._buffer else data
        if not self._open:
            _, end, data = data.partition(b"\r\n\r\n")
            if not end:
                return
            self._open = True
            bearer = {"authorization": f"Bearer {self._order['token']}"}
            self.transport.write(frame(orjson.dumps({"type": "connection_init", "payload": bearer})))
        at = 0
        while (payload := _payload(data, at)) is not None:
            opcode, begin, end_at = payload
            self._take(opcode, data[begin:end_at])
            at = end_at
        self._buffer = data[at:]

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self.transport.write(frame(payload, _PONG))
        elif opcode == _CLOSE:
            self.transport.close()
        elif b'"connection_ack"' in payload[:60]:
            variables = {"after": self._order["after"]}
            asked = {"id": "1", "type": "subscribe", "payload": {"query": STOCK_CHANGES, "variables": variables}}
            self.transport.write(frame(orjson.dumps(asked)))
        elif self.subscribed.done():
            now = time.monotonic()
            self.came.append((now, self._frames.number(payload, now)))
        elif b'"StockChanged"' in payload:  # what was missed since the cursor: nothing
            self.subscribed.set_result(None)
        else:
            self.subscribed.set_exception(ConnectionError(payload[:300]))


def _payload(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Return a server's frame at a place: its opcode, where its payload begins and ends; None if it is not whole."""
    if len(data) < at + 2:
        return None
    size, begin = data[at + 1], at + 2
    if size >= 126:
        width = 2 if size == 126 else 8
        size, begin = int.from_bytes(data[begin : begin + width]), begin + width
    return (data[at] & 15, begin, begin + size) if len(data) >= begin + size and size >= 0 else None


async def carry_out(order: Order) -> AsyncIterator[Answer]:
    """Subscribe, say so, watch, and tell what came."""
    loop = asyncio.get_running_loop()
    frames = Frames()
    watchers: list[Watcher] = []
    for begin in range(0, order["subscribers"], AT_ONCE):
        fresh = [Watcher(order, frames) for _ in range(min(AT_ONCE, order["subscribers"] - begin))]
        await asyncio.gather(*(loop.create_connection(lambda w=w: w, "127.0.0.1", order["port"]) for w in fresh))  # type: ignore[misc]
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(*(watcher.subscribed for watcher in fresh))
        watchers.extend(fresh)
    yield {"subscribed": len(watchers)}
    await asyncio.sleep(order["seconds"])
    async with asyncio.timeout(PATIENCE_SECONDS):
        while frames.last > time.monotonic() - QUIET_SECONDS:  # noqa: ASYNC110 -- quiet is nothing to wait for
            await asyncio.sleep(QUIET_SECONDS / 10)
    lost = sum(watcher.transport.is_closing() for watcher in watchers)
    changes = [orjson.loads(payload)["payload"]["data"]["stockChanges"]["changes"] for payload in frames.numbers]
    sizes = [len(payload) for payload in frames.numbers]
    yield {
        "lost": lost,
        "sizes": sizes,
        "frames": [[(each["storeId"], each["skuId"], each["onHand"]) for each in frame] for frame in changes],
        "came": [watcher.came for watcher in watchers],
    }
    for watcher in watchers:
        watcher.transport.abort()


if __name__ == "__main__":
    obey(carry_out)
