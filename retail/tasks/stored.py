"""Stored tasks as tasks, and the ids and rows of those that people and readings give rise to."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.dialects.postgresql import insert

from retail.access.work import Work
from retail.catalogue.models import Sku
from retail.inventory.intake import Origin, problem
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput
from retail.stores.directory import StoreEntry
from retail.stores.places import metres_from
from retail.tasks.models import StoredTask, TaskClaim, TaskRecord
from retail.tasks.needs import Answer, Need, NeedKind, answers_as_json, needs_as_json, needs_of
from retail.tasks.priority import Stakes, TaskKind, urgency
from retail.tasks.readings import in_words
from retail.tasks.rules import Task, TaskState, state_of

FOLLOWED_UP_WITHIN = timedelta(hours=1)
DISPUTES_WITHIN = timedelta(hours=24)
TITLE_AT_MOST = 200
_ITEMS = UUID("c1a7e0a4-4f6b-4f0e-8a9c-0d5f3a9b7e11")


def task_of(row: StoredTask, claim: TaskClaim | None, now: datetime) -> Task:
    """Return a stored task as it stands now."""
    how_soon = urgency(Stakes(row.kind, now, must=row.must, due_at=row.due_at))
    owner_id = as_uuid(claim.owner_id) if claim else None
    done = row.done_at is not None
    return Task(
        id=as_uuid(row.id),
        kind=TaskKind(row.kind),
        store_id=as_uuid(row.store_id),
        day=row.day,
        due_at=row.due_at,
        sku_id=as_uuid(row.sku_id) if row.sku_id else None,
        quantity=None,
        priority=how_soon.points,
        why=how_soon.why,
        why_en=how_soon.why_en,
        title=row.title,
        title_en=row.title_en,
        must=row.must,
        state=state_of(
            done=done, withdrawn=row.withdrawn_at is not None, owner_id=owner_id, expires_at=row.expires_at, now=now
        ),
        is_late=row.due_at is not None and row.due_at < (row.done_at or now),
        needs=needs_of(row.needs),
        note=row.note,
        owner_id=owner_id,
        taken_at=claim.taken_at if claim else None,
        done_by=as_uuid(row.done_by) if row.done_by else None,
        done_at=row.done_at,
        checklist_id=as_uuid(row.checklist_id) if row.checklist_id else None,
        version=row.version,
        sku_ids=tuple(as_uuid(each) for each in row.sku_ids or ()),
    )


def is_running(task: Task) -> bool:
    """Say whether there is still something to do about a task today."""
    return task.state in {TaskState.OPEN, TaskState.TAKEN}


async def store_tasks(work: Work, rows: Sequence[Mapping[str, Any]]) -> int:
    """Keep tasks and return how many are new; one whose id is there stays as it is."""
    if not rows:
        return 0
    stored = insert(StoredTask).values(rows).on_conflict_do_nothing().returning(StoredTask.id)
    return len((await work.session.execute(stored)).all())


def follow_up(work: Work, store: StoreEntry, task: StoredTask, need: Need, number: float) -> dict[str, Any]:
    """Return the task that follows from a number out of range: look again, and say what was done about it."""
    id = uuid5(as_uuid(task.id), f"follow up {need.id}")
    said, said_en = in_words(number, need.unit), in_words(number, need.unit, english=True)
    done = Need(uuid5(_ITEMS, "done about it"), "采取了什么措施", "What was done about it", NeedKind.TEXT)
    return {
        **_asked(work, store, id, TaskKind.FOLLOW_UP, work.now + FOLLOWED_UP_WITHIN),
        "title": f"复查：{need.title}（{said}）",
        "title_en": f"Check again: {need.title_en} ({said_en})",
        "needs": needs_as_json([need, done]),
        "must": True,
    }


def dispute(work: Work, store: StoreEntry, id: UUID, words: str) -> dict[str, Any]:
    """Return the task that follows from what the next shift disputes at a hand-over."""
    found = Need(uuid5(_ITEMS, "how it was settled"), "如何解决", "How it was settled", NeedKind.TEXT)
    return {
        **_asked(work, store, id, TaskKind.DISPUTE, work.now + DISPUTES_WITHIN),
        "title": "交接异议待核实",
        "title_en": "Settle what was disputed at the hand-over",
        "note": words,
        "needs": needs_as_json([found]),
        "must": False,
    }


def missing_goods(work: Work, store: StoreEntry, restock_id: UUID, sku: Sku, on_hand: int) -> dict[str, Any]:
    """Return the task that follows when nobody finds what the book says is there: count it."""
    counted = Need(uuid5(_ITEMS, "counted"), "清点过了", "Counted", NeedKind.TICK)
    return {
        **_asked(work, store, uuid5(restock_id, "count it"), TaskKind.FOLLOW_UP, work.now + DISPUTES_WITHIN),
        "title": f"清点 {sku.name}：账上 {on_hand} {sku.unit}，店里找不到"[:TITLE_AT_MOST],
        "title_en": f"Count {sku.name_en}: the book says {on_hand}, nobody finds any"[:TITLE_AT_MOST],
        "sku_id": as_uuid(sku.id),
        "needs": needs_as_json([counted]),
        "must": False,
    }


def unexplained(work: Work, store: StoreEntry, id: UUID, title: str, title_en: str) -> dict[str, Any]:
    """Return the task that follows from something that was not done before a hand-over, and not explained."""
    reason = Need(uuid5(_ITEMS, "why it was not done"), "未完成的原因", "Why it was not done", NeedKind.TEXT)
    return {
        **_asked(work, store, id, TaskKind.FOLLOW_UP, work.now + DISPUTES_WITHIN),
        "title": f"说明未完成：{title}",
        "title_en": f"Explain what was not done: {title_en}",
        "needs": needs_as_json([reason]),
        "must": False,
    }


def _asked(work: Work, store: StoreEntry, id: UUID, kind: TaskKind, due_at: datetime) -> dict[str, Any]:
    day: date = store.day_at(work.now)
    return {
        "store_id": store.id,
        "id": id,
        "kind": kind,
        "day": day,
        "note": None,
        "due_at": due_at,
        "made_at": work.now,
        "made_by": work.actor_id,
    }


async def write_record(
    work: Work,
    store: StoreEntry,
    task: StoredTask,
    record_id: UUID,
    origin: Origin,
    answers: Sequence[Answer],
    *,
    moment: tuple[datetime, int | None],
    is_late: bool,
    note: str | None = None,
) -> None:
    """Write down what somebody did about a task at a moment (as `believable` tells it).

    Raises:
        InvalidInput: `ID_TAKEN`, another record has this id.
    """
    at, clock_error = moment
    written = await work.session.scalar(
        insert(TaskRecord)
        .values(
            store_id=store.id,
            id=record_id,
            task_id=task.id,
            person_id=work.actor_id,
            occurred_at=at,
            recorded_at=work.now,
            clock_error_seconds=clock_error,
            device=origin.device,
            latitude=origin.latitude,
            longitude=origin.longitude,
            distance_metres=metres_from(store, origin.latitude, origin.longitude),
            is_late=is_late,
            note=note,
            answers=answers_as_json(answers),
        )
        .on_conflict_do_nothing()
        .returning(TaskRecord.id)
    )
    if written is None:
        words = ("This id is another record's.", "这个编号属于另一条记录。")
        raise InvalidInput([problem("recordId", "ID_TAKEN", *words)])
