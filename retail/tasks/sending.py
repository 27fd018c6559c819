"""Tasks that headquarters sends to stores once, and takes back; whoever leads a store takes back what they gave it."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from sqlalchemy import select

from retail.access.models import Person
from retail.access.permissions import Permission
from retail.access.work import Work
from retail.audit import log
from retail.inventory.intake import problem
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, NotFound
from retail.stores.directory import StoreEntry
from retail.tasks.drafts import NewTask, new_task_problems
from retail.tasks.errors import TaskOver
from retail.tasks.models import StoredTask
from retail.tasks.needs import needs_as_json
from retail.tasks.priority import TaskKind
from retail.tasks.stored import store_tasks


@dataclass(frozen=True, slots=True)
class TaskSent:
    """The answer of `send_task`: the task of each store, in the order in which they were named."""

    task_ids: list[UUID]


@dataclass(frozen=True, slots=True)
class TaskWithdrawn:
    """The answer of `withdraw_task`."""

    task_id: UUID


async def send_task(work: Work, new: NewTask, *, stores: list[StoreEntry]) -> TaskSent:
    """Give stores a task; it stays until it is done or taken back."""
    for store in stores:
        work.require(Permission.CHECKLIST_DESIGN, store.id, "storeIds")
    if problems := new_task_problems(new, work.now):
        raise InvalidInput(problems)
    ids = [uuid5(new.id, str(store.id)) for store in stores]
    rows = [
        {
            "store_id": store.id,
            "id": id,
            "kind": TaskKind.SENT,
            "day": store.day_at(work.now),
            "title": new.title,
            "title_en": new.title_en,
            "note": new.note,
            "needs": needs_as_json(new.needs),
            "must": new.must,
            "due_at": new.due_at,
            "made_at": work.now,
            "made_by": work.actor_id,
        }
        for id, store in zip(ids, stores, strict=True)
    ]
    if await store_tasks(work, rows) < len(rows):
        words = ("This id was sent before.", "这个编号已经用过。")
        raise InvalidInput([problem("id", "ID_TAKEN", *words)])
    details = {"sent": new.id, "stores": [store.id for store in stores]}
    await log.append(work.session, act="task.sent", actor_id=work.actor_id, details=details, clock=lambda: work.now)
    return TaskSent(ids)


async def withdraw_task(work: Work, *, store: StoreEntry, task_id: UUID) -> TaskWithdrawn:
    """Take a stored task back that is not done; taken back twice, the first time stands."""
    assigns = work.actor is not None and work.actor.may(Permission.TASK_ASSIGN, store.id)
    if not assigns:
        work.require(Permission.CHECKLIST_DESIGN, store.id)
    task = await work.session.scalar(
        select(StoredTask).where(StoredTask.store_id == store.id, StoredTask.id == task_id).with_for_update()
    )
    if task is None:
        raise NotFound("taskId", "task", "任务")
    if task.kind != TaskKind.ASSIGNED:
        work.require(Permission.CHECKLIST_DESIGN, store.id)
    if task.done_at is not None:
        by = await work.session.scalar(select(Person.name).where(Person.id == task.done_by))
        raise TaskOver("done", by or "", task.done_at)
    if task.withdrawn_at is None:
        task.withdrawn_at, task.withdrawn_by = work.now, work.actor_id
        await work.session.flush()
    await log.append(
        work.session,
        act="task.withdrawn",
        actor_id=work.actor_id,
        store_id=store.id,
        details={"task": task_id},
        clock=lambda: work.now,
    )
    return TaskWithdrawn(as_uuid(task.id))
