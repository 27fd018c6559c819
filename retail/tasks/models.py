"""Checklists with all their versions, stored tasks, who has taken which, what was done, and what counted.

A version of a checklist, a record of a task and a compliant act are written once and never changed.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, SmallInteger, String, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from retail.kernel.base import Base
from retail.tasks.acts import ComplianceAct
from retail.tasks.priority import TaskKind
from retail.tasks.schedule import Moment


class ChecklistVersion(Base):
    """What a checklist asked, where and when, from `saved_at` until the next version."""

    __tablename__ = "checklist_version"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)

    checklist_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(100))
    title_en: Mapped[str] = mapped_column(String(100))
    needs: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    must: Mapped[bool]
    moment: Mapped[Moment] = mapped_column(String(20))
    times: Mapped[list[str]] = mapped_column(ARRAY(String(5)))
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    store_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    region_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    active: Mapped[bool]
    saved_at: Mapped[datetime]
    saved_by: Mapped[UUID]


class TasksMade(Base):
    """Through which business day a store's checklists have been made into tasks, and when that was last looked at."""

    __tablename__ = "tasks_made"

    store_id: Mapped[UUID] = mapped_column(ForeignKey("store.id"), primary_key=True)
    through: Mapped[date]
    at: Mapped[datetime]


class StoredTask(Base):
    """A task that somebody asked for. `done_*` is the first record by its own time; `expires_at` the end of its day.

    `sku_ids` is what a task of the kind COUNT wants counted.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_open", "store_id", postgresql_where=text("done_at is null and withdrawn_at is null")),
        Index(
            "ix_task_given",
            "made_at",
            postgresql_where=text("made_by is not null and done_at is null and withdrawn_at is null"),
        ),
        Index(None, "store_id", "day"),
        Index(None, "checklist_id", "day"),
    )

    store_id: Mapped[UUID] = mapped_column(ForeignKey("store.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[TaskKind] = mapped_column(String(20))
    day: Mapped[date]
    checklist_id: Mapped[UUID | None]
    version: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(1000))
    sku_id: Mapped[UUID | None] = mapped_column(ForeignKey("sku.id"))
    needs: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    sku_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    must: Mapped[bool]
    due_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]


class TaskClaim(Base):
    """Who has taken a task, stored or derived."""

    __tablename__ = "task_claim"

    store_id: Mapped[UUID] = mapped_column(ForeignKey("store.id"), primary_key=True)
    task_id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[datetime]


class TaskRecord(Base):
    """One completion of a task, by one person, with what they answered."""

    __tablename__ = "task_record"
    __table_args__ = (
        ForeignKeyConstraint(["store_id", "task_id"], ["task.store_id", "task.id"]),
        Index(None, "store_id", "task_id"),
    )

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    clock_error_seconds: Mapped[int | None]
    device: Mapped[str | None] = mapped_column(String(100))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    distance_metres: Mapped[int | None]
    is_late: Mapped[bool]
    note: Mapped[str | None] = mapped_column(String(1000))
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class ComplianceEntry(Base):
    """One compliant act of one person; the same subject counts once."""

    __tablename__ = "compliance_entry"
    __table_args__ = (Index(None, "store_id", "day"),)

    store_id: Mapped[UUID] = mapped_column(ForeignKey("store.id"), primary_key=True)
    act: Mapped[ComplianceAct] = mapped_column(String(32), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
