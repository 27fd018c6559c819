"""A door to knock at: the endpoints of auth on a database of their own."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

import auth.models  # noqa: F401 -- registers its tables
from retail.kernel.base import Base
from tests.auth.door import Door
from tests.support.postgres import TestingPostgres

TABLES = ("person", "channel_client", "local_account", "staff_session", "oauth_client", "signing_key")


@pytest.fixture(scope="session")
async def database(postgres: TestingPostgres) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    with postgres.database() as url:
        engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all, tables=[Base.metadata.tables[name] for name in TABLES])
        yield async_sessionmaker(engine, expire_on_commit=False)
        await engine.dispose()


@pytest.fixture
async def door(database: async_sessionmaker[AsyncSession]) -> AsyncIterator[Door]:
    async with Door(database) as opened:
        yield opened
