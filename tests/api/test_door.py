"""Knocking at the real program's door in every rude way."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import door_wire
from api.door import Door, Rules, rules_of
from api.settings import Settings
from tests.support.postgres import TestingPostgres
from tests.support.server import ServerProcess

JSON = {"content-type": "application/json", "x-trueshelf": "1"}
LIMIT = 64 * 1024


@pytest.fixture(scope="module")
def server(postgres: TestingPostgres) -> Iterator[ServerProcess]:
    with (
        postgres.database(postgres.migrated()) as url,
        ServerProcess(
            url, TRUESHELF_PUBLIC_URL="http://stock.example:81", TRUESHELF_MAX_BODY_BYTES=str(LIMIT)
        ) as running,
    ):
        yield running


@pytest.fixture
async def http(server: ServerProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        yield client


def knock(server: ServerProcess, words: bytes, patience: float = 5) -> bytes:
    """Send raw bytes and return everything that is answered until the other side hangs up."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=patience) as wire:
        wire.sendall(words)
        heard = b""
        while True:
            try:
                more = wire.recv(65536)
            except (TimeoutError, ConnectionResetError):
                return heard
            if not more:
                return heard
            heard += more


def head(path: str = "/healthz", *lines: str, method: str = "GET", host: str | None = "127.0.0.1") -> bytes:
    first = [f"{method} {path} HTTP/1.1", *([] if host is None else [f"Host: {host}"]), "Connection: close"]
    return "\r\n".join([*first, *lines, "", ""]).encode()


# ------------------------------------------------------------ who is asked for


@pytest.mark.parametrize("host", ["evil.example", "stock.example", "stock.example:81.evil.example", ""])
async def test_asked_for_by_another_name_it_does_not_answer(http: httpx.AsyncClient, host: str) -> None:
    answer = await http.get("/auth/me", headers={"Host": host})

    assert answer.status_code == 421
    assert answer.json()["code"] == "UNKNOWN_HOST"
    assert answer.json()["requestId"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("host", ["stock.example:81", "STOCK.example:81", "localhost:{port}", "127.0.0.1:{port}"])
async def test_it_answers_to_its_own_names(http: httpx.AsyncClient, server: ServerProcess, host: str) -> None:
    answer = await http.get("/auth/me", headers={"Host": host.format(port=server.port)})

    assert answer.status_code == 401


def test_two_hosts_are_none(server: ServerProcess) -> None:
    assert b" 421 " in knock(server, head("/auth/me", "Host: stock.example:81", host="stock.example:81"))
    assert b" 421 " in knock(server, head("/auth/me", host=None))


def test_a_watchdog_may_call_it_by_its_number(server: ServerProcess) -> None:
    assert b" 200 " in knock(server, head("/healthz", host="10.1.2.3"))


def test_a_socket_by_another_name_is_not_opened(server: ServerProcess) -> None:
    words = head(
        "/graphql",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        host="evil.example",
    )

    assert b" 403 " in knock(server, words.replace(b"Connection: close\r\n", b""))


# ------------------------------------------------------------ methods, addresses, heads


@pytest.mark.parametrize("method", ["TRACE", "PUT", "LINK", "PROPFIND"])
def test_only_known_methods(server: ServerProcess, method: str) -> None:
    answer = knock(server, head("/auth/me", method=method, host="stock.example:81"))

    assert b" 405 " in answer
    assert b"METHOD_NOT_ALLOWED" in answer


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%5c..%5cpyproject.toml",
        "/assets/%2e%2e/%2e%2e/serve.py",
        "//etc/passwd",
        "/%00",
        "/assets/%ff%fe",
    ],
)
def test_no_path_leads_out_of_the_web_app(server: ServerProcess, path: str) -> None:
    answer = knock(server, head(path, "Accept: */*", host="stock.example:81"))

    assert answer.split(b" ", 2)[1] in {b"404", b"400"}
    assert b"root:" not in answer
    assert b"[project]" not in answer
    assert b"import" not in answer


def test_a_head_without_an_end_is_cut_off(server: ServerProcess) -> None:
    endless = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"a" * 200_000

    assert b" 431 " in knock(server, endless)


def test_too_many_headers_are_too_many(server: ServerProcess) -> None:
    lines = [f"X-Number-{n}: {n}" for n in range(150)]

    assert b" 431 " in knock(server, head("/auth/me", *lines, host="stock.example:81"))


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[int]:
    """Serve in this process, so that nobody waits ten seconds: the protocol class is the real one, on a real socket."""
    config = uvicorn.Config(app, port=0, http="api.door_wire:BoundedHead", log_level="error", lifespan="off")
    running = uvicorn.Server(config)
    task = asyncio.create_task(running.serve())
    while not running.started:  # noqa: ASYNC110 -- uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield running.servers[0].sockets[0].getsockname()[1]
    finally:
        running.should_exit = running.force_exit = True
        await task


