"""Reads of stores: regions, and the business day that each store is in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Date, Uuid, bindparam, column, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.models import Person
from retail.access.permissions import Permission
from retail.access.work import Reading
from retail.kernel.content import as_uuid
from retail.stores.directory import StoreEntry
from retail.stores.models import BusinessDay, Region, Store


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region."""

    id: UUID
    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """A store's business day, and when and by whom it was opened, if it was."""

    day: date
    opened_at: datetime | None
    opened_by: str | None


async def regions(session: AsyncSession) -> dict[UUID, RegionRow]:
    """Return every region by id."""
    rows = await session.execute(select(Region.id, Region.code, Region.name, Region.name_en).order_by(Region.code))
    return {as_uuid(row.id): RegionRow(as_uuid(row.id), row.code, row.name, row.name_en) for row in rows}


async def in_sight(reading: Reading, stores: Mapping[UUID, StoreEntry]) -> Mapping[UUID, StoreEntry]:
    """Return those stores that PostgreSQL shows to the reader too: what a process remembers stands behind no wall."""
    shown = {as_uuid(row) for row in await reading.session.scalars(select(Store.id))}
    return {id: store for id, store in stores.items() if id in shown}


async def current_days(reading: Reading, stores: Iterable[StoreEntry]) -> dict[UUID, DayRow]:
    """Return the business day that each store is in now; a store that the session does not see is left out.

    Who opened it is told to colleagues only.
    """
    days = {store.id: store.day_at(reading.now) for store in stores}
    pairs = func.unnest(bindparam("ids", list(days), ARRAY(Uuid)), bindparam("days", list(days.values()), ARRAY(Date)))
    current = pairs.table_valued(column("store_id", Uuid), column("day", Date), name="current").render_derived()
    rows = await reading.session.execute(
        select(Store.id, BusinessDay.opened_at, Person.name)
        .join(current, current.c.store_id == Store.id)
        .outerjoin(BusinessDay, (BusinessDay.store_id == Store.id) & (BusinessDay.day == current.c.day))
        .outerjoin(Person, Person.id == BusinessDay.opened_by)
    )
    told = {}
    for row in rows:
        id = as_uuid(row.id)
        told[id] = DayRow(days[id], row.opened_at, row.name if reading.actor.may(Permission.TEAM_READ, id) else None)
    return told
