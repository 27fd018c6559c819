"""Writes of the stores area: opening a business day, and saying where a store is."""

from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from retail.access.permissions import Permission
from retail.access.work import Work
from retail.audit import log
from retail.kernel.clock import believable
from retail.kernel.refusal import InvalidInput, Problem
from retail.stores.directory import StoreEntry
from retail.stores.models import BusinessDay, Store


@dataclass(frozen=True, slots=True)
class DayOpened:
    """The answer of `open_business_day`."""

    store_id: UUID
    day: date
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class StorePlace:
    """Where a store is, in degrees (WGS 84), and how far from there somebody is still at the store."""

    latitude: float
    longitude: float
    radius_metres: int


@dataclass(frozen=True, slots=True)
class StorePlaced:
    """The answer of `set_store_place`."""

    store_id: UUID


LEAST_RADIUS, LARGEST_RADIUS = 20, 5_000
"""In metres: no phone knows better where it is than the one, and nobody is at work further away than the other."""


def place_problems(place: StorePlace) -> list[Problem]:
    """Return what is wrong with a place."""
    found = []
    for path, degrees, most in (("latitude", place.latitude, 90), ("longitude", place.longitude, 180)):
        if not (isfinite(degrees) and abs(degrees) <= most):
            words = (f"Must be between -{most} and {most} degrees.", f"须在 -{most} 到 {most} 度之间。")
            found.append(Problem(path, "NOT_ON_EARTH", *words))
    if not LEAST_RADIUS <= place.radius_metres <= LARGEST_RADIUS:
        span = f"{LEAST_RADIUS} to {LARGEST_RADIUS} metres"
        words = (f"Must be {span}.", f"须在 {LEAST_RADIUS} 到 {LARGEST_RADIUS} 米之间。")
        found.append(Problem("radiusMetres", "OUT_OF_RANGE", *words))
    return found


async def set_store_place(work: Work, place: StorePlace, *, store: StoreEntry) -> StorePlaced:
    """Say where a store is, in the system's session; comings and goings recorded before stay as they were judged."""
    work.require(Permission.STORE_PLACE, store.id)
    if problems := place_problems(place):
        raise InvalidInput(problems)
    await work.session.execute(
        update(Store)
        .where(Store.id == store.id)
        .values(latitude=place.latitude, longitude=place.longitude, radius_metres=place.radius_metres)
    )
    await log.append(
        work.session,
        act="store.placed",
        actor_id=work.actor_id,
        store_id=store.id,
        details={"radius": place.radius_metres},
        clock=lambda: work.now,
    )
    return StorePlaced(store.id)


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
