"""The chain of the stories: the demo's shops, goods and people in a fresh database, served by the real program."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.stories.books import Books
from tests.stories.device import Device, Kind, device
from tests.support.postgres import TestingPostgres, trueshelf
from tests.support.server import ServerProcess

DEMO = {"TRUESHELF_DEMO": "true"}


@dataclass(frozen=True)
class Chain:
    """A running chain: its server, and its books as PostgreSQL itself tells them."""

    server: ServerProcess
    books: Books

    @property
    def url(self) -> str:
        return self.server.url


def seeded(postgres: TestingPostgres) -> str:
    """The template of a database with the demo chain in it."""
    return postgres.template("demo", lambda url: trueshelf("seed", database_url=url), of=postgres.migrated())


@pytest.fixture(scope="session")
def chain(postgres: TestingPostgres) -> Iterator[Chain]:
    """The chain that the stories share: each uses a store of its own."""
    with postgres.database(seeded(postgres)) as url, ServerProcess(url, **DEMO) as server:
        yield Chain(server, Books(url))


@pytest.fixture
def own_chain(postgres: TestingPostgres) -> Iterator[Chain]:
    """A chain for one story that kills or changes its server."""
    with postgres.database(seeded(postgres)) as url, ServerProcess(url, **DEMO) as server:
        yield Chain(server, Books(url))


GiveDevice = Callable[..., Awaitable[Device]]


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a story failed, so that `give` can show what was on the screens then."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest_asyncio.fixture
async def give(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[GiveDevice]:
    """A phone or a tablet for everybody in a story who needs one; all are put away at the end."""
    given: list[Device] = []
    async with AsyncExitStack() as drawer:

        async def hand_over(chain: Chain, kind: Kind = "phone") -> Device:
            given.append(await drawer.enter_async_context(device(browser, chain.url, kind)))
            return given[-1]

        yield hand_over
        if request.node.stash.get(FAILED, False):
            for number, held in enumerate(given, 1):
                await held.picture(f"failed-{request.node.name}-{number}")
