"""The short count of a store's day: a task of the kind COUNT, made from what `stocktakes.cycle` proposes.

One a store and business day, once the day is open; its id follows from both, so the unique index decides between two
who make it at once. What it wants counted is fixed when it is made, so that it can be finished: what becomes due
meanwhile is for tomorrow. What has been counted since, in whatever way, is not asked again. Nobody completes it by
hand. It is done when all of its goods have been counted since, or a stocktake of just those that were left has been
confirmed; one that was missed is looked for as long as a phone may be away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import structlog
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.work import Office, Work
from retail.kernel.content import as_uuid
from retail.stocktakes.cycle import minutes_for
from retail.stocktakes.proposing import CountProposals, proposed
from retail.stores.directory import Directory, StoreEntry
from retail.stores.models import BusinessDay, StoreKind
from retail.tasks.models import StoredTask
from retail.tasks.priority import TaskKind
from retail.tasks.rules import Task
from retail.tasks.schedule import day_ends, local_instant
from retail.tasks.stored import store_tasks

log = structlog.get_logger(__name__)

LOOKED_FOR = timedelta(days=8)
"""What was not counted in so long a time is missed for good: what is asked of the books does not grow for ever."""
STORES_AT_ONCE = 20
"""A chain's days open within minutes of each other: so many are looked at in one round, a store a transaction."""
_COUNTS = UUID("7f1b3c52-7d0e-4a0b-8f6c-2a4f1f0f7b1d")


def count_task_id(store: StoreEntry, day: date) -> UUID:
    """Return the id of the count of a store's business day."""
    return uuid5(_COUNTS, f"{store.id} {day}")


@dataclass(slots=True)
class CountTasks:
    """What one process remembers: for which day it has looked at what a store should count."""

    office: Office
    directory: Directory
    _looked: dict[UUID, date] = field(default_factory=dict)

    async def make(self) -> int:
        """Make the counts of days that have been opened; return how many are new."""
        stores = await self.directory.stores()
        made = 0
        for store in await self._open_days(stores.values()):
            try:
                async with self.office.work(None) as work:
                    made += await make_count_task(work, store)
            except Exception:  # the other stores are not held up by one, which is tried again
                log.exception("a store's count could not be made", store=str(store.id))
                continue
            self._looked[store.id] = store.day_at(work.now)
        return made

    async def _open_days(self, stores: Iterable[StoreEntry]) -> list[StoreEntry]:
        now = self.office.clock()
        shops = {store.id: store for store in stores if store.kind is StoreKind.SHOP}
        wanted = {id: store for id, store in shops.items() if self._looked.get(id) != store.day_at(now)}
        async with self.office.system() as session:
            rows = await session.execute(
                select(BusinessDay.store_id, BusinessDay.day).where(
                    BusinessDay.store_id.in_(list(wanted)),
                    BusinessDay.day.in_({store.day_at(now) for store in wanted.values()}),
                )
            )
            opened = {(as_uuid(row.store_id), row.day) for row in rows}
        found = [store for id, store in sorted(wanted.items()) if (id, store.day_at(now)) in opened]
        return found[:STORES_AT_ONCE]


async def make_count_task(work: Work, store: StoreEntry) -> int:
    """Ask for the short count of a store's present day, if there is anything to count; return 1 if it is new."""
    day = store.day_at(work.now)
    id = count_task_id(store, day)
    if await work.session.get(StoredTask, (store.id, id)) is not None:
        return 0
    found = await proposed(work.session, store.id, work.now)
    if not found.items:
        return 0
    await store_tasks(work, [_row(work, store, day, id, found)])
    return 1


def _row(work: Work, store: StoreEntry, day: date, id: UUID, found: CountProposals) -> dict[str, Any]:
    many = len(found.items)
    minutes = minutes_for(many, found.pace)
    return {
        "store_id": store.id,
        "id": id,
        "kind": TaskKind.COUNT,
        "day": day,
        "title": f"盘点 {many} 种商品，约 {minutes} 分钟",
        "title_en": f"Count {many} item{'' if many == 1 else 's'}, about {minutes} min",
        "needs": [],
        "sku_ids": [each.sku_id for each in found.items],
        "must": False,
        "due_at": max(local_instant(store, day, store.closes_at), work.now),
        "expires_at": day_ends(store, day),
        "made_at": work.now,
        "made_by": None,
    }


