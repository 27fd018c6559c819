"""What people do with tasks: take one, leave it, complete it.

What was done is a fact: late, offline, or by two people at once, it is recorded. The first by its own time is who did
the task; the other record stays beside it, and whoever sends it is told. Nothing that was done is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from retail.access.models import Person
from retail.access.permissions import Permission
from retail.access.work import Work
from retail.audit import log
from retail.audit.acts import Act
from retail.inventory.intake import Origin, origin_problems, text_problems
from retail.kernel.clock import believable
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, NotFound
from retail.photos.commands import announce
from retail.photos.models import PhotoAbout
from retail.photos.rules import NewPhoto
from retail.stores.directory import StoreEntry
from retail.tasks.acts import Done, compliant_acts
from retail.tasks.compliance import count_acts
from retail.tasks.drafts import LONG_NOTE_AT_MOST
from retail.tasks.errors import TaskFollowsBooks, TaskOver, TaskTaken
from retail.tasks.models import StoredTask, TaskClaim, TaskRecord
from retail.tasks.needs import Answer, Need, NeedKind, answer_problems, is_outside, needs_of
from retail.tasks.priority import TaskKind
from retail.tasks.queries import derived_tasks
from retail.tasks.stored import follow_up, store_tasks, write_record


@dataclass(frozen=True, slots=True)
class Completion:
    """What somebody did about a task, as their phone tells it."""

    task_id: UUID
    record_id: UUID
    origin: Origin
    answers: tuple[Answer, ...]
    photos: tuple[NewPhoto, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class TaskClaimed:
    """The answer of `take_task` and `leave_task`."""

    task_id: UUID


@dataclass(frozen=True, slots=True)
class TaskCompleted:
    """The answer of `complete_task`: the record, who else did it before, and what follows from it."""

    record_id: UUID
    also_done_by: UUID | None
    also_done_at: datetime | None
    follow_up_ids: list[UUID]


async def take_task(
    work: Work, *, store: StoreEntry, task_id: UUID, occurred_at: datetime, take_over: bool
) -> TaskClaimed:
    """Say that the actor does a task, stored or from the books; it is one person's at a time."""
    work.require(Permission.TASK_DO, store.id)
    row = await _stored(work, store, task_id)
    if row is None and task_id not in {task.id for task in await derived_tasks(work.session, store, work.now)}:
        raise NotFound("taskId", "task", "任务")
    if row is not None and (over := row.done_at or row.withdrawn_at):
        by = await _name(work, row.done_by if row.done_at else row.withdrawn_by)
        raise TaskOver("done" if row.done_at else "withdrawn", by, over)
    taken_at, _ = believable(occurred_at, work.now)
    mine = {"owner_id": work.actor_id, "taken_at": taken_at}
    statement = insert(TaskClaim).values(store_id=store.id, task_id=task_id, **mine)
    await work.session.execute(statement.on_conflict_do_nothing())
    claim = await work.session.scalar(_claim(store, task_id).with_for_update())
    if claim is not None and claim.owner_id != work.actor_id:
        if not take_over:
            raise TaskTaken(as_uuid(claim.owner_id), await _name(work, claim.owner_id))
        claim.owner_id, claim.taken_at = mine["owner_id"], taken_at
        await work.session.flush()
    await _log(work, store, "task.taken", task=task_id, over=take_over)
    return TaskClaimed(task_id)


async def leave_task(work: Work, *, store: StoreEntry, task_id: UUID) -> TaskClaimed:
    """Say that the actor does a task no longer; one that is not theirs stays as it is."""
    work.require(Permission.TASK_DO, store.id)
    if await _stored(work, store, task_id) is None and not await _is_derived(work, store, task_id):
        raise NotFound("taskId", "task", "任务")
    await work.session.execute(
        delete(TaskClaim).where(
            TaskClaim.store_id == store.id, TaskClaim.task_id == task_id, TaskClaim.owner_id == work.actor_id
        )
    )
    await _log(work, store, "task.left", task=task_id)
    return TaskClaimed(task_id)


