"""Reads of stores: regions, and the business day that each store is in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.models import Person
from retail.kernel.content import as_uuid
from retail.stores.directory import StoreEntry
from retail.stores.models import BusinessDay, Region


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


async def current_days(session: AsyncSession, stores: Iterable[StoreEntry], now: datetime) -> dict[UUID, DayRow]:
    """Return the business day that each store is in now."""
    days = {store.id: DayRow(store.day_at(now), None, None) for store in stores}
    rows = await session.execute(
        select(BusinessDay.store_id, BusinessDay.day, BusinessDay.opened_at, Person.name)
        .outerjoin(Person, Person.id == BusinessDay.opened_by)
        .where(tuple_(BusinessDay.store_id, BusinessDay.day).in_([(id, row.day) for id, row in days.items()]))
    )
    for row in rows:
        days[as_uuid(row.store_id)] = DayRow(row.day, row.opened_at, row.name)
    return days
