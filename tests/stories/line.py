"""The line between a phone and the server, which a story can cut, and which loses answers after the work is done.

A small proxy: it hands every request on unchanged, and WebSockets byte for byte. What it loses, it loses after the
server has answered, so the server has committed and the phone does not know.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import urlsplit

from tests.support.ports import free_port

END = b"\r\n\r\n"
LARGEST = 4 * 1024 * 1024


@dataclass
class Line:
    """`lost` counts the answers that were dropped; `newer` is what tomorrow's service worker has at its end."""

    server: str
    url: str = ""
    cut: bool = False
    loses: float = 0.0
    clock: timedelta = timedelta()
    lost: int = 0
    batches: int = 0
    newer: bytes = b""
    chance: random.Random = field(default_factory=lambda: random.Random(4))
    talking: set[asyncio.StreamWriter] = field(default_factory=set)

    def hang_up(self) -> None:
        """Cut the line, and everything that goes over it now."""
        self.cut = True
        for end in self.talking:
            end.transport.abort()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.talking.add(writer)
        try:
            if not self.cut:
                await self._carry(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self.talking.discard(writer)
            with suppress(OSError):
                writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(END)
        fields = _fields(head)
        there = urlsplit(self.server)
        to_server = await asyncio.open_connection(there.hostname, there.port, limit=LARGEST)
        self.talking.add(to_server[1])
        try:
            if "upgrade" in fields:
                to_server[1].write(head)
                await _both_ways((reader, writer), to_server)
                return
            body = await reader.readexactly(int(fields.get("content-length", "0")))
            to_server[1].write(_closing(head) + body)
            answer = await to_server[0].read(-1)
            if head.startswith(b"GET /sw.js"):
                answer = _longer(answer, self.newer)
            if b"mutation Outbox" in body:
                self.batches += 1
                if self.chance.random() < self.loses:
                    self.lost += 1
                    writer.transport.abort()
                    return
            if not self.cut:
                writer.write(self._told(answer))
                await writer.drain()
        finally:
            self.talking.discard(to_server[1])
            to_server[1].close()

    def _told(self, answer: bytes) -> bytes:
        """The answer, as at the time that this line keeps."""
        head, end, body = answer.partition(END)
        lines = head.split(b"\r\n")
        for at, line in enumerate(lines):
            if line.lower().startswith(b"date:") and self.clock:
                said = parsedate_to_datetime(line[5:].decode().strip()).astimezone(UTC) + self.clock
                lines[at] = b"date: " + format_datetime(said, usegmt=True).encode()
        return b"\r\n".join(lines) + end + body


def _fields(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if value}


def _longer(answer: bytes, more: bytes) -> bytes:
    head, _, body = answer.partition(END)
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"content-length:", b"etag:"))]
    return b"\r\n".join([*lines, b"content-length: %d" % len(body + more)]) + END + body + more


def _closing(head: bytes) -> bytes:
    """The same head, but the server closes when it has answered, and packs nothing: so the answer is plain."""
    dropped = (b"connection:", b"accept-encoding:")
    lines = [line for line in head.removesuffix(END).split(b"\r\n") if not line.lower().startswith(dropped)]
    return b"\r\n".join([*lines, b"connection: close"]) + END


Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _both_ways(one: Ends, other: Ends) -> None:
    async def flow(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await source.read(65536):
                sink.write(chunk)
                await sink.drain()
        with suppress(OSError):
            sink.close()

    await asyncio.gather(flow(one[0], other[1]), flow(other[0], one[1]))


@asynccontextmanager
async def line_to(server: str) -> AsyncIterator[Line]:
    """A line with a number of its own: the phone knows no other address."""
    port = free_port()
    line = Line(server, url=f"http://127.0.0.1:{port}")
    listening = await asyncio.start_server(line.handle, "127.0.0.1", port, limit=LARGEST)
    try:
        yield line
    finally:
        line.hang_up()
        listening.close()
