"""How much one client may ask for in a while: buckets that fill again by themselves.

A bucket holds `capacity` and gets `rate` back each second. Counted in this process only, and only for clients that
have taken something lately: with several processes a client gets so much of each.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from math import ceil
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

from starlette.requests import HTTPConnection

from api.door_address import household
from auth.identify import Identity
from retail.access.actor import ActorKind

MOST_REMEMBERED = 20_000
PRICE_OF_AN_ITEM = 10
"""Of each item of a list that comes with an operation: to write a line is more work than to read a value."""
FREE_SECONDS = 0.01
PRICE_OF_A_SECOND = 400_000
"""Of preparing a text that takes longer: by default a person has one at once, and a twentieth of one each second."""


class RateLimited(Exception):
    """Nothing was done; asked again after `wait` seconds, it may be."""

    code = "RATE_LIMITED"

    def __init__(self, wait: float, cost: dict[str, object] | None = None) -> None:
        super().__init__(wait)
        self.seconds = max(ceil(wait), 1)
        self.cost = cost

    @property
    def message(self) -> str:
        return f"Too many requests. Try again in {self.seconds} s."

    @property
    def message_zh(self) -> str:
        return f"请求过于频繁，请在 {self.seconds} 秒后再试。"


class Rate(NamedTuple):
    """How much a full bucket holds, and how much comes back each second."""

    capacity: float
    restored: float


class Buckets:
    """One bucket for each key, as what was left and when; whoever is not known has a full one."""

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self._held: dict[object, list[float]] = {}

    def __len__(self) -> int:
        return len(self._held)

    def left(self, key: object) -> float:
        """Return what is in a bucket now."""
        held = self._held.get(key)
        return self.rate.capacity if held is None else self._filled(held, monotonic())

    def take(self, key: object, amount: float) -> list[float]:
        """Take so much, though it may be more than there is; returns the bucket."""
        now = monotonic()
        held = self._held.get(key)
        if held is None:
            if len(self._held) >= MOST_REMEMBERED:
                del self._held[next(iter(self._held))]
            held = self._held[key] = [self.rate.capacity - amount, now]
            return held
        held[0] = self._filled(held, now) - amount
        held[1] = now
        return held

    def require(self, key: object, amount: float) -> list[float]:
        """Take so much and return the bucket, or take nothing and raise `RateLimited`."""
        held = self.take(key, amount)
        if held[0] >= 0:
            return held
        # What never fits is let through by a full bucket: another limit says how large one request may be.
        missing = min(amount, self.rate.capacity) - (held[0] + amount)
        if missing > 0:
            held[0] += amount
            raise RateLimited(missing / self.rate.restored)
        return held

    def _filled(self, held: list[float], now: float) -> float:
        return min(self.rate.capacity, held[0] + (now - held[1]) * self.rate.restored)


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of one process, by who asks."""

    sign_in: Rate
    token: Rate
    anonymous: Rate
    person: Rate
    channel: Rate


class Charge(NamedTuple):
    """What an operation has taken out of its client's bucket; what its items cost is not given back."""

    rate: Rate
    held: list[float]
    cost: int
    brought: int = 0


class Meter:
    """Charges each operation to its client by what it costs (schema/kernel/limits.py)."""

    def __init__(self, rates: Rates) -> None:
        self._people = Buckets(rates.person)
        self._channels = Buckets(rates.channel)

    @staticmethod
    def client_of(context: Any) -> UUID:
        """Return whose bucket an operation is charged to."""
        client: UUID = context.actor.id
        return client

    def charge(self, context: Any, cost: int, items: int = 0) -> Charge:
        """Take what an operation is expected to cost; raise `RateLimited` when the client has not so much left."""
        actor, brought = context.actor, items * PRICE_OF_AN_ITEM
        buckets = self._buckets_of(context)
        try:
            return Charge(buckets.rate, buckets.require(actor.id, cost + brought), cost, brought)
        except RateLimited as limited:
            status = _status(buckets.rate, buckets.left(actor.id))
            limited.cost = {"requestedQueryCost": cost + brought, "actualQueryCost": None, "throttleStatus": status}
            raise

    def settle(self, charge: Charge, actual: int) -> bytes:
        """Give back what was not needed (or take what was needed more), and tell the client in JSON how it stands."""
        rate, held, cost, brought = charge
        capacity = rate.capacity
        held[0] = left = min(held[0] + cost - actual, capacity)
        return _TOLD % (cost + brought, actual + brought, capacity, max(left, 0), rate.restored)

    def require_some(self, context: Any) -> None:
        """Raise `RateLimited` when a client has nothing left: then not even its text is looked at."""
        buckets = self._buckets_of(context)
        left = buckets.left(context.actor.id)
        if left < 1:
            status = _status(buckets.rate, left)
            told: dict[str, object] = {"requestedQueryCost": 1, "actualQueryCost": None, "throttleStatus": status}
            raise RateLimited((1 - left) / buckets.rate.restored, told)

    def take_preparing(self, context: Any, seconds: float) -> None:
        """Take what it has cost to prepare a text, whether it may run or not."""
        if seconds > FREE_SECONDS:
            self._buckets_of(context).take(context.actor.id, seconds * PRICE_OF_A_SECOND)

    def _buckets_of(self, context: Any) -> Buckets:
        return self._people if context.actor.kind is ActorKind.PERSON else self._channels


_TOLD = (
    b'{"requestedQueryCost":%d,"actualQueryCost":%d,"throttleStatus":'
    b'{"maximumAvailable":%d,"currentlyAvailable":%d,"restoreRate":%d}}'
)


def _status(rate: Rate, left: float) -> dict[str, int]:
    return {
        "maximumAvailable": int(rate.capacity),
        "currentlyAvailable": max(int(left), 0),
        "restoreRate": int(rate.restored),
    }


Identify = Callable[[HTTPConnection, str | None], Awaitable[Identity | None]]
"""Who shows a right to be here: by a bearer that is given, or by what the connection brings along."""


class StrangersCounted:
    """Lets an address fail to say who it is so often and not oftener; whoever was known before is not asked to wait.

    A till behind the same router as somebody who guesses goes on selling.
    """

    def __init__(self, identify: Identify, rate: Rate) -> None:
        self._identify = identify
        self._failures = Buckets(rate)
        self._known: dict[int, None] = {}

    async def __call__(self, connection: HTTPConnection, bearer: str | None) -> Identity | None:
        proof = hash(bearer or connection.headers.get("authorization") or connection.headers.get("cookie"))
        client = household(connection.client.host) if connection.client else ""
        if proof not in self._known:
            left = self._failures.left(client)
            if left < 1:
                raise RateLimited((1 - left) / self._failures.rate.restored)
        identity = await self._identify(connection, bearer)
        if identity is None:
            self._failures.take(client, 1)
            self._known.pop(proof, None)
        elif proof not in self._known:
            if len(self._known) >= MOST_REMEMBERED:
                del self._known[next(iter(self._known))]
            self._known[proof] = None
        return identity
