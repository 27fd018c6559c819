"""Two providers that a story may bend, and a database of each story's own."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from tests.auth.company.town import Provider, Town, running_provider


@pytest.fixture
async def database(module_database_url: str) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """A database with nobody in it."""
    engine = create_async_engine(module_database_url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.begin() as connection:
        await connection.execute(text("truncate person, heard_logout cascade"))
    yield async_sessionmaker(engine, expire_on_commit=False)
    await engine.dispose()


@pytest.fixture(scope="session")
def north_running() -> Iterator[Provider]:
    with running_provider("north") as provider:
        yield provider


@pytest.fixture(scope="session")
def south_running() -> Iterator[Provider]:
    with running_provider("south") as provider:
        yield provider


@pytest.fixture
async def north(north_running: Provider) -> Provider:
    """The company's provider, honest until a story wishes otherwise."""
    await north_running.wishes()
    return north_running


@pytest.fixture
async def south(south_running: Provider) -> Provider:
    await south_running.wishes()
    return south_running


@pytest.fixture
async def town(database: async_sessionmaker[AsyncSession], north: Provider) -> AsyncIterator[Town]:
    """Our site with the company's provider and its WeCom."""
    async with Town(database, north.oidc(), north.wecom()) as opened:
        yield opened
