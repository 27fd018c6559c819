"""Connections to the database: a dead one is never given out, and what many ask at once is asked once."""

import asyncio

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from api import database
from api.database import open_engine
from retail.stores.directory import Directory
from tests.support.postgres import TestingPostgres


async def _backend(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int(await connection.scalar(text("select pg_backend_pid()")) or 0)


async def test_a_connection_that_the_server_has_cut_is_not_given_out(
    database_url: str, postgres: TestingPostgres
) -> None:
    engine = open_engine(database_url, 1)
    first = await _backend(engine)
    postgres.psql(f"select pg_terminate_backend({first})")
    await asyncio.sleep(0.2)

    second = await _backend(engine)

    assert second not in {0, first}
    await engine.dispose()


async def test_a_connection_that_has_rested_for_long_is_asked_whether_it_lives(
    database_url: str, postgres: TestingPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_TRUSTED_SECONDS", -1.0)
    engine = open_engine(database_url, 1)
    first = await _backend(engine)
    postgres.psql(f"select pg_terminate_backend({first}, 5000)")

    second = await _backend(engine)  # at once: this process has not heard yet that the connection is closed

    assert second not in {0, first}
    await engine.dispose()


async def test_many_who_ask_for_the_stores_at_once_are_answered_by_one_question(database_url: str) -> None:
    engine = open_engine(database_url, 4)
    asked: list[str] = []
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *words: asked.append(words[2]))
    directory = Directory(async_sessionmaker(engine))

    await asyncio.gather(*(directory.stores() for _ in range(50)))

    assert len([statement for statement in asked if "FROM store" in statement]) == 1
    await engine.dispose()
