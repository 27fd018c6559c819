"""The very outside: the head of a request comes in time and is not endless, or the connection is over.

uvicorn waits for ever for the first request of a connection, keeps whatever a head without an end brings, listens for
ever to a body whose request has been answered already, and for ever offers an answer that nobody takes. The rest of
the door sees none of this, so it must be held here.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

HEAD_SECONDS = 10.0
LEFTOVER_SECONDS = 10.0
"""How long the rest of a body may still come when its request has been answered."""
TAKING_SECONDS = 60.0
"""How long an answer may wait for its reader to take another piece of it."""
LONGEST_HEAD = 64 * 1024
MOST_CONNECTIONS = 10_000


class BoundedHead(HttpToolsProtocol):
    """uvicorn's protocol, with an end to its patience before a request has begun."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._in_head = True
        self._head_bytes = 0
        self._patience: asyncio.TimerHandle | None = None
        self._leftover: asyncio.TimerHandle | None = None
        self._offered: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
            return
        self._patience = self.loop.call_later(HEAD_SECONDS, self._give_up, 408)

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._patience, self._leftover, self._offered):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._in_head or self.transport.is_closing():
            return
        self._head_bytes += len(data)
        if self._head_bytes > LONGEST_HEAD:
            self._give_up(431)
        elif self._patience is None:
            self._patience = self.loop.call_later(HEAD_SECONDS, self._give_up, 408)

    def on_message_begin(self) -> None:
        self._in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        if self._patience is not None:
            self._calm()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete and self.cycle.more_body and not self.transport.is_closing():
            self._leftover = self.loop.call_later(LEFTOVER_SECONDS, self.transport.close)

    def on_message_complete(self) -> None:
        if self._leftover is not None:
            self._leftover.cancel()
            self._leftover = None
        super().on_message_complete()

    def pause_writing(self) -> None:
        self._offered = self.loop.call_later(TAKING_SECONDS, self.transport.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        if self._offered is not None:
            self._offered.cancel()
            self._offered = None
        super().resume_writing()

    def _calm(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self, status: int) -> None:
        """Say why, unless an answer is under way on this connection, and close it."""
        self._calm()
        if self.transport.is_closing():
            return
        cycle: RequestResponseCycle | None = self.cycle
        if self._head_bytes and (cycle is None or cycle.response_complete):
            self.transport.write(STATUS_LINE[status] + b"content-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()
