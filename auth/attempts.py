"""Slowing down whoever guesses, without locking out whoever owns what is guessed at.

A try is counted in buckets that every process shares, before anything is checked, so that a salvo
gains nothing. On a device that the owner has signed in on before (OWASP's device cookies), the
bucket is that device's alone. From everywhere else three count: this login from this address, this
address, and this login from all strange devices together, so that a thousand addresses guess no
faster than one. Each makes the next try wait twice as long, up to a bound, and none is ever closed.

Logins and addresses are kept only as keyed hashes, and only for an hour after the last failure.
Unknown logins are counted like known ones.
"""

import hmac
import ipaddress
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.requests import HTTPConnection

from auth.models import SignInAttempt
from retail.kernel.clock import Clock

FORGOTTEN_AFTER = timedelta(hours=1)
PLACES_PER_ADDRESS = 8
"""How many tries of one address may wait for hashing at once, so that a flood does not starve the others."""
SWEPT_EVERY = timedelta(minutes=1)
_SWEPT_AT_ONCE = 5_000


class TooManyAttemptsError(Exception):
    """Try again later; nothing was checked."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Patience:
    """How many failures in a row are free, and how long the wait that doubles from then on may become."""

    free: int
    longest: timedelta

    def wait_after(self, failures: int) -> timedelta:
        """Return how long to wait after so many failures in a row: 0, then 1 s, 2 s, 4 s ..."""
        if failures < self.free:
            return timedelta(0)
        return min(timedelta(seconds=2 ** min(failures - self.free, 20)), self.longest)


ONE_PLACE = Patience(5, timedelta(minutes=15))
"""One login from one address, or on one device of its owner."""
ADDRESS = Patience(60, timedelta(minutes=1))
"""A whole shop shares one, so it is slowed down late and little."""
STRANGERS = Patience(20, timedelta(minutes=5))
"""One login from all devices that its owner has never used: about 40 guesses in the first hour, then 12 an hour."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that is under way; it stays a failure unless `succeeded`."""

    attempts: "SignInAttempts"
    buckets: Sequence[tuple[bytes, Patience]]

    async def succeeded(self) -> None:
        """Forget the failures of this place, and take this try back everywhere else."""
        await self.attempts.forgive(self.buckets)


class SignInAttempts:
    """`secret` keys the hashes: whoever reads the table alone cannot try addresses out against it."""

    def __init__(self, database: async_sessionmaker[AsyncSession], clock: Clock, secret: bytes) -> None:
        self._database = database
        self._clock = clock
        self._secret = secret
        self._places: Counter[str] = Counter()
        self._swept_at: datetime | None = None

    @asynccontextmanager
    async def attempt(self, subject: str, address: str, device: bytes | None = None) -> AsyncIterator[Attempt]:
        """Take one try at a subject (such as a login); raise `TooManyAttemptsError` if it comes too soon.

        `device` names a device that the subject's owner has used before, from `KnownDevices`.
        """
        buckets = self._buckets(subject, address, device)
        with self.place(address):
            await self._count(buckets)
            yield Attempt(self, buckets)

    async def forgive(self, buckets: Sequence[tuple[bytes, Patience]]) -> None:
        """Take a try that is counted in some buckets back; the first, its own place, is emptied."""
        own, *shared = [key for key, _ in buckets]
        in_order = select(SignInAttempt.key).where(SignInAttempt.key.in_([own, *shared])).order_by(SignInAttempt.key)
        async with self._database.begin() as session:
            await session.execute(in_order.with_for_update())  # as `_count` locks them: nobody deadlocks
            await session.execute(delete(SignInAttempt).where(SignInAttempt.key == own))
            await session.execute(
                update(SignInAttempt)
                .where(SignInAttempt.key.in_(shared))
                .values(failures=func.greatest(SignInAttempt.failures - 1, 0), wait_until=self._clock())
            )

    def _buckets(self, subject: str, address: str, device: bytes | None) -> list[tuple[bytes, Patience]]:
        """Return the buckets of a try, the one of its own place first."""
        if device is not None:
            return [(self._key("device", subject, device.hex()), ONE_PLACE)]
        return [
            (self._key("place", subject, address), ONE_PLACE),
            (self._key("address", address), ADDRESS),
            (self._key("strangers", subject), STRANGERS),
        ]

    def _key(self, *parts: str) -> bytes:
        return hmac.new(self._secret, orjson.dumps(parts), sha256).digest()

    async def _count(self, buckets: Sequence[tuple[bytes, Patience]]) -> None:
        """Count one failure in every bucket, or in none if one of them says to wait."""
        now = self._clock()
        await self._sweep(now)
        patience = dict(buckets)
        async with self._database.begin() as session:
            counted = [_counted(row, patience[row.key], now) for row in await _locked(session, sorted(patience), now)]
            await session.execute(update(SignInAttempt), counted)

    async def _sweep(self, now: datetime) -> None:
        """Delete what is forgotten, once a minute in each process."""
        if self._swept_at is not None and now < self._swept_at + SWEPT_EVERY:
            return
        self._swept_at = now
        old = (
            select(SignInAttempt.key)
            .where(SignInAttempt.forgotten_at <= now)
            .limit(_SWEPT_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        async with self._database.begin() as session:
            await session.execute(delete(SignInAttempt).where(SignInAttempt.key.in_(old)))

    @contextmanager
    def place(self, address: str) -> Iterator[None]:
        """Hold one of the few places that an address has in the queue for hashing."""
        if self._places[address] >= PLACES_PER_ADDRESS:
            raise TooManyAttemptsError(timedelta(seconds=1))
        self._places[address] += 1
        try:
            yield
        finally:
            self._places[address] -= 1
            if not self._places[address]:
                del self._places[address]


async def _locked(session: AsyncSession, keys: Sequence[bytes], now: datetime) -> Sequence[Any]:
    """Return the rows of some keys, made if need be, locked in the keys' order so that nobody deadlocks."""
    fresh = [{"key": key, "failures": 0, "wait_until": now, "forgotten_at": now} for key in keys]
    rows = await session.execute(
        insert(SignInAttempt)
        .values(fresh)
        .on_conflict_do_update(index_elements=[SignInAttempt.key], set_={"failures": SignInAttempt.failures})
        .returning(SignInAttempt.key, SignInAttempt.failures, SignInAttempt.wait_until, SignInAttempt.forgotten_at)
    )
    return rows.all()


def _counted(row: Any, patience: Patience, now: datetime) -> dict[str, object]:
    """Return a bucket with one failure more; raise if it says to wait."""
    failures, wait_until = (0, now) if row.forgotten_at <= now else (row.failures, row.wait_until)
    if now < wait_until:
        raise TooManyAttemptsError(wait_until - now)
    wait = patience.wait_after(failures + 1)
    return {
        "key": row.key,
        "failures": failures + 1,
        "wait_until": now + wait,
        "forgotten_at": now + FORGOTTEN_AFTER,
    }


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
