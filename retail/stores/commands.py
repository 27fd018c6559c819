"""Writes of the stores area."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from retail.access.permissions import Permission
from retail.access.work import Work
from retail.kernel.clock import believable
from retail.stores.directory import StoreEntry
from retail.stores.models import BusinessDay


@dataclass(frozen=True, slots=True)
class DayOpened:
    """The answer of `open_business_day`."""

    store_id: UUID
    day: date
    opened_at: datetime


async def open_business_day(
    work: Work,
    *,
    store: StoreEntry,
    occurred_at: datetime,
    device: str | None,
    latitude: float | None,
    longitude: float | None,
) -> DayOpened:
    """Open the business day in which it was pressed (a phone may tell of it days later).

    Opened twice, the first opening stands.
    """
    work.require(Permission.BUSINESS_DAY_OPEN, store.id)
    pressed_at, _ = believable(occurred_at, work.now)
    day = store.day_at(pressed_at)
    statement = insert(BusinessDay).values(
        store_id=store.id,
        day=day,
        opened_at=pressed_at,
        opened_by=work.actor_id,
        device=device,
        latitude=latitude,
        longitude=longitude,
    )
    opened_at = await work.session.scalar(
        statement.on_conflict_do_update(
            index_elements=[BusinessDay.store_id, BusinessDay.day],
            set_={"opened_at": BusinessDay.opened_at},
        ).returning(BusinessDay.opened_at)
    )
    return DayOpened(store_id=store.id, day=day, opened_at=opened_at or pressed_at)
