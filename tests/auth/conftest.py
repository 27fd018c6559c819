"""A door to knock at: the endpoints of auth on a database of their own."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from auth.models import SignInAttempt
from tests.auth.door import Door
from tests.auth.shop import Shop, open_shop
from tests.support.postgres import TestingPostgres


@pytest.fixture(scope="session")
async def database(postgres: TestingPostgres) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    with postgres.database(postgres.migrated()) as url:
        engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
        yield async_sessionmaker(engine, expire_on_commit=False)
        await engine.dispose()


@pytest.fixture
async def door(database: async_sessionmaker[AsyncSession]) -> AsyncIterator[Door]:
    async with database.begin() as session:  # what was guessed in another story is no news here
        await session.execute(delete(SignInAttempt))
    async with Door(database) as opened:
        yield opened


@pytest.fixture
async def shop(door: Door) -> Shop:
    return await open_shop(door)
