"""One HTTP/1.1 connection that is kept open: a POST at a time, its whole answer back.

A sender that measures a server must cost little itself; this costs about a tenth of a general
HTTP client. Whatever goes wrong on the way is a `ConnectionLost`, and nobody knows then whether
the server has done what it was asked.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httptools

ANSWER_AT_MOST = 64 * 1024 * 1024


class ConnectionLost(Exception):
    """The connection broke, or the answer did not come in time."""


@dataclass(slots=True)
class Answer:
    """What the server said; header names are in lower case."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)


class Wire(asyncio.Protocol):
    """A connection to the server of a URL; open it, post, close it."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"Not an http(s) address: {base_url!r}")
        self._host, self._secure = parts.hostname, parts.scheme == "https"
        self._port = parts.port or (443 if self._secure else 80)
        self._prefix = parts.path.rstrip("/")
        self._authority = parts.netloc.rpartition("@")[2]
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._answer = Answer()
        self._parser = httptools.HttpResponseParser(self)

    @property
    def is_open(self) -> bool:
        """Say whether the connection still stands, as far as is known."""
        return self._transport is not None and not self._transport.is_closing()

    async def open(self) -> None:
        """Connect; raises `ConnectionLost`."""
        context = ssl.create_default_context() if self._secure else None
        loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        try:
            await loop.create_connection(lambda: self, self._host, self._port, ssl=context)
        except OSError as error:
            raise ConnectionLost(str(error)) from error

    async def post(self, path: str, headers: Mapping[str, str], body: bytes, patience: float) -> Answer:
        """Send one request and return its answer; raises `ConnectionLost`."""
        if not self.is_open:
            await self.open()
        transport = self._transport
        if transport is None:
            raise ConnectionLost("closed at once")
        self._answer = Answer()
        self._waiting = asyncio.get_running_loop().create_future()
        lines = [f"POST {self._prefix}{path} HTTP/1.1", f"host: {self._authority}", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        transport.write("\r\n".join([*lines, "\r\n"]).encode("latin-1") + body)
        try:
            async with asyncio.timeout(patience):
                return await self._waiting
        except TimeoutError:
            raise ConnectionLost(f"no answer in {patience:g} s") from None
        finally:
            if not self._waiting.done() or self._waiting.cancelled() or self._waiting.exception() is not None:
                self.close()
            self._waiting = None

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 -- for the type checker: it is TCP
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._fail(f"closed by the server ({exc})" if exc else "closed by the server")

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(f"not HTTP: {error}")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._answer.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._answer.body += body
        if len(self._answer.body) > ANSWER_AT_MOST:
            self._fail("the answer is endless")

    def on_message_complete(self) -> None:
        self._answer.status = self._parser.get_status_code()
        if not self._parser.should_keep_alive() and self._transport is not None:
            self._transport.close()
            self._transport = None
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(self._answer)

    def _fail(self, reason: str) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionLost(reason))
