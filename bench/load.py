"""The load: `python -m bench.load` sends HTTP/1.1 requests over kept-open connections and times the answers.

Closed loop (`seconds`): every client sends its next request when it has its answer; it ends early when the requests
run out. Open loop (`rate`): requests are due at random moments, whether or not answers come, and the time counts from
when a request was due, not from when it could be sent, so that waiting is not left out (coordinated omission).
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import cast

from bench.figures import percentile
from bench.program import Answer, Order, obey
from bench.requests import BadAnswer, Sales, Source, sources

PATIENCE_SECONDS = 30.0


class Client(asyncio.Protocol):
    """One connection with at most one request under way."""

    def __init__(self) -> None:
        self._buffer = b""
        self._missing = 0
        self.answered: Callable[[bytes], None] = _unheard

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's own class is none

    def connection_lost(self, _exc: Exception | None) -> None:
        self.answered(b"")

    def data_received(self, data: bytes) -> None:
        if self._buffer:
            data = self._buffer + data
        if len(data) < self._missing:
            self._buffer = data
            return
        end = data.find(b"\r\n\r\n")
        if end < 0:
            self._buffer = data
            return
        at = data.index(b"content-length: ") + 16
        whole = end + 4 + int(data[at : data.index(b"\r", at)])
        if len(data) < whole:
            self._buffer, self._missing = data, whole
            return
        self._buffer, self._missing = b"", 0
        if not data.startswith(b"HTTP/1.1 200"):
            raise BadAnswer(data[:500])
        self.answered(data)


def _unheard(_answer: bytes) -> None:
    """Nobody waits for anything."""


class ClosedLoop:
    """Clients that send as soon as they have their answer."""

    def __init__(self, seconds: float) -> None:
        self.took: list[float] = []
        self.failed: Exception | None = None
        self._until = time.perf_counter() + seconds
        self._busy = 0
        self._done = asyncio.Event()

    def start(self, client: Client, source: Source) -> None:
        """Send request after request."""
        self._busy += 1
        began = 0.0

        def send() -> None:
            nonlocal began
            began = time.perf_counter()
            request = source.next() if began < self._until and self.failed is None else None
            if request is None:
                self._stop(client)
            else:
                client.transport.write(request)

        def answered(answer: bytes) -> None:
            self.took.append(time.perf_counter() - began)
            try:
                source.took(answer)
            except BadAnswer as bad:
                self.failed = bad
            send()

        client.answered = answered
        send()

    def _stop(self, client: Client) -> None:
        client.answered = _unheard
        self._busy -= 1
        if not self._busy:
            self._done.set()

    async def finish(self) -> None:
        """Wait until every client has its last answer."""
        async with asyncio.timeout(self._until - time.perf_counter() + PATIENCE_SECONDS):
            await self._done.wait()
        if self.failed is not None:
            raise self.failed


class OpenLoop:
    """Sales that are due at random moments; whoever is free sends the oldest."""

    def __init__(self, source: Sales) -> None:
        self.took: list[float] = []
        self.told: list[tuple[float, int, int, int]] = []
        """When a sale was due, its store and SKU, and what was on hand after it."""
        self._source = source
        self._due: deque[float] = deque()
        self._free: list[Client] = []
        self._open = 0
        self._idle = asyncio.Event()

    def add(self, client: Client) -> None:
        """Let a connection take part."""
        self._free.append(client)

    async def run(self, rate: float, seconds: float) -> None:
        """Let sales fall due, then wait for the last answer."""
        due = time.monotonic()
        end = due + seconds
        while True:
            due += random.expovariate(rate)
            if due > end:
                break
            if (pause := due - time.monotonic()) > 0:
                await asyncio.sleep(pause)
            self._due.append(due)
            self._open += 1
            self._send()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self._open:
                self._idle.clear()
                await self._idle.wait()

    def _send(self) -> None:
        while self._due and self._free:
            client, due = self._free.pop(), self._due.popleft()
            request, sold = self._source.next(), self._source.sold

            def answered(
                answer: bytes, client: Client = client, due: float = due, sold: tuple[int, int] = sold
            ) -> None:
                client.answered = _unheard
                self.took.append(time.monotonic() - due)
                self._source.took(answer)
                on_hand = int(answer.partition(b'"onHand":')[2].partition(b"}")[0])
                self.told.append((due, *sold, on_hand))
                self._free.append(client)
                self._open -= 1
                self._idle.set()
                self._send()

            client.answered = answered
            client.transport.write(request)


async def carry_out(order: Order) -> AsyncIterator[Answer]:
    """Put the load of an order on the server and tell how it went."""
    loop = asyncio.get_running_loop()
    now = datetime.now(UTC).isoformat()
    clients = [(await loop.create_connection(Client, "127.0.0.1", order["port"]))[1] for _ in range(order["clients"])]
    yield await (_open(order, clients, now) if "rate" in order else _closed(order, clients, now))
    for client in clients:
        client.transport.close()


async def _closed(order: Order, clients: list[Client], now: str) -> Answer:
    ready = list(sources(order, now))
    began = time.perf_counter()
    running = ClosedLoop(order["seconds"])
    for client, source in zip(clients, ready, strict=True):
        running.start(client, source)
    await running.finish()
    return _told(running.took, time.perf_counter() - began)


async def _open(order: Order, clients: list[Client], now: str) -> Answer:
    running = OpenLoop(Sales(order, now))
    for client in clients:
        running.add(client)
    began = time.perf_counter()
    await running.run(order["rate"], order["seconds"])
    return {**_told(running.took, time.perf_counter() - began), "told": running.told}


def _told(took: list[float], seconds: float) -> Answer:
    took.sort()
    return {
        "answers": len(took),
        "per_second": len(took) / seconds,
        "p50_ms": percentile(took, 0.5) * 1000,
        "p99_ms": percentile(took, 0.99) * 1000,
    }


if __name__ == "__main__":
    obey(carry_out)
