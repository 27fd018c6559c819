"""Tasks that whoever leads a store gives to it: to somebody by name, or to all who work there.

One that is somebody's is theirs from the beginning, as if they had taken it: a colleague may take it over. Who is to be
woken follows from the tables, as with help.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import and_, any_, exists, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.models import Assignment, Person
from retail.access.permissions import Permission, roles_with
from retail.access.work import Work
from retail.audit import log
from retail.inventory.intake import problem
from retail.kernel.refusal import InvalidInput, NotFound
from retail.push.calls import TASKS, call_whoever, called_last, plays
from retail.push.models import PushSubscription
from retail.stores.directory import StoreEntry
from retail.tasks.drafts import NewTask, new_task_problems
from retail.tasks.models import StoredTask, TaskClaim
from retail.tasks.needs import Need, NeedKind, needs_as_json
from retail.tasks.priority import TaskKind

_ITEMS = UUID("6f0c2d7b-58c4-4a55-8a43-1d1f0b9b7a35")


@dataclass(frozen=True, slots=True)
class NewAssignment:
    """A task as whoever leads the store words it; `to_id` is None for everybody who works there."""

    id: UUID
    to_id: UUID | None
    title: str
    title_en: str
    note: str | None
    photo: bool
    must: bool
    due_at: datetime | None

    def task(self, store: StoreEntry) -> NewTask:
        """Return it as a task that is sent, asking for a picture or for a tick."""
        need = (
            Need(uuid5(_ITEMS, "picture"), "拍照为证", "A picture of it", NeedKind.PHOTO)
            if self.photo
            else Need(uuid5(_ITEMS, "done"), "做完了", "Done", NeedKind.TICK)
        )
        return NewTask(self.id, (store.id,), self.title, self.title_en, (need,), self.note, self.must, self.due_at)


@dataclass(frozen=True, slots=True)
class TaskAssigned:
    """The answer of `assign_task`."""

    task_id: UUID


async def works_here(session: AsyncSession, store: StoreEntry, person_id: UUID, now: datetime) -> bool:
    """Say whether somebody does tasks in a store now; asked in the system's session."""
    here = or_(
        and_(Assignment.store_ids.is_(None), Assignment.region_ids.is_(None)),
        literal(store.id) == any_(Assignment.store_ids),
        literal(store.region_id) == any_(Assignment.region_ids),
    )
    found = await session.scalar(
        select(
            exists().where(
                Person.id == person_id,
                or_(Person.left_at.is_(None), Person.left_at > now),
                Assignment.person_id == Person.id,
                Assignment.role.in_(roles_with(Permission.TASK_DO)),
                Assignment.valid_from <= now,
                or_(Assignment.valid_until.is_(None), Assignment.valid_until > now),
                here,
            )
        )
    )
    return bool(found)


async def assign_task(work: Work, new: NewAssignment, *, store: StoreEntry, is_here: bool) -> TaskAssigned:
    """Give a store a task; it stays until it is done or taken back. `is_here`: whoever is named works there."""
    work.require(Permission.TASK_ASSIGN, store.id)
    task = new.task(store)
    if problems := new_task_problems(task, work.now):
        raise InvalidInput(problems)
    if new.to_id is not None and not is_here:
        raise NotFound("toId", "person", "员工")
    written = await work.session.scalar(
        insert(StoredTask)
        .values(
            store_id=store.id,
            id=new.id,
            kind=TaskKind.ASSIGNED,
            day=store.day_at(work.now),
            title=task.title.strip(),
            title_en=task.title_en.strip(),
            note=task.note,
            needs=needs_as_json(task.needs),
            must=task.must,
            due_at=task.due_at,
            made_at=work.now,
            made_by=work.actor_id,
        )
        .on_conflict_do_nothing()
        .returning(StoredTask.id)
    )
    if written is None:
        raise InvalidInput([problem("id", "ID_TAKEN", "This id was used before.", "这个编号已经用过。")])
    if new.to_id is not None:
        work.session.add(TaskClaim(store_id=store.id, task_id=new.id, owner_id=new.to_id, taken_at=work.now))
        await work.session.flush()
    await log.append(
        work.session,
        act="task.assigned",
        actor_id=work.actor_id,
        store_id=store.id,
        details={"task": new.id, "to": new.to_id},
        clock=lambda: work.now,
    )
    return TaskAssigned(new.id)


async def call_about_tasks(session: AsyncSession, now: datetime) -> None:
    """Mark whoever has been given a task by name, or works where everybody has, and was not called since."""
    claimed = (TaskClaim.store_id == StoredTask.store_id, TaskClaim.task_id == StoredTask.id)
    given_to = (TaskClaim.owner_id == PushSubscription.person_id, TaskClaim.taken_at == StoredTask.made_at)
    nobody = ~exists().where(*claimed).correlate_except(TaskClaim)
    mine = exists().where(*claimed, *given_to).correlate_except(TaskClaim)
    there_is = (
        exists()
        .where(
            StoredTask.kind == TaskKind.ASSIGNED,
            StoredTask.done_at.is_(None),
            StoredTask.withdrawn_at.is_(None),
            StoredTask.made_at > called_last(TASKS),
            StoredTask.made_by != PushSubscription.person_id,
            or_(nobody, mine),
            plays(StoredTask.store_id, roles_with(Permission.TASK_DO), now),
        )
        .correlate(PushSubscription)
    )
    await call_whoever(session, now, Permission.TASK_DO, there_is, TASKS)
