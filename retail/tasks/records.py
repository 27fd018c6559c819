"""What became of checklists: who did what, when and where, and which stores have not.

Read behind the wall, and only of the stores whose insights the reader may see.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.permissions import Permission
from retail.access.work import Reading
from retail.kernel.content import as_uuid
from retail.kernel.refusal import NotPermitted
from retail.stores.directory import StoreEntry
from retail.stores.queries import in_sight
from retail.tasks.compliance import require_span
from retail.tasks.models import StoredTask, TaskClaim, TaskRecord
from retail.tasks.needs import Answer, Need, answers_of, needs_of
from retail.tasks.rules import Task
from retail.tasks.stored import task_of


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One completion of a task, with what had been asked."""

    id: UUID
    task_id: UUID
    person_id: UUID
    done_at: datetime
    recorded_at: datetime
    clock_error_seconds: int | None
    latitude: float | None
    longitude: float | None
    distance_metres: int | None
    is_late: bool
    note: str | None
    needs: tuple[Need, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """A task that a checklist made in a store, and what was done about it."""

    store: StoreEntry
    task: Task
    records: list[RecordRow] = field(default_factory=list)

    @property
    def place(self) -> tuple[datetime, UUID]:
        """Return where the task stands in the list."""
        assert self.task.due_at is not None  # noqa: S101 -- the list holds checklists' tasks only: they have a time
        return self.task.due_at, self.task.id


@dataclass(frozen=True, slots=True)
class AnsweredPage:
    """A page of answers, and figures of all pages; `waiting`: until when the stores that are not due yet have time."""

    rows: list[Answered]
    has_next: bool
    total: int
    due: int
    done: int
    on_time: int
    missing_store_ids: list[UUID]
    waiting: dict[UUID, datetime]


@dataclass(frozen=True, slots=True)
class AnsweredWhere:
    """Which tasks of checklists are asked for."""

    since: date
    until: date
    checklist_id: UUID | None = None
    store_ids: Collection[UUID] | None = None


async def checklist_answers(
    reading: Reading,
    stores: Mapping[UUID, StoreEntry],
    where: AnsweredWhere,
    *,
    first: int,
    after: Sequence[Any] | None,
) -> AnsweredPage:
    """Return what became of checklists on some business days, newest first; an unseen store is left out."""
    if not reading.actor.stores(Permission.WORK_READ):
        raise NotPermitted(Permission.WORK_READ)
    require_span(where.since, where.until)
    shown = await in_sight(reading, stores)
    visible = reading.actor.stores(Permission.WORK_READ) & set(shown)
    if where.store_ids is not None:
        visible &= set(where.store_ids)
    asked = _asked(where, visible)
    chosen = _page(asked, after).limit(first + 1)
    rows = [(row[0], row[1]) for row in await reading.session.execute(chosen)]
    records = await records_of(reading.session, [row for row, _ in rows[:first]])
    page = [
        Answered(shown[as_uuid(row.store_id)], task_of(row, claim, reading.now), records.get(as_uuid(row.id), []))
        for row, claim in rows[:first]
    ]
    total, due, done, on_time = await _figures(reading.session, asked, reading.now)
    undone = await _undone(reading.session, asked)
    missing = [store_id for store_id, due_first, _ in undone if due_first <= reading.now]
    waiting = {store_id: due_last for store_id, _, due_last in undone if due_last > reading.now}
    return AnsweredPage(page, len(rows) > first, total, due, done, on_time, missing, waiting)


async def records_of(session: AsyncSession, tasks: Sequence[StoredTask]) -> dict[UUID, list[RecordRow]]:
    """Return every completion of some tasks, by task, the earliest first."""
    needs = {as_uuid(task.id): needs_of(task.needs) for task in tasks}
    rows = await session.scalars(
        select(TaskRecord)
        .where(
            TaskRecord.store_id.in_({task.store_id for task in tasks}),
            TaskRecord.task_id.in_(list(needs)),
        )
        .order_by(TaskRecord.occurred_at, TaskRecord.id)
    )
    found: dict[UUID, list[RecordRow]] = {}
    for row in rows:
        task_id = as_uuid(row.task_id)
        found.setdefault(task_id, []).append(_record(row, needs[task_id]))
    return found


async def record_by_id(session: AsyncSession, store: StoreEntry, record_id: UUID) -> RecordRow | None:
    """Return one completion of a store."""
    row = await session.get(TaskRecord, (store.id, record_id))
    if row is None:
        return None
    task = await session.get_one(StoredTask, (store.id, row.task_id))
    return _record(row, needs_of(task.needs))


def _record(row: TaskRecord, needs: tuple[Need, ...]) -> RecordRow:
    return RecordRow(
        id=as_uuid(row.id),
        task_id=as_uuid(row.task_id),
        person_id=as_uuid(row.person_id),
        done_at=row.occurred_at,
        recorded_at=row.recorded_at,
        clock_error_seconds=row.clock_error_seconds,
        latitude=row.latitude,
        longitude=row.longitude,
        distance_metres=row.distance_metres,
        is_late=row.is_late,
        note=row.note,
        needs=needs,
        answers=answers_of(row.answers),
    )


def _asked(where: AnsweredWhere, visible: Collection[UUID]) -> ColumnElement[bool]:
    mine = (
        StoredTask.checklist_id.is_not(None)
        if where.checklist_id is None
        else StoredTask.checklist_id == where.checklist_id
    )
    stands = or_(StoredTask.withdrawn_at.is_(None), StoredTask.done_at.is_not(None))
    return and_(mine, stands, StoredTask.store_id.in_(list(visible)), StoredTask.day.between(where.since, where.until))


def _page(asked: ColumnElement[bool], after: Sequence[Any] | None) -> Select[StoredTask, TaskClaim]:
    chosen = (
        select(StoredTask, TaskClaim)
        .outerjoin(TaskClaim, and_(TaskClaim.store_id == StoredTask.store_id, TaskClaim.task_id == StoredTask.id))
        .where(asked)
        .order_by(StoredTask.due_at.desc(), StoredTask.id.desc())
    )
    return chosen if after is None else chosen.where(tuple_(StoredTask.due_at, StoredTask.id) < tuple_(*after))


async def _figures(session: AsyncSession, asked: ColumnElement[bool], now: datetime) -> tuple[int, int, int, int]:
    is_done = StoredTask.done_at.is_not(None)
    is_due = or_(is_done, StoredTask.due_at <= now)
    row = (
        await session.execute(
            select(
                func.count(),
                func.count().filter(is_due),
                func.count().filter(is_done),
                func.count().filter(StoredTask.done_at <= StoredTask.due_at),
            ).where(asked)
        )
    ).one()
    return row[0], row[1], row[2], row[3]


async def _undone(session: AsyncSession, asked: ColumnElement[bool]) -> list[tuple[UUID, datetime, datetime]]:
    """Return each store that has something left to do, with when the first and the last of it are due."""
    rows = await session.execute(
        select(StoredTask.store_id, func.min(StoredTask.due_at), func.max(StoredTask.due_at))
        .where(asked, StoredTask.done_at.is_(None), StoredTask.due_at.is_not(None))
        .group_by(StoredTask.store_id)
        .order_by(StoredTask.store_id)
    )
    return [(as_uuid(store_id), first, last) for store_id, first, last in rows if first and last]
