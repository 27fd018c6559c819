"""How often the token endpoints answer one client at one address: token buckets of this process.

(How often they answer an address at all is for `api.door_rates`.) Those who prove themselves and those who fail are
counted apart, so that a till with an old secret cannot keep a colleague behind the same router from its token.
Guessing 256 bits needs no lock-out; this only bounds the work.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

_MOST_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and then so many a second."""

    burst: int
    a_second: float


SUCCESSES = Rate(60, 1)
FAILURES = Rate(10, 1 / 6)


class Buckets:
    """One bucket for each key; the ones that were not asked for the longest time make room."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._left: dict[tuple[str, ...], tuple[float, datetime]] = {}

    def take(self, key: tuple[str, ...], now: datetime) -> int:
        """Take one; return 0, or after how many seconds there will be one again."""
        left, since = self._left.pop(key, (float(self._rate.burst), now))
        left = min(left + max((now - since) / timedelta(seconds=1), 0) * self._rate.a_second, self._rate.burst)
        wait = 0 if left >= 1 else max(ceil((1 - left) / self._rate.a_second), 1)
        while len(self._left) >= _MOST_REMEMBERED:
            del self._left[next(iter(self._left))]
        self._left[key] = (left if wait else left - 1, now)
        return wait
