"""Slowing down whoever guesses passwords, without locking out whoever owns them.

Failures are counted for a login *from an address*: after five, each further try from there waits
twice as long, up to 15 minutes; the owner, at another address, notices nothing. One address may
also hold only a few places in the queue for hashing, so that a flood from one does not starve the
others. Counted in this process only; unknown logins are counted like known ones.
"""

import ipaddress
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import HTTPConnection

FREE_FAILURES = 5
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)
PLACES_PER_ADDRESS = 8
_MOST_REMEMBERED = 20_000


class TooManyAttemptsError(Exception):
    """Try again later; nothing was checked."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


@dataclass(slots=True)
class _Failures:
    count: int
    last_at: datetime
    wait_until: datetime


class SignInAttempts:
    def __init__(self) -> None:
        self._failures: dict[tuple[str, str], _Failures] = {}
        self._places: Counter[str] = Counter()

    @contextmanager
    def attempt(self, login: str, address: str, now: datetime) -> Iterator[None]:
        """Take one try; it counts as a failure until `succeeded`, so that a salvo gains nothing."""
        if self._places[address] >= PLACES_PER_ADDRESS:
            raise TooManyAttemptsError(timedelta(seconds=1))
        self._count(login, address, now)
        self._places[address] += 1
        try:
            yield
        finally:
            self._places[address] -= 1
            if not self._places[address]:
                del self._places[address]

    def succeeded(self, login: str, address: str) -> None:
        """Forget the failures: the right password was given."""
        self._failures.pop((login, address), None)

    def _count(self, login: str, address: str, now: datetime) -> None:
        past = self._failures.pop((login, address), None)
        if past is None or now - past.last_at >= FORGOTTEN_AFTER:
            past = _Failures(0, now, now)
        if now < past.wait_until:
            self._failures[login, address] = past
            raise TooManyAttemptsError(past.wait_until - now)
        count = past.count + 1
        while len(self._failures) >= _MOST_REMEMBERED:
            del self._failures[next(iter(self._failures))]
        self._failures[login, address] = _Failures(count, now, now + wait_after(count))


def wait_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row: 0, then 1 s, 2 s, 4 s ... 15 min."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - FREE_FAILURES, 20)), LONGEST_WAIT)


def address_of(connection: HTTPConnection) -> str:
    """Return who is asking, as one household: an IPv4 address, or the /64 of an IPv6 address."""
    host = connection.client.host if connection.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
