"""The bus: tells every process that something has happened, over broadcaster (memory or Redis).

A message only wakes readers; a lost one costs a second, never data. broadcaster 0.3.1 loses a
subscriber when two first subscriptions race, grows without bound and does not reconnect, so each
process subscribes once at its start, publishes one message at a time (what comes meanwhile is the
same message), and opens a new connection when the old one breaks. Its listener dies in silence, so
every process says something each second, and one that hears nothing for three has lost its ears.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog
from broadcaster import Broadcast

from retail.kernel.events import AccessChanged, CatalogueChanged, Event, StockMoved
from retail.people.events import SecurityAlarmRaised

log = structlog.get_logger(__name__)

CHANNEL = "trueshelf"
WORDS: dict[str, type[Event]] = {
    "access": AccessChanged,
    "alarm": SecurityAlarmRaised,
    "catalogue": CatalogueChanged,
    "stock": StockMoved,
}
NAMES = {event: word for word, event in WORDS.items()}
BEAT = "beat"
BEAT_SECONDS = 1.0
DEAF_SECONDS = 3.0
RETRY_SECONDS = 1.0


class Bus:
    """One process's end of the bus; `hear` is called for every event, from here or elsewhere."""

    def __init__(self, url: str, hear: Callable[[Event], None]) -> None:
        self._url = url
        self._in_memory = url.startswith("memory:")
        self._hear = hear
        self._pending: set[str] = set()
        self._due = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    async def open(self) -> None:
        """Connect, and keep connected; return when the first connection stands."""
        connected = asyncio.Event()
        self._task = asyncio.create_task(self._keep_connected(connected))
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                await connected.wait()

    async def close(self) -> None:
        """Disconnect."""
        self._closing = True
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
        # A connection that breaks while it is being cancelled tells of the break and not of the cancellation.
        while not self._closing:
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
            while True:
                async with asyncio.timeout(None if self._in_memory else DEAF_SECONDS):
                    message = await subscriber.get()
                for word in message.message.split():
                    if word in WORDS:
                        self._hear(WORDS[word]())

    async def _publish(self, broadcast: Broadcast) -> None:
        while True:
            # Not wait_for: in Python 3.11 it can swallow the cancellation that closes us.
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_SECONDS):
                    await self._due.wait()
            self._due.clear()
            words, self._pending = self._pending, set()
            if not self._in_memory:
                await broadcast.publish(CHANNEL, " ".join(sorted(words)) or BEAT)
