"""A client that speaks graphql-transport-ws, and the real web server for it to speak to."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError
from websockets.typing import Subprotocol

PROTOCOLS = [Subprotocol("graphql-transport-ws")]


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110  # what is waited for happens in the program, which has no event for it
            await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    config = uvicorn.Config(
        app, port=0, log_level="critical", lifespan="off", ws="websockets-sansio", ws_per_message_deflate=False
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # the test's own are kept
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    try:
        yield f"ws://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/graphql"
    finally:
        server.should_exit = True
        await task


class SocketClient:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def send(self, *messages: Any) -> None:
        for message in messages:
            await self._socket.send(message if isinstance(message, (str, bytes)) else json.dumps(message))

    async def receive(self) -> Any:
        async with asyncio.timeout(5):
            return json.loads(await self._socket.recv())

    async def subscribe(self, query: str, id: str = "1", **more: Any) -> None:
        await self.send({"type": "subscribe", "id": id, "payload": {"query": query, **more}})

    async def closed(self) -> int:
        """Read until the server closes; its code."""
        async with asyncio.timeout(5):
            with suppress(ConnectionClosedError):
                async for _ in self._socket:
                    pass
        assert self._socket.close_code is not None
        return self._socket.close_code


@asynccontextmanager
async def entering(url: str, payload: Any = None, **more: Any) -> AsyncIterator[SocketClient]:
    """A client that has sent its `connection_init`."""
    async with connect(url, subprotocols=PROTOCOLS, **more) as socket:
        client = SocketClient(socket)
        await client.send({"type": "connection_init", "payload": payload or {}})
        yield client


@asynccontextmanager
async def admitted(url: str, payload: Any = None, **more: Any) -> AsyncIterator[SocketClient]:
    async with entering(url, payload, **more) as client:
        assert await client.receive() == {"type": "connection_ack"}
        yield client
