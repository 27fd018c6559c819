"""A push service as browsers have one, and a browser behind it: takes what is sent, and opens it as only it can."""

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import http_ece
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True)
class Browser:
    """What a browser keeps to itself, and what it tells the application."""

    name: str
    url: str
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = b"sixteen secrets!"

    @property
    def endpoint(self) -> str:
        return f"{self.url}/send/{self.name}"

    @property
    def subscription(self) -> dict[str, str]:
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "p256dh": base64url(point), "auth": base64url(self.secret)}

    def open(self, sealed: bytes) -> bytes:
        """What a message says to this browser; to every other it says nothing."""
        opened: bytes = http_ece.decrypt(sealed, private_key=self.private, auth_secret=self.secret, version="aes128gcm")
        return opened


@dataclass
class Message:
    """What came for a browser."""

    headers: Mapping[str, str]
    body: bytes


class PushService:
    """The service; `answers` says what a browser's messages are answered with (201 else)."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: dict[str, list[int]] = {}
        self.came: dict[str, list[Message]] = {}
        self._heard = asyncio.Event()

    def browser(self, name: str) -> Browser:
        return Browser(name, self.url)

    async def next(self, name: str, patience: float = 10) -> Message:
        """The newest message for a browser, once there is one."""
        async with asyncio.timeout(patience):
            while not self.came.get(name):
                self._heard.clear()
                await self._heard.wait()
        return self.came[name][-1]

    async def take(self, request: Request) -> Response:
        name = request.path_params["name"]
        self.came.setdefault(name, []).append(Message(dict(request.headers), await request.body()))
        self._heard.set()
        answers = self.answers.get(name) or [201]
        return Response(status_code=answers.pop(0) if len(answers) > 1 else answers[0])


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    """Run one on a port of its own."""
    service = PushService()
    app = Starlette(routes=[Route("/send/{name}", service.take, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 -- uvicorn has no event for it
        await asyncio.sleep(0.01)
    service.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield service
    finally:
        server.should_exit = True
        await running
