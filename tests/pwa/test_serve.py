import os
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message

from pwa.serve import static_app

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    built = tmp_path / "dist"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<!doctype html><title>Trueshelf</title>")
    (built / "sw.js").write_text("self")
    (built / "app.webmanifest").write_text("{}")
    script = built / "assets" / "main-4f2a.js"
    script.write_text("let plain")
    script.with_name("main-4f2a.js.br").write_bytes(b"brotli")
    script.with_name("main-4f2a.js.gz").write_bytes(b"gzip")
    (built / "assets" / "reader-77aa.wasm").write_bytes(b"\0asm")
    (tmp_path / "secret.txt").write_text("not ours to show")
    return built


def client(app: ASGIApp) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=[Route("/healthz", well), Mount("/", app)]))
    return httpx.AsyncClient(transport=transport, base_url="http://shop", headers={"Accept-Encoding": "identity"})


async def well(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("well")


@pytest.fixture
def shop(dist: Path) -> httpx.AsyncClient:
    return client(static_app(dist))


async def packed(shop: httpx.AsyncClient, path: str, accepting: str) -> tuple[httpx.Headers, bytes]:
    """Ask without letting the client undo the encoding."""
    async with shop.stream("GET", path, headers={"Accept-Encoding": accepting}) as response:
        return response.headers, b"".join([chunk async for chunk in response.aiter_raw()])


async def test_a_hashed_file_is_kept_for_ever_and_the_shell_is_asked_for_again(shop: httpx.AsyncClient) -> None:
    assert "immutable" in (await shop.get("/assets/main-4f2a.js")).headers["cache-control"]
    for shell in ("/", "/index.html", "/sw.js", "/app.webmanifest"):
        assert (await shop.get(shell, headers=BROWSER)).headers["cache-control"] == "no-cache"


async def test_a_phone_gets_the_smallest_copy_that_it_can_read(shop: httpx.AsyncClient) -> None:
    path = "/assets/main-4f2a.js"

    best, content = await packed(shop, path, "gzip, deflate, br")
    assert (best["content-encoding"], content) == ("br", b"brotli")
    assert best["content-type"] == "text/javascript; charset=utf-8"
    assert best["vary"] == "Accept-Encoding"

    older, content = await packed(shop, path, "gzip, br;q=0")
    assert (older["content-encoding"], content) == ("gzip", b"gzip")

    plain, content = await packed(shop, path, "identity")
    assert "content-encoding" not in plain
    assert content == b"let plain"


async def test_a_packed_copy_older_than_its_file_is_not_served(shop: httpx.AsyncClient, dist: Path) -> None:
    script = dist / "assets" / "main-4f2a.js"
    for packed in script.parent.glob("main-4f2a.js.*"):
        stamp = script.stat().st_mtime_ns - 10**9
        os.utime(packed, ns=(stamp, stamp))

    assert (await shop.get("/assets/main-4f2a.js")).text == "let plain"


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/assets/reader-77aa.wasm", "application/wasm"),
        ("/app.webmanifest", "application/manifest+json"),
        ("/", "text/html; charset=utf-8"),
    ],
)
async def test_every_kind_of_file_says_what_it_is(shop: httpx.AsyncClient, path: str, media_type: str) -> None:
    assert (await shop.get(path, headers=BROWSER)).headers["content-type"] == media_type


async def test_an_address_of_the_app_opens_the_app(shop: httpx.AsyncClient) -> None:
    page = await shop.get("/manager/stores/0190-aa", headers=BROWSER)

    assert page.status_code == 200
    assert "Trueshelf" in page.text


@pytest.mark.parametrize("path", ["/graphql", "/auth/sign-in", "/auth", "/metrics", "/readyz"])
async def test_an_address_of_another_part_of_the_server_never_opens_the_app(shop: httpx.AsyncClient, path: str) -> None:
    assert (await shop.get(path, headers=BROWSER)).status_code == 404
    assert (await shop.get("/healthz", headers=BROWSER)).text == "well"


