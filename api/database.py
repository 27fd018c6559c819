"""Connections to the database, each in a role that owns nothing (see migrations/walls.py).

The login that they use may do nothing by itself: a connection that lost its role, through a
pooler that forgets it, is refused by every table.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg
import orjson
from sqlalchemy import event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from api.settings import asyncpg_url
from retail.access.scope import APP_ROLE, SYSTEM_ROLE
from retail.access.work import Office
from retail.kernel.clock import Clock, utc_now
from retail.kernel.events import Announcer

LOGIN = "trueshelf_server"
"""Whom the program connects as, unless the settings name another."""

_TRUSTED_SECONDS = 5.0
"""For how long a connection that rests in the pool is taken to be alive."""


def as_login(url: str, login: str = LOGIN) -> str:
    """Return a database URL with another user and no password, as the embedded server takes it."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{login}@{parts.netloc.rpartition('@')[2]}").geturl()


def sessions_of(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Return what opens sessions on an engine."""
    return async_sessionmaker(engine, expire_on_commit=False)


async def connect(database_url: str, role: str = SYSTEM_ROLE) -> asyncpg.Connection:
    """Open one plain connection in a role."""
    return await asyncpg.connect(database_url, server_settings={"application_name": "trueshelf", "role": role})


async def admit(owner_url: str, database_url: str) -> None:
    """Let the login of a URL play the program's roles, and make it if it is not there. Asked again, nothing changes."""
    parts = urlsplit(database_url)
    login, password = unquote(parts.username or ""), unquote(parts.password or "")
    owner = await asyncpg.connect(owner_url)
    try:
        name = await owner.fetchval("select quote_ident($1)", login)
        if not await owner.fetchval("select exists (select from pg_roles where rolname = $1)", login):
            secret = await owner.fetchval("select quote_literal($1)", password)
            await owner.execute(f"create role {name} login noinherit password {secret if password else 'null'}")
        await owner.execute(f"grant {APP_ROLE}, {SYSTEM_ROLE} to {name}")
    except asyncpg.DuplicateObjectError:
        await owner.execute(f"grant {APP_ROLE}, {SYSTEM_ROLE} to {name}")  # another process made it meanwhile
    finally:
        await owner.close()


async def is_above_the_walls(database_url: str) -> bool:
    """Say whether the login of a URL owns the ledger, or is one that row-level security does not hold."""
    connection = await connect(database_url)
    try:
        return bool(
            await connection.fetchval(
                "select rolsuper or rolbypassrls or pg_has_role(rolname, c.relowner, 'member')"
                " from pg_roles, pg_class c where rolname = session_user and c.oid = 'movement'::regclass"
            )
        )
    finally:
        await connection.close()


@asynccontextmanager
async def system_office(
    database_url: str, announcer: Announcer = lambda _: None, clock: Clock = utc_now
) -> AsyncIterator[Office]:
    """Open an office for the command line, which works as the system."""
    engine = open_engine(database_url, 4)
    try:
        yield Office(sessions_of(engine), announcer, clock)
    finally:
        await engine.dispose()


def open_engine(database_url: str, pool_size: int, role: str = SYSTEM_ROLE) -> AsyncEngine:
    """Return an engine whose connections name themselves, play a role, and give up on a dead server."""
    engine = create_async_engine(
        asyncpg_url(database_url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        hide_parameters=True,  # an error names its statement, and no value of it
        connect_args={"server_settings": {"application_name": "trueshelf", "role": role}, "timeout": 5},
    )
    event.listen(engine.sync_engine, "checkin", _note_rest)
    event.listen(engine.sync_engine, "checkout", _prove_alive)
    return engine


def _note_rest(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["rests_since"] = monotonic()


def _prove_alive(connection: Any, record: ConnectionPoolEntry, _fairy: object) -> None:
    """Give no dead connection out: one that was closed is known at once, one that rested for long is asked.

    SQLAlchemy's own pre-ping asks every time, three round trips long.
    """
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError
    if monotonic() - record.info.get("rests_since", monotonic()) > _TRUSTED_SECONDS:
        try:
            connection.ping()
        except Exception as dead:
            raise InvalidatePoolError from dead
