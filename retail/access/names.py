"""The names that ids of people and channels stand for now."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.models import ChannelClient, Person
from retail.kernel.content import as_uuid


async def names_of(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the name of each person and channel among some ids; other ids are left out."""
    tables = (Person, ChannelClient)
    found = union_all(*(select(table.id, table.name).where(table.id.in_(ids)) for table in tables))
    return {as_uuid(id): name for id, name in await session.execute(found)}
