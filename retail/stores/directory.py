"""The directory of stores, remembered for a few seconds: small, read by every request."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from retail.access.work import Sessions
from retail.kernel.clock import Clock, business_day, business_day_start, utc_now
from retail.kernel.content import as_uuid
from retail.stores.models import Store, StoreKind

REMEMBERED_FOR = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class StoreEntry:
    """What every request needs to know of a store."""

    id: UUID
    code: str
    name: str
    name_en: str
    kind: StoreKind
    region_id: UUID
    zone: str
    latitude: float | None
    longitude: float | None
    area_m2: float | None
    opens_at: time
    closes_at: time
    day_cutoff: time
    radius_metres: int = 200

    def day_at(self, instant: datetime) -> date:
        """Return the business day that an instant belongs to here."""
        return business_day(instant, self.zone, self.day_cutoff)

    def day_began(self, instant: datetime) -> datetime:
        """Return the UTC instant at which the business day of an instant began here."""
        return business_day_start(self.day_at(instant), self.zone, self.day_cutoff)


@dataclass(slots=True)
class Directory:
    """Every store of the chain by id and by code, at most three seconds old."""

    sessions: Sessions
    clock: Clock = utc_now
    _stores: dict[UUID, StoreEntry] = field(default_factory=dict)
    _codes: dict[str, StoreEntry] = field(default_factory=dict)
    _read_at: datetime | None = None
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def stores(self) -> Mapping[UUID, StoreEntry]:
        """Return the stores by id."""
        await self._refresh()
        return self._stores

    async def by_code(self) -> Mapping[str, StoreEntry]:
        """Return the stores by their code."""
        await self._refresh()
        return self._codes

    async def region_of(self) -> Mapping[UUID, UUID]:
        """Return the region of every store."""
        return {store.id: store.region_id for store in (await self.stores()).values()}

    def forget(self) -> None:
        """Read again at the next question."""
        self._read_at = None

    async def _refresh(self) -> None:
        if self._is_fresh():
            return
        async with self._reading:
            if not self._is_fresh():
                await self._read()

    def _is_fresh(self) -> bool:
        return self._read_at is not None and abs(self.clock() - self._read_at) < REMEMBERED_FOR  # or it was set back

    async def _read(self) -> None:
        now = self.clock()
        async with self.sessions() as session:
            rows = (await session.scalars(select(Store).order_by(Store.code))).all()
        self._stores = {entry.id: entry for entry in map(_entry, rows)}
        self._codes = {entry.code: entry for entry in self._stores.values()}
        self._read_at = now


def _entry(row: Store) -> StoreEntry:
    return StoreEntry(
        id=as_uuid(row.id),
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        kind=StoreKind(row.kind),
        region_id=as_uuid(row.region_id),
        zone=row.zone,
        latitude=row.latitude,
        longitude=row.longitude,
        area_m2=row.area_m2,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        day_cutoff=row.day_cutoff,
        radius_metres=row.radius_metres,
    )
