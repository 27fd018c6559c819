"""Clock-ins, hand-overs with their confirmations, and calls for help with their answers.

All of it is written once; only a call for help can be closed afterwards.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from retail.day.attendance import ClockDirection, ClockPlace
from retail.kernel.base import Base


class HelpSubject(StrEnum):
    """What sort of thing somebody needs help with."""

    NONE = "none"
    TASK = "task"
    SKU = "sku"
    RETURN = "return"
    STOCKTAKE = "stocktake"
    HAND_OVER = "hand_over"


class ClockEntry(Base):
    """Somebody clocked in or out; `day` is the business day of when they did, by their device if that can be right."""

    __tablename__ = "clock_entry"
    __table_args__ = (Index(None, "store_id", "occurred_at"),)

    store_id: Mapped[UUID] = mapped_column(ForeignKey("store.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    direction: Mapped[ClockDirection] = mapped_column(String(8))
    day: Mapped[date]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    clock_error_seconds: Mapped[int | None]
    device: Mapped[str | None] = mapped_column(String(100))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    place: Mapped[ClockPlace] = mapped_column(String(8))
    distance_metres: Mapped[int | None]


class HandOver(Base):
    """What one shift handed to the next: `snapshot` is the figures as they were when the server heard of it."""

    __tablename__ = "hand_over"
    __table_args__ = (Index(None, "store_id", "occurred_at"),)

    store_id: Mapped[UUID] = mapped_column(ForeignKey("store.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date]
    ends_day: Mapped[bool]
    given_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    clock_error_seconds: Mapped[int | None]
    device: Mapped[str | None] = mapped_column(String(100))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    note: Mapped[str | None] = mapped_column(String(1000))
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSONB)


class HandOverConfirmation(Base):
    """Somebody of the next shift took a hand-over on, and what they dispute of it."""

    __tablename__ = "hand_over_confirmation"
    __table_args__ = (
        ForeignKeyConstraint(["store_id", "hand_over_id"], ["hand_over.store_id", "hand_over.id"]),
        Index(None, "store_id", "hand_over_id"),
    )

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    hand_over_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    clock_error_seconds: Mapped[int | None]
    disputes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class HelpCall(Base):
    """Somebody in a store asked headquarters for help, with where they were in the app."""

    __tablename__ = "help_call"
    __table_args__ = (
        Index(None, "store_id", "occurred_at"),
        Index("ix_help_call_open", "recorded_at", postgresql_where=text("closed_at is null")),
    )

    store_id: Mapped[UUID] = mapped_column(ForeignKey("store.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    clock_error_seconds: Mapped[int | None]
    device: Mapped[str | None] = mapped_column(String(100))
    screen: Mapped[str] = mapped_column(String(100))
    subject: Mapped[HelpSubject] = mapped_column(String(16))
    subject_id: Mapped[UUID | None]
    app_version: Mapped[str | None] = mapped_column(String(100))
    last_problem: Mapped[str | None] = mapped_column(String(1000))
    words: Mapped[str | None] = mapped_column(String(1000))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]


class HelpAnswer(Base):
    """What headquarters answered."""

    __tablename__ = "help_answer"
    __table_args__ = (
        ForeignKeyConstraint(["store_id", "help_id"], ["help_call.store_id", "help_call.id"]),
        Index(None, "store_id", "help_id"),
    )

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    help_id: Mapped[UUID]
    answered_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(String(1000))