async def told(port: int, *pieces: bytes) -> tuple[bytes, float]:
    """Return what is answered to some bytes that come piece by piece, and when the other side hung up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.monotonic()
    for piece in pieces:
        writer.write(piece)
        await asyncio.sleep(0.05)
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    return answer, time.monotonic() - began


async def test_who_begins_and_never_ends_is_shown_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door_wire, "HEAD_SECONDS", 0.3)
    async with served(Starlette()) as port:
        silent, after_silence = await told(port)
        slow, after_slow = await told(port, b"GET / HTTP/1.1\r\n", b"Host: x\r\n", b"X-One: ", b"1\r\n")
        whole, _ = await told(port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert (silent, after_silence < 2) == (b"", True)
    assert (b" 408 " in slow, after_slow < 2) == (True, True)
    assert b" 404 " in whole


async def test_nobody_listens_for_ever_to_a_body_whose_request_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door_wire, "LEFTOVER_SECONDS", 0.4)
    begun = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
    async with served(Starlette()) as port:
        dripping, after = await told(port, begun % 1000, *[b"a"] * 6)
        both, _ = await told(port, begun % 2, b"a", b"a", (begun % 0).replace(b"Host", b"Connection: close\r\nHost"))

    assert (dripping.count(b" 404 "), after < 2) == (1, True)
    assert both.count(b" 404 ") == 2, "a body that does come to its end costs nobody the connection"


async def test_an_answer_that_nobody_takes_is_not_offered_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door_wire, "TAKING_SECONDS", 0.4)
    gone = asyncio.Event()

    async def long_answer(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(400):
            await send({"type": "http.response.body", "body": b"a" * 65_536, "more_body": True})
        gone.set()

    async with served(long_answer) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")

        async with asyncio.timeout(5):
            await gone.wait()  # whoever is cut off lets the answer run into nothing
        writer.close()


# ------------------------------------------------------------ bodies


async def chunks(size: int, count: int, pause: float = 0) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"a" * size
        await asyncio.sleep(pause)


@pytest.mark.parametrize("path", ["/graphql", "/auth/sign-in", "/auth/token"])
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_is_bounded_everywhere(http: httpx.AsyncClient, path: str, chunked: bool) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    headers = {**(form if path == "/auth/token" else JSON), "Host": "stock.example:81"}

    content = chunks(8 * 1024, 10) if chunked else b"a" * 10 * 8 * 1024
    answer = await http.post(path, content=content, headers=headers)

    if chunked and path == "/graphql":
        assert answer.status_code == 401, "whoever may not ask is not listened to at all"
    else:
        assert answer.status_code == 413
        assert "BODY_TOO_LARGE" in answer.text


@pytest.mark.parametrize("bearer", ["", "Authorization: Bearer nobodys\r\n"])
def test_a_strangers_question_is_not_waited_for(server: ServerProcess, bearer: str) -> None:
    begun = (
        f"POST /graphql HTTP/1.1\r\nHost: stock.example:81\r\n{bearer}"
        "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n"
    )

    assert b" 401 " in knock(server, begun.encode(), patience=2)


async def test_a_body_that_drips_is_not_waited_for() -> None:
    """Through the door alone: thirty seconds in the real program, a blink here."""
    rates = rules_of(Settings()).rates

    async def reads(scope: Scope, receive: Receive, send: Send) -> None:
        body = await Request(scope, receive).body()
        await PlainTextResponse(str(len(body)))(scope, receive, send)

    async def drip() -> Message:
        await asyncio.sleep(0.06)
        return {"type": "http.request", "body": b"a", "more_body": True}

    said: list[Message] = []

    async def send(message: Message) -> None:
        said.append(message)

    door = Door(reads, Rules("http://x", rates, body_seconds=0.2))
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/auth/sign-in",
        "raw_path": b"/auth/sign-in",
        "query_string": b"",
        "headers": [],
        "client": ("10.0.0.1", 1),
    }
    await door(scope, drip, send)

    assert said[0]["status"] == 408
    assert (b"connection", b"close") in said[0]["headers"]


@pytest.mark.parametrize("bomb", [b"[" * 30_000 + b"]" * 30_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000])
@pytest.mark.parametrize("path", ["/graphql", "/auth/sign-in"])
async def test_brackets_within_brackets_do_no_harm(http: httpx.AsyncClient, path: str, bomb: bytes) -> None:
    bomb = bomb if path == "/graphql" else bomb[:4000] + bomb[-4000:]

    answer = await http.post(path, content=bomb, headers={**JSON, "Host": "stock.example:81"})

    assert answer.status_code in {400, 401}


async def test_many_who_drip_at_once_keep_nobody_else_out(server: ServerProcess, http: httpx.AsyncClient) -> None:
    begun = b"POST /auth/sign-in HTTP/1.1\r\nHost: stock.example:81\r\nContent-Length: 100\r\n\r\na"
    dripping = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(100)]
    for _, writer in dripping:
        writer.write(begun)

    answer = await http.get("/healthz")

    for _, writer in dripping:
        writer.close()
    assert answer.status_code == 200
