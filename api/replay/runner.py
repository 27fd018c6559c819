"""Sending a source from where it stopped: several requests at once, in time order, at a pace.

The state on disk only ever says what is certainly answered, so the process may be killed at any
moment and started again.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from api.replay.sent import Sender
from api.replay.state import State, save
from api.replay.tally import Tally
from api.replay.watcher import Watcher

_SAVE_SECONDS = 1.0

Progress = Callable[[State], None]
"""Told now and then how far it has come."""


@dataclass(slots=True)
class Runner:
    """One run of a replay. `speed` is a multiple of real time, None for as fast as it goes."""

    sender: Sender
    state: State
    state_file: Path
    connections: int
    speed: float | None
    watcher: Watcher | None
    progress: Progress
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    _next: int = 0
    _answered: dict[int, Tally] = field(default_factory=dict)
    _began: float = 0.0
    _first_due: int = 0

    async def run(self) -> None:
        """Send everything that is left, or until `stop` is set; the state is saved at the end, too."""
        self._next = self.state.position
        if self._next >= self.sender.units:
            return
        self.state.runs += 1
        self._began, self._first_due = time.monotonic(), self.sender.due(self._next)
        before = self.state.seconds
        keeper = asyncio.create_task(self._keep(before))
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self.connections):
                    group.create_task(self._send_on())
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper
            self._save(before)

    async def _send_on(self) -> None:
        while self._next < self.sender.units and not self.stop.is_set():
            number = self._next
            self._next += 1
            await self._wait_until_due(number)
            if self.stop.is_set():
                return
            sent_at = time.monotonic()
            sent = await self.sender.send(number)
            if self.watcher is not None and sent.seen is not None and self.watcher.wants(sent.seen.store_id):
                self.watcher.expect(sent.seen, sent_at)
            self._answered[number] = sent.tally
            while (tally := self._answered.pop(self.state.position, None)) is not None:
                self.state.tally.add(tally)
                self.state.position += 1

    async def _wait_until_due(self, number: int) -> None:
        if self.speed is None:
            return
        due = self._began + (self.sender.due(number) - self._first_due) / self.speed
        patience = due - time.monotonic()
        if patience > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stop.wait(), patience)

    async def _keep(self, before: float) -> None:
        while True:
            await asyncio.sleep(_SAVE_SECONDS / 4)
            self.progress(self.state)
            await asyncio.sleep(_SAVE_SECONDS * 3 / 4)
            self.progress(self.state)
            self._save(before)

    def _save(self, before: float) -> None:
        self.state.seconds = before + time.monotonic() - self._began
        save(self.state_file, self.state)