@dataclass(frozen=True, slots=True)
class CountStanding:
    """How far an open count is: which of its goods have been counted since, and when and by whom it was done, if it is.

    It was whoever confirmed the last stocktake that it took; nobody is named where a thing was counted by itself.
    """

    store_id: UUID
    counted: frozenset[UUID]
    done_at: datetime | None
    done_by: UUID | None


async def count_standings(
    session: AsyncSession, store_ids: Iterable[UUID], now: datetime
) -> Mapping[UUID, CountStanding]:
    """Return how far the counts of stores are that are open."""
    rows = await session.execute(_STANDINGS, {"stores": list(store_ids), "since": now - LOOKED_FOR})
    return {
        as_uuid(row.id): CountStanding(
            as_uuid(row.store_id),
            frozenset(as_uuid(each) for each in row.counted),
            row.done_at,
            as_uuid(row.done_by) if row.done_by else None,
        )
        for row in rows
    }


def still_wanted(task: Task, standings: Mapping[UUID, CountStanding]) -> Task:
    """Return a task that asks only for what has not been counted since it was made."""
    standing = standings.get(task.id)
    if standing is None or not standing.counted:
        return task
    return replace(task, sku_ids=tuple(each for each in task.sku_ids if each not in standing.counted))


async def finish_counts(work: Work, store_ids: Iterable[UUID]) -> int:
    """Call counts done all of whose goods have been counted; return how many."""
    standings = await count_standings(work.session, store_ids, work.now)
    done = {id: each for id, each in sorted(standings.items()) if each.done_at is not None}
    for id, each in done.items():
        await work.session.execute(_FINISH, {"store": each.store_id, "id": id, "at": each.done_at, "by": each.done_by})
    return len(done)


# An SKU is counted by an anchor (posted, or set to a count by hand) or by a line of a confirmed stocktake, since the
# task was made. Of a confirmed stocktake of all that was left nothing is open, whatever was not seen.
_STANDINGS = text(
    """
    with wanted as (
        select store_id, id, sku_ids, made_at from task
        where store_id = any(:stores) and kind = 'count' and done_at is null and withdrawn_at is null
            and sku_ids is not null and made_at > :since
    ), closed as (
        select s.store_id, s.id, s.closed_at, s.closed_by, s.scope, s.scope_ids, w.id as task_id
        from wanted w join stocktake s on s.store_id = w.store_id
        where s.status = 'confirmed' and s.closed_at >= w.made_at
    ), seen as (
        select w.id as task_id, a.sku_id, a.counted_to as at, c.closed_by as by
        from wanted w join count_anchor a on a.store_id = w.store_id and a.sku_id = any(w.sku_ids)
        left join closed c on c.task_id = w.id and c.id = a.document_id
        where a.counted_to >= w.made_at
        union all
        select c.task_id, l.sku_id, c.closed_at, c.closed_by
        from closed c join wanted w on w.id = c.task_id
        join stocktake_line l on l.stocktake_id = c.id and l.sku_id = any(w.sku_ids)
        where l.counted_at >= w.made_at
    ), each as (
        select distinct on (task_id, sku_id) task_id, sku_id, at, by from seen order by task_id, sku_id, at
    ), rest as (
        select c.task_id, c.closed_by as by, greatest(c.closed_at, max(e.at)) as at
        from closed c join wanted w on w.id = c.task_id cross join unnest(w.sku_ids) as asked (sku_id)
        left join each e on e.task_id = w.id and e.sku_id = asked.sku_id and asked.sku_id <> all(c.scope_ids)
        where c.scope = 'skus' and c.scope_ids && w.sku_ids
        group by c.task_id, c.id, c.closed_by, c.closed_at
        having bool_and(asked.sku_id = any(c.scope_ids) or e.sku_id is not null)
    ), whole as (
        select distinct on (task_id) task_id, at, by from rest order by task_id, at
    ), every as (
        select e.task_id, max(e.at) as at, (array_agg(e.by order by e.at desc))[1] as by
        from each e join wanted w on w.id = e.task_id
        group by e.task_id, w.sku_ids having count(*) = cardinality(w.sku_ids)
    )
    select w.store_id, w.id, array(select e.sku_id from each e where e.task_id = w.id) as counted,
        least(whole.at, every.at) as done_at,
        case when every.at is null or whole.at < every.at then whole.by else every.by end as done_by
    from wanted w left join whole on whole.task_id = w.id left join every on every.task_id = w.id
    """
)
_FINISH = text(
    "update task set done_at = :at, done_by = :by where store_id = :store and id = :id and done_at is null"
    " and withdrawn_at is null"
)
