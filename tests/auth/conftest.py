"""A door to knock at: the endpoints of auth on a real database, with the clock in our hand."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

import auth.models
import retail.access.models  # noqa: F401 -- registers its tables
from api.embedded import EmbeddedPostgres
from retail.kernel.base import Base
from tests.auth.door import Door

TABLES = [
    Base.metadata.tables[name]
    for name in (
        "person",
        "channel_client",
        *(
            model.__tablename__
            for model in (
                auth.models.LocalAccount,
                auth.models.StaffSession,
                auth.models.OAuthClient,
                auth.models.SigningKey,
            )
        ),
    )
]


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home: Path = tmp_path_factory.mktemp("postgres")
    with EmbeddedPostgres(home, settings={"fsync": "off"}) as postgres:
        yield postgres.url


@pytest.fixture(scope="session")
async def database(postgres_url: str) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    engine = create_async_engine(postgres_url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all, tables=TABLES)
    yield async_sessionmaker(engine, expire_on_commit=False)
    await engine.dispose()


@pytest.fixture
async def door(database: async_sessionmaker[AsyncSession]) -> AsyncIterator[Door]:
    async with Door(database) as opened:
        yield opened
