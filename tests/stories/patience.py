"""Waiting for what another program writes: the last answer is compared, so that a failure shows what it was."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tests.stories.device import PATIENCE_MS

ASK_EVERY = 0.1
T = TypeVar("T")


async def comes_to(ask: Callable[[], Awaitable[T]], wanted: T) -> None:
    """Ask until the answer is the wanted one; what it was at last fails the story."""
    until = time.monotonic() + PATIENCE_MS / 1000
    while (answer := await ask()) != wanted and time.monotonic() < until:  # noqa: ASYNC110 -- another program's state
        await asyncio.sleep(ASK_EVERY)
    assert answer == wanted, f"it was {answer} at last, not {wanted}"
