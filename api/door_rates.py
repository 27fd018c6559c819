"""How much one client may ask for in a while: buckets that fill again by themselves.

A bucket holds `capacity` and gets `rate` back each second. Counted in this process only, and only for clients that
have taken something lately: with several processes a client gets so much of each.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from math import ceil
from time import monotonic
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from starlette.requests import HTTPConnection

from api.admission import NotAdmitted
from api.door_address import household
from retail.access.actor import ActorKind

MOST_REMEMBERED = 20_000


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
    """One bucket for each key; whoever is not known has a full one."""

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self._left: dict[object, tuple[float, float]] = {}

    def __len__(self) -> int:
        return len(self._left)

    def left(self, key: object) -> float:
        """Return what is in a bucket now."""
        held = self._left.get(key)
        if held is None:
            return self.rate.capacity
        return min(self.rate.capacity, held[0] + (monotonic() - held[1]) * self.rate.restored)

    def take(self, key: object, amount: float) -> float:
        """Take so much (giving back: less than nothing) and return what is left; it may be less than nothing."""
        left = min(self.left(key) - amount, self.rate.capacity)
        self._left.pop(key, None)
        if len(self._left) >= MOST_REMEMBERED:
            del self._left[next(iter(self._left))]
        self._left[key] = left, monotonic()
        return left

    def require(self, key: object, amount: float) -> float:
        """Take so much and return what is left, or take nothing and raise `RateLimited`."""
        left = self.left(key)
        # What never fits is let through by a full bucket: another limit says how large one request may be.
        if left < min(amount, self.rate.capacity):
            raise RateLimited((min(amount, self.rate.capacity) - left) / self.rate.restored)
        return self.take(key, amount)


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of one process, by who asks."""

    sign_in: Rate
    token: Rate
    anonymous: Rate
    person: Rate
    channel: Rate


class Charge(NamedTuple):
    """What an operation has taken out of its client's bucket."""

    buckets: Buckets
    client: UUID
    cost: int


class Meter:
    """Charges each operation to its client by what it costs (schema/kernel/limits.py)."""

    def __init__(self, rates: Rates) -> None:
        self._buckets = {ActorKind.PERSON: Buckets(rates.person), ActorKind.CHANNEL: Buckets(rates.channel)}

    @staticmethod
    def client_of(context: Any) -> UUID:
        """Return whose bucket an operation is charged to."""
        client: UUID = context.actor.id
        return client

    def charge(self, context: Any, cost: int) -> Charge:
        """Take what an operation is expected to cost; raise `RateLimited` when the client has not so much left."""
        actor = context.actor
        buckets = self._buckets[actor.kind]
        try:
            buckets.require(actor.id, cost)
        except RateLimited as limited:
            status = _status(buckets.rate, buckets.left(actor.id))
            limited.cost = {"requestedQueryCost": cost, "actualQueryCost": None, "throttleStatus": status}
            raise
        return Charge(buckets, actor.id, cost)

    def settle(self, charge: Charge, actual: int) -> dict[str, object]:
        """Give back what was not needed (or take what was needed more), and tell the client how it stands."""
        left = charge.buckets.take(charge.client, actual - charge.cost)
        status = _status(charge.buckets.rate, left)
        return {"requestedQueryCost": charge.cost, "actualQueryCost": actual, "throttleStatus": status}


def _status(rate: Rate, left: float) -> dict[str, int]:
    return {
        "maximumAvailable": int(rate.capacity),
        "currentlyAvailable": max(int(left), 0),
        "restoreRate": int(rate.restored),
    }


class Asking(Protocol):
    """Says who is asking; see `api.graphql_desk.MakeContext`."""

    def __call__(self, connection: HTTPConnection, payload: dict[str, object] | None) -> Awaitable[Any]: ...


class StrangersCounted:
    """Lets an address fail to say who it is so often and not oftener; whoever was known before is not asked to wait.

    A till behind the same router as somebody who guesses goes on selling.
    """

    def __init__(self, asking: Asking, rate: Rate) -> None:
        self._asking = asking
        self._failures = Buckets(rate)
        self._known: dict[int, None] = {}

    async def __call__(self, connection: HTTPConnection, payload: dict[str, object] | None) -> Any:
        proof = hash(_proof(connection, payload))
        host = connection.client.host if connection.client else ""
        if len(self._failures) and proof not in self._known:
            left = self._failures.left(household(host))
            if left < 1:
                raise RateLimited((1 - left) / self._failures.rate.restored)
        try:
            context = await self._asking(connection, payload)
        except NotAdmitted:
            self._note_failure(proof, host)
            raise
        if context is None:
            self._note_failure(proof, host)
        elif proof not in self._known:
            if len(self._known) >= MOST_REMEMBERED:
                del self._known[next(iter(self._known))]
            self._known[proof] = None
        return context

    def _note_failure(self, proof: int, host: str) -> None:
        self._failures.take(household(host), 1)
        self._known.pop(proof, None)


def _proof(connection: HTTPConnection, payload: dict[str, object] | None) -> str | None:
    bearer = payload.get("authorization") if payload else None
    if isinstance(bearer, str):
        return bearer
    return connection.headers.get("authorization") or connection.headers.get("cookie")
