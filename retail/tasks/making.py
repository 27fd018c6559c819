"""Making the tasks of checklists: each once for every business day of every store it is for.

Whoever asks for a store's tasks makes what is missing, and a job does it where nobody asks. The id of a task follows
from checklist, store, day and time, so the unique index decides between two who make it at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from retail.access.work import Work
from retail.kernel.content import as_uuid
from retail.stores.directory import StoreEntry
from retail.stores.models import StoreKind
from retail.tasks.models import ChecklistVersion, StoredTask, TasksMade
from retail.tasks.needs import needs_as_json, needs_of
from retail.tasks.priority import TaskKind
from retail.tasks.schedule import LOOK_BACK_DAYS, Plan, Run, day_ends, days_to_make, read_time, runs

COMMITTED_WITHIN = timedelta(minutes=1)
"""A version that is saved now may become visible so much later: until then a store is looked at again."""
_ROWS_AT_ONCE = 1000


async def is_due(session: AsyncSession, store: StoreEntry, now: datetime) -> bool:
    """Say whether a store's checklists have to be made into tasks now."""
    return bool(await _due(session, [store], now))


async def make_tasks(work: Work, stores: Iterable[StoreEntry]) -> int:
    """Make what the checklists ask of some shops up to now; return how many tasks are new."""
    due = await _due(work.session, list(stores), work.now)
    if not due:
        return 0
    plans = await plans_since(work.session, work.now - timedelta(days=LOOK_BACK_DAYS + 2))
    rows: list[dict[str, Any]] = []
    for store, made in due.items():
        mine = [plan for plan in plans if plan.covers(store)]
        today = store.day_at(work.now)
        began = min((store.day_at(plan.saved_at) for plan in mine), default=today)
        for day in days_to_make(made.through if made else began, today):
            rows += [_row(store, run, work.now) for run in runs(store, day, plans)]
    made_now = 0
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        statement = insert(StoredTask).values(rows[start : start + _ROWS_AT_ONCE]).on_conflict_do_nothing()
        made_now += len((await work.session.execute(statement.returning(StoredTask.id))).all())
    await _remember(work, due)
    return made_now


async def plans_since(session: AsyncSession, since: datetime) -> list[Plan]:
    """Return every version of a checklist that was in force at some time since an instant."""
    later = aliased(ChecklistVersion)
    superseded = exists().where(
        later.checklist_id == ChecklistVersion.checklist_id,
        later.version > ChecklistVersion.version,
        later.saved_at <= since,
    )
    rows = await session.scalars(select(ChecklistVersion).where(~superseded))
    return [plan_of(row) for row in rows]


def plan_of(row: ChecklistVersion) -> Plan:
    """Return a version of a checklist as the schedule reads it."""
    return Plan(
        checklist_id=as_uuid(row.checklist_id),
        version=row.version,
        title=row.title,
        title_en=row.title_en,
        needs=needs_of(row.needs),
        must=row.must,
        moment=row.moment,
        times=tuple(read_time(each) for each in row.times),
        weekdays=frozenset(row.weekdays),
        store_ids=_ids(row.store_ids),
        region_ids=_ids(row.region_ids),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        active=row.active,
        saved_at=row.saved_at,
    )


def _ids(ids: Sequence[UUID] | None) -> frozenset[UUID] | None:
    return None if ids is None else frozenset(as_uuid(each) for each in ids)


async def _due(
    session: AsyncSession, stores: Sequence[StoreEntry], now: datetime
) -> Mapping[StoreEntry, TasksMade | None]:
    """Return the shops for which something may be missing, with what has been made for them."""
    shops = [store for store in stores if store.kind is StoreKind.SHOP]
    newest = await session.scalar(select(func.max(ChecklistVersion.saved_at)))
    if newest is None:
        return {}
    rows = await session.scalars(select(TasksMade).where(TasksMade.store_id.in_([store.id for store in shops])))
    made = {as_uuid(row.store_id): row for row in rows}
    return {
        store: made.get(store.id)
        for store in shops
        if (row := made.get(store.id)) is None or row.through < store.day_at(now) or newest >= row.at - COMMITTED_WITHIN
    }


def _row(store: StoreEntry, run: Run, now: datetime) -> dict[str, Any]:
    plan = run.plan
    return {
        "store_id": store.id,
        "id": run.id,
        "kind": TaskKind.CHECKLIST,
        "day": run.day,
        "checklist_id": plan.checklist_id,
        "version": plan.version,
        "title": plan.title,
        "title_en": plan.title_en,
        "needs": needs_as_json(plan.needs),
        "must": plan.must,
        "due_at": run.due_at,
        "expires_at": day_ends(store, run.day),
        "made_at": now,
    }


async def _remember(work: Work, due: Iterable[StoreEntry]) -> None:
    rows = [{"store_id": store.id, "through": store.day_at(work.now), "at": work.now} for store in due]
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        statement = insert(TasksMade).values(rows[start : start + _ROWS_AT_ONCE])
        await work.session.execute(
            statement.on_conflict_do_update(
                index_elements=[TasksMade.store_id],
                set_={
                    "through": func.greatest(TasksMade.through, statement.excluded.through),
                    "at": func.greatest(TasksMade.at, statement.excluded.at),
                },
            )
        )
