"""The bus: tells every process that something has happened, over broadcaster (memory or Redis).

A message only wakes readers; a lost one costs a second, never data. broadcaster 0.3.1 loses a
subscriber when two first subscriptions race, grows without bound and does not reconnect, so each
process subscribes once at its start, publishes one message at a time (what comes meanwhile is the
same message), and opens a new connection when the old one breaks.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog
from broadcaster import Broadcast

from retail.kernel.events import CatalogueChanged, Event, StockMoved

log = structlog.get_logger(__name__)

CHANNEL = "trueshelf"
WORDS: dict[str, type[Event]] = {"stock": StockMoved, "catalogue": CatalogueChanged}
NAMES = {event: word for word, event in WORDS.items()}
RETRY_SECONDS = 1.0


class Bus:
    """One process's end of the bus; `hear` is called for every event, from here or elsewhere."""

    def __init__(self, url: str, hear: Callable[[Event], None]) -> None:
        self._url = url
        self._hear = hear
        self._pending: set[str] = set()
        self._due = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect, and keep connected; return when the first connection stands."""
        connected = asyncio.Event()
        self._task = asyncio.create_task(self._keep_connected(connected))
        with suppress(TimeoutError):
            await asyncio.wait_for(connected.wait(), 5)

    async def close(self) -> None:
        """Disconnect."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def announce(self, events: Sequence[Event]) -> None:
        """Let this process hear of events at once, and the others soon."""
        for event in events:
            self._hear(event)
            self._pending.add(NAMES[type(event)])
        self._due.set()

    async def _keep_connected(self, connected: asyncio.Event) -> None:
        while True:
            try:
                async with Broadcast(self._url) as broadcast, asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._listen(broadcast, connected))
                    tasks.create_task(self._publish(broadcast))
            except* Exception as broken:  # noqa: BLE001 -- whatever a backend raises, the bus comes back
                log.warning("bus broken, connecting again", reason=repr(broken.exceptions[0]))
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self, broadcast: Broadcast, connected: asyncio.Event) -> None:
        async with broadcast.subscribe(CHANNEL) as subscriber:
            connected.set()
            # Whatever was said while nobody listened: look at everything again.
            for kind in WORDS.values():
                self._hear(kind())
            async for message in subscriber:  # type: ignore[union-attr]  # broadcaster's __aiter__ is typed optional
                for word in (message.message if message else "").split():
                    self._hear(WORDS[word]())
        raise ConnectionError("the bus has ended")

    async def _publish(self, broadcast: Broadcast) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            words, self._pending = self._pending, set()
            if words and not self._url.startswith("memory:"):
                await broadcast.publish(CHANNEL, " ".join(sorted(words)))
