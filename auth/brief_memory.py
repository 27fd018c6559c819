"""Remembering an answer for a few seconds, in this process only.

An answer is never served longer than its time, so whatever another process revokes is revoked
here as soon. The oldest answers make room when there are too many.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

REVOCATION_DELAY = timedelta(seconds=3)
"""How long a revoked session, client or key may still be believed; the promise to people is 5 s."""


class BriefMemory(Generic[K, V]):
    def __init__(self, life: timedelta = REVOCATION_DELAY, most: int = 10_000) -> None:
        self._life = life
        self._most = most
        self._answers: dict[K, tuple[datetime, V]] = {}

    def recall(self, key: K, now: datetime) -> V | None:
        """Return a remembered answer that is young enough."""
        remembered = self._answers.get(key)
        if remembered is None or not remembered[0] <= now < remembered[0] + self._life:
            return None
        return remembered[1]

    def remember(self, key: K, value: V, asked_at: datetime) -> None:
        """Keep an answer, counted from when the question was asked, not when it was answered."""
        self._answers.pop(key, None)
        while len(self._answers) >= self._most:
            del self._answers[next(iter(self._answers))]
        self._answers[key] = (asked_at, value)

    def forget(self, matching: Callable[[K, V], bool]) -> None:
        """Drop every answer that matches."""
        self._answers = {key: kept for key, kept in self._answers.items() if not matching(key, kept[1])}
