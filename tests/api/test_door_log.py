"""What the log may say: enough to find a fault, and no secret, whatever goes wrong."""

import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import structlog

from api.log import MASK, REQUEST, configure_log, mask, mask_event
from auth.routes import routes
from tests.support.postgres import TestingPostgres
from tests.support.server import ServerProcess

MARK = "Geheim7q"
JSON = {"x-trueshelf": "1", "content-type": "application/json"}


# ------------------------------------------------------------ masking


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {MARK}",
        f"authorization: Basic {MARK}",
        f"Cookie: trueshelf_session={MARK}; other=1",
        f"{{'cookie': 'trueshelf_session={MARK}'}}",
        f"Set-Cookie: __Host-trueshelf_session={MARK}; Path=/",
        f"password={MARK}",
        f"password='{MARK} with spaces'",
        f'{{"password": "{MARK}"}}',
        f'{{"new_password": "x", "client_secret": "{MARK}"}}',
        f"grant_type=client_credentials&client_secret={MARK}",
        f"refresh_token: {MARK}",
        f"postgresql://trueshelf:{MARK}@db/main",
        f"redis://:{MARK}@cache:6379/0",
        f"Bearer {MARK}.{MARK}",
        f"eyJhbGciOi.{MARK}.{MARK}",
        f"SignIn(login='li.na', password='{MARK}')",
        f"DETAIL:  Failing row contains (1, {MARK}).",
        f"trueshelf_device={MARK}",
        f"pin={MARK}",
        f"b'password={MARK}'",
    ],
)
def test_a_secret_in_a_text_is_left_out(text: str) -> None:
    assert MARK not in mask(text)
    assert MASK in mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "the token endpoint answered 429",
        "GET /auth/token took 3 ms",
        "a secret was rotated for client 42",
        "https://stock.example:8443/auth/me?next=/home",
        "File auth/tokens.py, line 12, in verify",
        "2026-11-22T00:50:00Z mapping=7",
        "shopping: 3 bags, spinning=4",
    ],
)
def test_the_rest_is_left_as_it_is(text: str) -> None:
    assert mask(text) == text


def test_every_depth_of_an_event_is_masked() -> None:
    event: dict[str, Any] = {
        "event": f"refused password={MARK}",
        "password": MARK,
        "headers": {"Cookie": MARK, "accept": "x"},
        "tried": [f"Bearer {MARK}{MARK}", {"client_secret": MARK}],
        "error": ValueError(f"secret={MARK}"),
        "raw": f"token={MARK}".encode(),
        "count": 3,
    }

    told = mask_event(None, "info", event)

    assert MARK not in str(told)
    assert (told["count"], told["headers"]["accept"]) == (3, "x")


@pytest.fixture
def own_log() -> Iterator[None]:
    """Forget afterwards how one test has set the log up: what it writes to is closed then."""
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("own_log")
def test_a_traceback_of_a_library_is_masked_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_log()
    logger, handler = logging.getLogger("somebody.elses"), logging.StreamHandler()
    logger.addHandler(handler)
    try:
        int(f"client_secret={MARK}")
    except ValueError:
        logger.exception("failed with %s", f"password={MARK}")
    logger.removeHandler(handler)

    said = capsys.readouterr().err
    assert MARK not in said
    assert "ValueError" in said
    assert MASK in said


@pytest.mark.usefixtures("own_log")
def test_every_line_of_a_request_carries_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    configure_log()
    before = REQUEST.set("the-request")
    structlog.get_logger("a story").warning("something")
    REQUEST.reset(before)

    assert "the-request" in capsys.readouterr().err


# ------------------------------------------------------------ the real program


def everything_secret() -> dict[str, str]:
    """A body with a marked secret in every field that any sign-in endpoint reads."""
    names = "login password current new code pin secret token client_secret client_assertion personId id name storeId"
    return {name: f"{MARK}-{name}" for name in names.split()}


async def drive(http: httpx.AsyncClient, note: dict[str, int]) -> None:
    """Every route of auth, with every method, with secrets in the address, the head and the body."""
    marked = {
        "authorization": f"Bearer {MARK}-bearer",
        "cookie": f"trueshelf_session={MARK}-session; trueshelf_device={MARK}-device; trueshelf_step={MARK}-step",
    }
    for route in routes:
        path = route.path.replace("{provider}", "x").replace("{way}", "x").replace("{id}", "x")
        for method in sorted(route.methods or ()):
            for body in ({"json": everything_secret()}, {"data": everything_secret()}, {"content": f'{{"a": "{MARK}'}):
                for head in ({}, marked):
                    sent = {**head, "x-trueshelf": "1"}
                    answer = await http.request(method, path, params={"code": f"{MARK}-code"}, headers=sent, **body)
                    note[path] = max(note.get(path, 0), answer.status_code)


async def test_no_route_of_auth_writes_a_secret_down(database_url: str, postgres: TestingPostgres) -> None:
    statuses: dict[str, int] = {}
    with ServerProcess(database_url, TRUESHELF_SIGN_INS_PER_MINUTE="100000") as server:
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as http:
            await drive(http, statuses)
            # And with the ground pulled away under it: every look-up fails, with a traceback.
            for table in ("staff_session", "local_account", "channel_client"):
                postgres.psql(f"alter table {table} rename to {table}_elsewhere", database_url)
            await drive(http, statuses)
            masked = await http.post("/auth/sign-in", json={"login": "li.na", "password": MARK}, headers=JSON)
        log = server.log

    assert masked.status_code == 500
    assert masked.json()["requestId"] in log
    assert "Traceback" in log
    assert len(statuses) > 10
    assert [line[:600] for line in log.splitlines() if MARK.lower() in line.lower()] == []