async def complete_task(work: Work, completion: Completion, *, store: StoreEntry) -> TaskCompleted:
    """Record what was done about a stored task, however late; numbers out of range become tasks of their own."""
    work.require(Permission.TASK_DO, store.id)
    task = await _stored(work, store, completion.task_id)
    if task is None:
        if await _is_derived(work, store, completion.task_id):
            raise TaskFollowsBooks
        raise NotFound("taskId", "task", "任务")
    if task.kind == TaskKind.COUNT:
        raise TaskFollowsBooks
    needs = needs_of(task.needs)
    _check(completion, needs)
    done_at, clock_error = believable(completion.origin.occurred_at, work.now)
    before = await work.session.scalar(
        select(TaskRecord)
        .where(TaskRecord.store_id == store.id, TaskRecord.task_id == task.id)
        .order_by(TaskRecord.occurred_at, TaskRecord.id)
        .limit(1)
    )
    await write_record(
        work,
        store,
        task,
        completion.record_id,
        completion.origin,
        completion.answers,
        moment=(done_at, clock_error),
        is_late=task.due_at is not None and done_at > task.due_at,
        note=completion.note,
    )
    await announce(work, store_id=store.id, about=(PhotoAbout.TASK, as_uuid(task.id)), photos=completion.photos)
    if task.done_at is None or done_at < task.done_at:
        task.done_at, task.done_by = done_at, work.actor_id
        await work.session.flush()
    follow_ups = await _follow_up(work, store, task, needs, completion.answers)
    await _count(work, store, task, needs, completion, done_at)
    await _log(work, store, "task.completed", task=task.id, record=completion.record_id)
    return TaskCompleted(
        completion.record_id,
        as_uuid(before.person_id) if before else None,
        before.occurred_at if before else None,
        follow_ups,
    )


def _check(completion: Completion, needs: Sequence[Need]) -> None:
    announced = frozenset(photo.id for photo in completion.photos)
    problems = [
        *origin_problems(completion.origin),
        *text_problems("note", completion.note, LONG_NOTE_AT_MOST),
        *answer_problems(needs, completion.answers, announced),
    ]
    if problems:
        raise InvalidInput(problems)


async def _follow_up(
    work: Work, store: StoreEntry, task: StoredTask, needs: Sequence[Need], answers: Sequence[Answer]
) -> list[UUID]:
    asked = {need.id: need for need in needs}
    rows = [
        follow_up(work, store, task, asked[each.item_id], each.number)
        for each in answers
        if each.number is not None and is_outside(asked[each.item_id], each)
    ]
    await store_tasks(work, rows)
    return [row["id"] for row in rows]


async def _count(
    work: Work, store: StoreEntry, task: StoredTask, needs: Sequence[Need], completion: Completion, done_at: datetime
) -> None:
    if work.actor_id is None:
        return
    kinds = {need.kind for need in needs}
    asks_record = bool(kinds & {NeedKind.NUMBER, NeedKind.TEXT})
    done = Done(task.due_at, done_at, asks_record, NeedKind.PHOTO in kinds, bool(completion.photos))
    await count_acts(
        work,
        compliant_acts(done),
        store_id=store.id,
        person_id=work.actor_id,
        day=store.day_at(done_at),
        subject_id=as_uuid(task.id),
        occurred_at=done_at,
    )


async def _stored(work: Work, store: StoreEntry, task_id: UUID) -> StoredTask | None:
    """Return a stored task of a store, locked, so that two who complete it come one after the other."""
    found: StoredTask | None = await work.session.scalar(
        select(StoredTask).where(StoredTask.store_id == store.id, StoredTask.id == task_id).with_for_update()
    )
    return found


async def _is_derived(work: Work, store: StoreEntry, task_id: UUID) -> bool:
    return task_id in {task.id for task in await derived_tasks(work.session, store, work.now)}


def _claim(store: StoreEntry, task_id: UUID) -> Any:
    return select(TaskClaim).where(TaskClaim.store_id == store.id, TaskClaim.task_id == task_id)


async def _name(work: Work, person_id: UUID | None) -> str:
    return await work.session.scalar(select(Person.name).where(Person.id == person_id)) or ""


async def _log(work: Work, store: StoreEntry, act: Act, **details: object) -> None:
    await log.append(
        work.session, act=act, actor_id=work.actor_id, store_id=store.id, details=details, clock=lambda: work.now
    )