@pytest.mark.parametrize(
    "path",
    ["/assets/gone-1234.js", "/favicon.ico", "/assets/main-4f2a.js.br", "/.vite/manifest.json", "/%00", "/assets"],
)
async def test_what_is_not_there_is_not_found(shop: httpx.AsyncClient, path: str) -> None:
    assert (await shop.get(path)).status_code == 404


@pytest.mark.parametrize("path", ["/../secret.txt", "/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "//secret.txt"])
async def test_nothing_outside_the_build_is_shown(shop: httpx.AsyncClient, path: str) -> None:
    assert "not ours" not in (await shop.get(path, headers=BROWSER)).text


async def test_a_link_out_of_the_build_leads_nowhere(shop: httpx.AsyncClient, dist: Path) -> None:
    (dist / "assets" / "link-9.txt").symlink_to(dist.parent / "secret.txt")

    assert (await shop.get("/assets/link-9.txt")).status_code == 404


async def test_whatever_asks_for_the_site_itself_sees_that_it_is_there(shop: httpx.AsyncClient) -> None:
    assert (await shop.get("/", headers={"Accept": "*/*"})).status_code == 200
    assert (await shop.head("/", headers={"Accept": "*/*"})).status_code == 200


async def test_a_script_asks_for_json_and_never_gets_a_page(shop: httpx.AsyncClient) -> None:
    assert (await shop.get("/home", headers={"Accept": "application/json"})).status_code == 404


async def test_what_has_not_changed_is_not_sent_again(shop: httpx.AsyncClient) -> None:
    first = await shop.get("/sw.js")

    again = await shop.get("/sw.js", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


async def test_nobody_writes_to_the_app(shop: httpx.AsyncClient) -> None:
    assert (await shop.post("/home", headers=BROWSER)).status_code == 405
    assert (await shop.head("/sw.js")).status_code == 200


async def test_only_our_own_scripts_may_run(shop: httpx.AsyncClient) -> None:
    policy = (await shop.get("/", headers=BROWSER)).headers["content-security-policy"]

    assert "script-src 'self';" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    assert (await shop.get("/sw.js")).headers["x-content-type-options"] == "nosniff"


async def test_web_assembly_runs_in_workers_alone(shop: httpx.AsyncClient) -> None:
    worker = (await shop.get("/assets/main-4f2a.js")).headers["content-security-policy"]

    assert "script-src 'self' 'wasm-unsafe-eval'" in worker
    assert "'unsafe-eval'" not in worker
    assert "sandbox" in (await shop.get("/assets/reader-77aa.wasm")).headers["content-security-policy"]


async def test_a_page_that_is_still_fresh_keeps_its_own_policy(shop: httpx.AsyncClient) -> None:
    page = await shop.get("/", headers=BROWSER)

    same = await shop.get("/", headers={**BROWSER, "If-None-Match": page.headers["etag"]})

    assert same.status_code == 304
    assert same.headers["content-security-policy"] == page.headers["content-security-policy"]


async def test_a_socket_to_a_page_is_closed(dist: Path) -> None:
    said: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        said.append(message)

    await static_app(dist)({"type": "websocket", "path": "/home", "headers": []}, receive, send)

    assert [message["type"] for message in said] == ["websocket.close"]


async def test_before_the_first_build_the_page_says_what_to_do(tmp_path: Path) -> None:
    shop = client(static_app(tmp_path / "dist"))

    page = await shop.get("/", headers=BROWSER)

    assert page.status_code == 503
    assert "npm run build" in page.text
    assert page.headers["cache-control"] == "no-store"


async def test_a_build_made_while_the_server_runs_is_served(tmp_path: Path) -> None:
    shop = client(static_app(tmp_path / "dist"))
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").write_text("fresh")

    assert (await shop.get("/", headers=BROWSER)).text == "fresh"
