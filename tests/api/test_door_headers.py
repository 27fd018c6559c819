"""What every answer says to browsers: marked as a public scanner would, and nowhere left out."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.api.observatory import directives, grade, marks
from tests.support.postgres import TestingPostgres
from tests.support.server import ServerProcess

HOST = {"Host": "stock.example"}
PAGE = {**HOST, "Accept": "text/html"}
EVERYWHERE = ("x-content-type-options", "referrer-policy", "strict-transport-security", "x-request-id")


@pytest.fixture(scope="module")
def server(postgres: TestingPostgres) -> Iterator[ServerProcess]:
    """The program as it stands behind a company's own https proxy."""
    with (
        postgres.database(postgres.migrated()) as url,
        ServerProcess(url, TRUESHELF_PUBLIC_URL="https://stock.example") as running,
    ):
        yield running


@pytest.fixture
async def http(server: ServerProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url) as client:
        yield client


async def test_the_app_gets_the_best_mark_there_is(http: httpx.AsyncClient) -> None:
    page = await http.get("/", headers=PAGE)

    given = marks(page.headers, page.headers.get_list("set-cookie"), page.text)

    assert page.status_code == 200
    assert grade(given.score) == "A+", given
    assert given.score >= 120, given
    assert min(given.parts.values()) >= 0, given


@pytest.mark.parametrize(
    ("without", "cost"),
    [("content-security-policy", -25), ("strict-transport-security", -20), ("x-content-type-options", -5)],
)
async def test_the_marks_would_tell_if_a_header_were_missing(http: httpx.AsyncClient, without: str, cost: int) -> None:
    page = await http.get("/", headers=PAGE)
    worse = {name: value for name, value in page.headers.items() if name != without}

    assert min(marks(worse).parts.values()) <= cost


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/sw.js", 200),
        ("GET", "/nothing/here.png", 404),
        ("POST", "/", 405),
        ("PATCH", "/", 405),
        ("PATCH", "/photos/00000000-0000-7000-8000-000000000000", 401),
        ("GET", "/photos/00000000-0000-7000-8000-000000000000", 401),
        ("GET", "/photos/nothing", 404),
        ("GET", "/graphql", 405),
        ("POST", "/graphql", 415),
        ("GET", "/auth/me", 401),
        ("GET", "/auth/nothing", 404),
        ("POST", "/auth/sign-in", 400),
        ("POST", "/auth/token", 415),
        ("GET", "/.well-known/oauth-authorization-server", 200),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/" + "a" * 9000, 414),
    ],
)
async def test_no_answer_leaves_it_out(http: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    headers = PAGE if path == "/" else HOST
    if path == "/auth/sign-in":
        headers = {**HOST, "Content-Type": "application/json", "X-Trueshelf": "1", "Origin": "https://stock.example"}

    answer = await http.request(method, path, headers=headers)

    assert answer.status_code == status, answer.text
    assert [name for name in EVERYWHERE if name not in answer.headers] == []
    assert "server" not in answer.headers
    policy = directives(answer.headers["content-security-policy"])
    assert policy["default-src"] == {"'none'"}
    assert policy["frame-ancestors"] == {"'none'"}
    assert policy["base-uri"] == {"'none'"}


async def test_a_window_of_ours_is_held_by_nobody_else(http: httpx.AsyncClient) -> None:
    page = await http.get("/", headers=PAGE)

    assert page.headers["cross-origin-opener-policy"] == "same-origin"
    assert page.headers["cross-origin-embedder-policy"] == "require-corp"
    assert "camera=(self)" in page.headers["permissions-policy"]
    assert "geolocation=(self)" in page.headers["permissions-policy"]
    assert "microphone=(self)" in page.headers["permissions-policy"]
    assert "payment=()" in page.headers["permissions-policy"]


async def test_without_https_nobody_is_told_to_use_it(database_url: str) -> None:
    with ServerProcess(database_url) as plain:
        async with httpx.AsyncClient(base_url=plain.url) as http:
            told = await http.get("/", headers={"Accept": "text/html"})

    assert "strict-transport-security" not in told.headers


async def test_every_answer_has_a_name_of_its_own(http: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(http.get("/healthz", headers={"X-Request-Id": "chosen"}) for _ in range(20)))

    names = {answer.headers["x-request-id"] for answer in answers}
    assert len(names) == 20
    assert "chosen" not in names
