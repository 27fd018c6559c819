"""Runs the revisions over one asyncpg connection, one transaction for all of them."""

import asyncio
from typing import Literal

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

import auth.company.models
import auth.models
import auth.oauth_models  # noqa: F401 -- importing a model adds its table to the metadata
import retail.access.models
import retail.audit.models
import retail.catalogue.models
import retail.channels.models
import retail.day.models
import retail.insights.models
import retail.inventory.models
import retail.kernel.privacy.models
import retail.kernel.requests
import retail.people.models
import retail.photos.models
import retail.push.models
import retail.returns.models
import retail.shelves.models
import retail.stocktakes.models
import retail.stores.models
import retail.tasks.models  # noqa: F401 -- same
from retail.kernel.base import Base, Xid8

ischema_names["xid8"] = Xid8  # so that reflection knows the type
_ONE_AT_A_TIME = 7281964


def _render(kind: str, item: object, _context: object) -> str | Literal[False]:
    return "Xid8()" if kind == "type" and isinstance(item, Xid8) else False


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, render_item=_render)
    with context.begin_transaction():
        connection.execute(text(f"select pg_advisory_xact_lock({_ONE_AT_A_TIME})"))
        context.run_migrations()


async def _main() -> None:
    engine = create_async_engine(context.config.attributes["url"], poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_run)
        await connection.commit()
    await engine.dispose()


asyncio.run(_main())
