"""A chain that has channels already keeps them through the migration, with their secrets and all that they could do."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from auth.clients import Clients, Credentials
from migrations import alembic_config
from retail.access.permissions import ROLE_TABLE, Permission, Role
from retail.channels.commands import hash_secret
from retail.kernel.clock import utc_now
from tests.support.postgres import TestingPostgres

SINCE_THEN = {Permission.TAG_RECORD}
"""Permissions of channels that the revision does not know: nobody is given what he never had."""
OLD = """
insert into channel_client (id, name, revoked_at) values
    ('00000000-0000-0000-0000-000000000001', 'Till', null),
    ('00000000-0000-0000-0000-000000000002', 'Closed', null),
    ('00000000-0000-0000-0000-000000000003', 'Never connected', null);
"""
CREDENTIALS = """
insert into oauth_client (client_id, channel_id, secret_hashes, created_at, revoked_at) values ($1, $2, $3, $4, $5)
"""
TILL, CLOSED = (f"00000000-0000-0000-0000-00000000000{n}" for n in (1, 2))


@pytest.fixture
def url(postgres: TestingPostgres) -> Iterator[str]:
    with postgres.database() as url:
        command.upgrade(_config(url), "0006")
        yield url


async def _fill(url: str) -> None:
    long_ago = utc_now() - timedelta(days=100)
    connection = await asyncpg.connect(url)
    await connection.execute(OLD)
    one, two = hash_secret("tss_one"), hash_secret("tss_two")
    await connection.execute(CREDENTIALS, "old", TILL, [hash_secret("tss_old")], long_ago, long_ago)
    await connection.execute(CREDENTIALS, "till", TILL, [one, two], long_ago, None)
    await connection.execute(CREDENTIALS, "closed", CLOSED, [hash_secret("tss_closed")], long_ago, long_ago)
    await connection.close()


async def _clients(url: str) -> dict[str, Credentials | None]:
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))
    try:
        clients = Clients(async_sessionmaker(engine), utc_now)
        return {name: await clients.credentials(name) for name in ("till", "old", "closed")}
    finally:
        await engine.dispose()


async def test_what_channels_had_they_keep(url: str) -> None:
    await _fill(url)

    await asyncio.to_thread(command.upgrade, _config(url), "0007")

    found = await _clients(url)
    till, closed = found["till"], found["closed"]
    assert found["old"] is None, "a client id that was revoked names nobody"
    assert till is not None
    assert closed is not None
    assert till.client.scopes == ROLE_TABLE[Role.CHANNEL] - SINCE_THEN
    assert all(till.secret_given(secret) for secret in ("tss_one", "tss_two"))
    assert not till.secret_given("tss_old")
    assert (till.is_revoked, closed.is_revoked) == (False, True)


async def test_the_way_back_keeps_them_too(url: str) -> None:
    await _fill(url)
    await asyncio.to_thread(command.upgrade, _config(url), "0007")

    await asyncio.to_thread(command.downgrade, _config(url), "0006")

    connection = await asyncpg.connect(url)
    rows = await connection.fetch("select client_id, cardinality(secret_hashes) as n from oauth_client")
    await connection.close()
    assert [tuple(row) for row in rows] == [("till", 2)]


def _config(url: str) -> Config:
    return alembic_config(url.replace("postgresql:", "postgresql+asyncpg:"))
