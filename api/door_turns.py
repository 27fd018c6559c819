"""What one client's operations may take of what all clients share: connections, and the time of the event loop.

The connections of a process are everybody's, and a lock that one person's requests queue for holds whoever comes
after them too. So of one person's operations some run and the others wait for them. A channel's do not wait: its
sales are written many at a time.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from retail.access.actor import ActorKind

AT_ONCE = 4
"""Half of the connections that a process has beside the lanes of the hot path, as it is set up by default."""


class Turns:
    """Lets one person have so much done at the same time."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._lines: WeakValueDictionary[UUID, asyncio.Semaphore] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._lines)

    @asynccontextmanager
    async def turn(self, context: Any) -> AsyncIterator[None]:
        """Wait for one's turn, and have it."""
        actor = context.actor
        if actor.kind is not ActorKind.PERSON:
            yield
            return
        line = self._lines.get(actor.id)
        if line is None:
            line = self._lines[actor.id] = asyncio.Semaphore(self._at_once)
        async with line:
            yield


def items_in(value: object) -> int:
    """Return how many items the lists hold that come with an operation, also those within others."""
    if isinstance(value, dict):
        return sum(items_in(each) for each in value.values())
    return len(value) + sum(items_in(each) for each in value) if isinstance(value, list) else 0
