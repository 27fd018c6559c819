"""A channel's side of the API: its token, its requests, and patience with a server that is away.

A request is sent again, word for word, until the server has answered it: every mutation carries
its own request id, so however often it arrives it happens once. A server that is away or busy is
asked again after growing pauses.
"""

import asyncio
import base64
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson

from api.replay.wire import Answer, ConnectionLost, Wire

_PATIENCE = 30.0
_PAUSES = (0.05, 3.0)
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_PASSING = {"INTERNAL", "UNAVAILABLE"}
_PASSING_AT_MOST = 8
"""How often an error that may pass is believed to pass."""


class ChannelRefused(Exception):
    """The server will not talk to this channel, or not about this: asking again cannot help."""


class ServerAway(Exception):
    """The server could not be reached for as long as was agreed."""


@dataclass(slots=True)
class Mishaps:
    """What went wrong on the way and was mended."""

    lost_connections: int = 0
    busy_answers: int = 0
    errors: int = 0
    token_refreshes: int = 0


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    refresh_at: float


@dataclass(slots=True)
class Channel:
    """One client of the API, with a bounded number of connections.

    `patience` is for how many seconds an absent server is waited for; None: for ever.
    """

    base_url: str
    client_id: str
    secret: str
    connections: int = 8
    patience: float | None = None
    mishaps: Mishaps = field(default_factory=Mishaps)
    _free: asyncio.Semaphore = field(init=False)
    _idle: list[Wire] = field(init=False)
    _token: _Token | None = None
    _renewing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._free = asyncio.Semaphore(self.connections)
        self._idle = [Wire(self.base_url) for _ in range(self.connections)]

    async def ask(self, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Send a GraphQL request until it is answered; return `data`.

        Raises `ChannelRefused` for an answer that will not change, `ServerAway` when patience ends.
        """
        body = orjson.dumps({"query": document, "variables": variables})
        tries = 0
        async for _ in self._tries():
            answer = await self._send(body)
            if answer is None:
                continue
            told = orjson.loads(bytes(answer.body))
            if "errors" not in told:
                data: dict[str, Any] = told["data"]
                return data
            self.mishaps.errors += 1
            tries += 1
            codes = {str(error.get("extensions", {}).get("code")) for error in told["errors"]}
            if not codes <= _PASSING or tries > _PASSING_AT_MOST:
                raise ChannelRefused(f"{answer.status}: {told['errors'][:3]}")
        raise AssertionError("the tries ended without an answer or an exception")

    async def bearer(self) -> str:
        """Return the `Authorization` value of a token that is good for a while yet."""
        async with self._renewing:
            if self._token is None or time.monotonic() > self._token.refresh_at:
                self._token = await self._new_token()
            return f"Bearer {self._token.value}"

    def close(self) -> None:
        """Hang every idle connection up."""
        for wire in self._idle:
            wire.close()

    async def _send(self, body: bytes) -> Answer | None:
        """Send once; None if it has to be sent again."""
        bearer = await self.bearer()
        headers = {"content-type": "application/json", "accept": "application/json", "authorization": bearer}
        answer = await self._post("/graphql", headers, body)
        if answer is None:
            return None
        if answer.status == 401:  # noqa: PLR2004 -- HTTP: the token is not believed any more
            first_time = self._token is not None and bearer.endswith(self._token.value)
            self._token = None if first_time else self._token
            self.mishaps.errors += 1
            return None
        if answer.status in {200, 400}:
            return answer
        raise ChannelRefused(f"HTTP {answer.status}: {bytes(answer.body[:300])!r}")

    async def _post(self, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        """Post once; None if the server is away or busy."""
        async with self._wire() as wire:
            try:
                answer = await wire.post(path, headers, body, _PATIENCE)
            except ConnectionLost:
                self.mishaps.lost_connections += 1
                return None
        if answer.status in _BUSY:
            self.mishaps.busy_answers += 1
            return None
        return answer

    @asynccontextmanager
    async def _wire(self) -> AsyncIterator[Wire]:
        """Lend a connection; a semaphore is fair, so nobody who asks again at once overtakes those who wait."""
        async with self._free:
            wire = self._idle.pop()
            try:
                yield wire
            finally:
                self._idle.append(wire)

    async def _tries(self) -> AsyncIterator[None]:
        began = time.monotonic()
        pause, longest = _PAUSES
        while True:
            yield
            if self.patience is not None and time.monotonic() - began > self.patience:
                raise ServerAway(f"{self.base_url} could not be reached for {self.patience:g} s.")
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 -- so that senders part
            pause = min(pause * 2, longest)

    async def _new_token(self) -> _Token:
        """Ask for a token with the client's credentials (RFC 6749, 4.4) until there is one."""
        pair = f"{quote(self.client_id, safe='')}:{quote(self.secret, safe='')}"
        basic = base64.b64encode(pair.encode()).decode()
        headers = {"authorization": f"Basic {basic}", "content-type": "application/x-www-form-urlencoded"}
        async for _ in self._tries():
            asked = time.monotonic()
            answer = await self._post("/auth/token", headers, b"grant_type=client_credentials")
            if answer is None:
                continue
            if answer.status != 200:  # noqa: PLR2004 -- HTTP
                raise ChannelRefused(f"No token: HTTP {answer.status}: {bytes(answer.body[:300])!r}")
            told = orjson.loads(bytes(answer.body))
            self.mishaps.token_refreshes += 1
            return _Token(told["access_token"], asked + 0.8 * float(told["expires_in"]))
        raise AssertionError("the tries ended without an answer or an exception")
