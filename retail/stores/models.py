"""Regions, stores (a warehouse is a kind of store) and opened business days."""

from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, true
from sqlalchemy.orm import Mapped, mapped_column

from retail.kernel.base import Base, new_id


class StoreKind(StrEnum):
    """What a place that holds stock is."""

    SHOP = "shop"
    WAREHOUSE = "warehouse"


class Chain(Base):
    """The one chain that this database keeps; its id marks the cursors that belong to it."""

    __tablename__ = "chain"
    __table_args__ = (CheckConstraint("single", name="single"),)

    id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    single: Mapped[bool] = mapped_column(primary_key=True, server_default=true())
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))


class Region(Base):
    """A group of stores under one regional manager."""

    __tablename__ = "region"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))


class Store(Base):
    """A place that holds stock: where it is, when it opens, and when its business day turns."""

    __tablename__ = "store"
    __table_args__ = (
        CheckConstraint("latitude between -90 and 90", name="latitude"),
        CheckConstraint("longitude between -180 and 180", name="longitude"),
        CheckConstraint("area_m2 > 0", name="area"),
        CheckConstraint("radius_metres between 1 and 100000", name="radius"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    kind: Mapped[StoreKind] = mapped_column(String(16), default=StoreKind.SHOP)
    region_id: Mapped[UUID] = mapped_column(ForeignKey("region.id"), index=True)
    zone: Mapped[str] = mapped_column(String(64))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    area_m2: Mapped[float | None]
    opens_at: Mapped[time] = mapped_column(default=time(7, 30))
    closes_at: Mapped[time] = mapped_column(default=time(22, 30))
    day_cutoff: Mapped[time] = mapped_column(default=time(4, 0))
    radius_metres: Mapped[int] = mapped_column(server_default="200")
    """How far from its position somebody is still at the store."""


class BusinessDay(Base):
    """A store's business day that somebody has opened."""

    __tablename__ = "business_day"

    store_id: Mapped[UUID] = mapped_column(ForeignKey("store.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID]
    device: Mapped[str | None] = mapped_column(String(100))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
