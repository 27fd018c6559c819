"""A subscriber beside the replay: how long until a screen shows what a mutation has written.

It watches one store, and only a sample of what is written there is timed, so that the measuring
does not weigh on what it measures. A replay only sells, so a level only falls: a change has
arrived when the screen shows as little as the mutation left, or less.
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from api.replay.channel import Channel, ChannelRefused
from api.replay.sent import Seen

_CURSOR = "query Cursor($stores: [UUID!]) { stockGrid(filter: {storeIds: $stores, skuIds: $stores}) { cursor } }"
_CHANGES = """
subscription Screen($after: String, $stores: [UUID!]) {
  stockChanges(after: $after, filter: {storeIds: $stores}) {
    __typename
    ... on StockChanged { cursor changes { storeId skuId onHand } }
    ... on ResyncRequired { reason }
  }
}"""
_SKU = "query Sku($code: String!) { skuByCode(code: $code) { sku { id } } }"
_SAMPLES_A_SECOND = 25
_LEVELS_REMEMBERED = 20_000
_ARRIVALS_REMEMBERED = 64
_PAUSE = 0.5


@dataclass(slots=True)
class Latency:
    """Seconds from a mutation's sending to its arrival on a screen; `lost` never arrived.

    `trouble` is why the watching ended before its time, if it did.
    """

    samples: list[float] = field(default_factory=list)
    lost: int = 0
    reconnections: int = 0
    resyncs: int = 0
    trouble: str = ""

    def quantile(self, share: float) -> float | None:
        """Return a quantile (nearest rank), None without samples."""
        ordered = sorted(self.samples)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


@dataclass(slots=True)
class Watcher:
    """Watches one store; hand in with `expect` what should appear."""

    channel: Channel
    store_id: str
    latency: Latency = field(default_factory=Latency)
    _arrived: "OrderedDict[str, deque[tuple[int, float]]]" = field(default_factory=OrderedDict)
    _expected: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    _sku_ids: dict[str, str] = field(default_factory=dict)
    _next_sample: float = 0.0
    _cursor: str | None = None
    _looking: set["asyncio.Task[None]"] = field(default_factory=set)

    async def run(self) -> None:
        """Watch until cancelled; a broken connection is taken up again where it broke."""
        first = True
        while True:
            try:
                with suppress(OSError, WebSocketException, TimeoutError):
                    await self._watch()
            except ChannelRefused as refused:
                self.latency.trouble = str(refused)
                return
            self.latency.reconnections += not first
            first = False
            await asyncio.sleep(_PAUSE)

    async def ready(self) -> None:
        """Wait until the subscription stands, for ten seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(10):
                while self._cursor is None:  # noqa: ASYNC110 -- once, before anything is measured
                    await asyncio.sleep(0.05)

    def wants(self, store_id: str) -> bool:
        """Say whether something written to a store now should be timed."""
        return store_id == self.store_id and time.monotonic() >= self._next_sample and self._cursor is not None

    def expect(self, seen: Seen, sent_at: float) -> None:
        """Time the arrival of what was sent at an instant of `time.monotonic`."""
        self._next_sample = time.monotonic() + 1 / _SAMPLES_A_SECOND
        task = asyncio.create_task(self._look_for(seen, sent_at))
        self._looking.add(task)
        task.add_done_callback(self._looking.discard)

    async def finish(self, patience: float = 5.0) -> None:
        """Wait for what is still expected; what does not come is lost."""
        deadline = time.monotonic() + patience
        while (self._looking or any(self._expected.values())) and time.monotonic() < deadline:  # noqa: ASYNC110 -- at the end
            await asyncio.sleep(0.05)
        self.latency.lost = sum(map(len, self._expected.values()))

    async def _look_for(self, seen: Seen, sent_at: float) -> None:
        sku_id = seen.sku_id or await self._sku_id(seen.code)
        for on_hand, at in self._arrived.get(sku_id, ()):
            if on_hand <= seen.on_hand and at >= sent_at:
                self.latency.samples.append(at - sent_at)
                return
        self._expected.setdefault(sku_id, []).append((seen.on_hand, sent_at))

    async def _sku_id(self, code: str) -> str:
        if code not in self._sku_ids:
            self._sku_ids[code] = (await self.channel.ask(_SKU, {"code": code}))["skuByCode"]["sku"]["id"]
        return self._sku_ids[code]

    async def _watch(self) -> None:
        if self._cursor is None:
            self._cursor = (await self.channel.ask(_CURSOR, {"stores": [self.store_id]}))["stockGrid"]["cursor"]
        url = self.channel.base_url.replace("http", "ws", 1).rstrip("/") + "/graphql"
        async with (
            connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], max_size=None) as socket,
            aclosing(self._items(socket)) as items,
        ):
            async for item in items:
                if item["__typename"] == "ResyncRequired":
                    self.latency.resyncs += 1
                    self._cursor = None
                    return
                self._cursor = item["cursor"]
                self._note(item["changes"], time.monotonic())

    async def _items(self, socket: ClientConnection) -> AsyncGenerator[dict[str, Any]]:
        """Subscribe, and give what comes."""
        bearer = await self.channel.bearer()
        await _say(socket, {"type": "connection_init", "payload": {"authorization": bearer}})
        payload = {"query": _CHANGES, "variables": {"after": self._cursor, "stores": [self.store_id]}}
        async for text in socket:
            message = orjson.loads(text)
            if message["type"] == "connection_ack":
                await _say(socket, {"type": "subscribe", "id": "1", "payload": payload})
            elif message["type"] == "ping":
                await _say(socket, {"type": "pong"})
            elif message["type"] == "next":
                if message["payload"].get("errors"):
                    raise ChannelRefused(str(message["payload"]["errors"]))
                yield message["payload"]["data"]["stockChanges"]
            elif message["type"] == "error":
                raise ChannelRefused(str(message["payload"]))
            elif message["type"] == "complete":
                return

    def _note(self, changes: list[dict[str, Any]], at: float) -> None:
        for change in changes:
            sku_id, on_hand = change["skuId"], change["onHand"]
            self._arrived.setdefault(sku_id, deque(maxlen=_ARRIVALS_REMEMBERED)).append((on_hand, at))
            self._arrived.move_to_end(sku_id)
            waiting = self._expected.get(sku_id)
            if waiting:
                self.latency.samples += [at - sent for wanted, sent in waiting if on_hand <= wanted]
                self._expected[sku_id] = [each for each in waiting if on_hand > each[0]]
        while len(self._arrived) > _LEVELS_REMEMBERED:
            self._arrived.popitem(last=False)


async def _say(socket: ClientConnection, message: dict[str, Any]) -> None:
    await socket.send(orjson.dumps(message).decode())
