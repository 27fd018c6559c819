"""What every test may ask for. Nothing here is ever skipped: what is missing is installed, or the test fails."""

import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from typing import NoReturn

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.support import chromium
from tests.support.chain import chain, two_doors
from tests.support.postgres import TestingPostgres
from tests.support.redis import TestingRedis
from tests.support.server import ServerProcess

# The fixtures of a whole chain stand beside what they are made of.
__all__ = ["chain", "two_doors"]


def pytest_configure() -> None:
    """Let a run that is asked to end do so as with Ctrl-C: the servers that it has started end with it."""

    def interrupted(*_: object) -> NoReturn:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # who asks twice means it
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupted)


@pytest.fixture(scope="session")
def postgres() -> Iterator[TestingPostgres]:
    """The PostgreSQL server of this run."""
    with TestingPostgres() as server:
        yield server


@pytest.fixture
def empty_database_url(postgres: TestingPostgres) -> Iterator[str]:
    """A database with nothing in it."""
    with postgres.database() as url:
        yield url


@pytest.fixture
def database_url(postgres: TestingPostgres) -> Iterator[str]:
    """A migrated database for one test."""
    with postgres.database(postgres.migrated()) as url:
        yield url


@pytest.fixture(scope="module")
def module_database_url(postgres: TestingPostgres) -> Iterator[str]:
    """A migrated database that the tests of one file share."""
    with postgres.database(postgres.migrated()) as url:
        yield url


@pytest.fixture(scope="session")
def redis() -> Iterator[TestingRedis]:
    """The Redis server of this run."""
    with TestingRedis() as server:
        yield server


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The Chromium of this run."""
    async with chromium.launch() as running:
        yield running


@pytest.fixture
def start_server() -> Iterator[Callable[..., ServerProcess]]:
    """Start the real program: `start_server(database_url, TRUESHELF_WORKERS="2")`; all end with the test."""
    with ExitStack() as running:
        yield lambda database_url, **settings: running.enter_context(ServerProcess(database_url, **settings))
