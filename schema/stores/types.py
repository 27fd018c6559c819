"""Regions, stores and business days as they are told."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from retail.stores.directory import StoreEntry
from retail.stores.queries import DayRow, RegionRow
from schema.kernel.enums import StoreKind


@strawberry.type(description="A group of stores under one regional manager.")
class Region:
    id: UUID = strawberry.field(description="The region.")
    name: str = strawberry.field(description="Its name in Chinese.")
    name_en: str = strawberry.field(description="Its name in English.")

    @classmethod
    def of(cls, row: RegionRow) -> "Region":
        """Return a region as it is told."""
        return cls(id=row.id, name=row.name, name_en=row.name_en)


@strawberry.type(description="A store's business day, in its own zone; it turns at the store's cut-off.")
class BusinessDay:
    day: date = strawberry.field(description="Its date.")
    opened_at: datetime | None = strawberry.field(description="When somebody opened it, if anybody has.")
    opened_by: str | None = strawberry.field(description="The name of who opened it; told to colleagues only.")


@strawberry.type(description="A place that holds stock.")
class Store:
    id: UUID = strawberry.field(description="The store.")
    code: str = strawberry.field(description="Its short code, as tills and ERPs know it.")
    name: str = strawberry.field(description="Its name in Chinese.")
    name_en: str = strawberry.field(description="Its name in English.")
    kind: StoreKind = strawberry.field(description="Shop or warehouse.")
    region: Region = strawberry.field(description="Its region.")
    zone: str = strawberry.field(description="Its time zone (IANA name).")
    latitude: float | None = strawberry.field(description="Degrees north (WGS 84).")
    longitude: float | None = strawberry.field(description="Degrees east (WGS 84).")
    radius_metres: int = strawberry.field(description="How far from its position somebody is still at the store.")
    area_m2: float | None = strawberry.field(description="Sales area in square metres.")
    opens_at: str = strawberry.field(description="Opening time in its zone, HH:MM.")
    closes_at: str = strawberry.field(description="Closing time in its zone, HH:MM.")
    day_cutoff: str = strawberry.field(description="When its business day turns in its zone, HH:MM.")
    business_day: BusinessDay = strawberry.field(description="Its current business day.")

    @classmethod
    def of(cls, entry: StoreEntry, region: RegionRow, day: DayRow) -> "Store":
        """Return a store as it is told."""
        return cls(
            id=entry.id,
            code=entry.code,
            name=entry.name,
            name_en=entry.name_en,
            kind=entry.kind,
            region=Region.of(region),
            zone=entry.zone,
            latitude=entry.latitude,
            longitude=entry.longitude,
            radius_metres=entry.radius_metres,
            area_m2=entry.area_m2,
            opens_at=f"{entry.opens_at:%H:%M}",
            closes_at=f"{entry.closes_at:%H:%M}",
            day_cutoff=f"{entry.day_cutoff:%H:%M}",
            business_day=BusinessDay(day=day.day, opened_at=day.opened_at, opened_by=day.opened_by),
        )


@strawberry.type(description="A store on a page.")
class StoreEdge:
    cursor: str = strawberry.field(description="Its place.")
    node: Store = strawberry.field(description="The store.")
