"""Reads of what a store has to do: what its books say now, and what is stored and not over."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.actor import ActorKind
from retail.access.permissions import Permission
from retail.access.work import Reading, require
from retail.catalogue.models import Price, Sku
from retail.inventory.models import StockLevel
from retail.kernel.content import as_uuid
from retail.kernel.refusal import NotFound
from retail.stores.directory import StoreEntry
from retail.stores.models import BusinessDay
from retail.stores.queries import in_sight
from retail.tasks.models import StoredTask, TaskClaim
from retail.tasks.priority import TaskKind
from retail.tasks.rules import Shelf, Task, TaskState, by_urgency, tasks_of
from retail.tasks.stored import task_of

STORED_AT_MOST = 500


async def tasks(reading: Reading, store: StoreEntry, *, over: bool = False) -> list[Task]:
    """Return what a store has to do now, most urgent first; another's store is not found.

    With `over`, also those of today that are done, missed or withdrawn. A program is told what the books say only.
    """
    person = reading.actor.kind is ActorKind.PERSON
    require(reading.actor, Permission.TEAM_READ if person else Permission.STOCK_READ, store.id)
    if not await in_sight(reading, {store.id: store}):
        raise NotFound("storeId", "store", "门店")
    found = await derived_tasks(reading.session, store, reading.now)
    if person:
        found = await _owned(reading.session, store, found)
        found += await stored_tasks(reading.session, store, reading.now, over=over)
    return sorted(found, key=lambda task: (task.state in _OVER, *by_urgency(task)))


async def derived_tasks(session: AsyncSession, store: StoreEntry, now: datetime) -> list[Task]:
    """Return what the books ask of a store now."""
    day = store.day_at(now)
    opened = await session.get(BusinessDay, (store.id, day)) is not None
    shelves, looked_for = await _shelves_in_need(session, store, now), await _looked_for(session, store, day)
    return tasks_of(store, day, now=now, opened=opened, shelves=shelves, looked_for=looked_for)


async def stored_tasks(session: AsyncSession, store: StoreEntry, now: datetime, *, over: bool = False) -> list[Task]:
    """Return the stored tasks of a store that are not over; with `over`, those of today that are, too."""
    running = _running(now)
    today = or_(StoredTask.day == store.day_at(now), StoredTask.done_at >= store.day_began(now))
    return await _stored(session, store, or_(running, today) if over else running, now)


async def tasks_left_at(session: AsyncSession, store: StoreEntry, at: datetime) -> list[Task]:
    """Return the stored tasks that are not over of those that somebody had asked for at an instant."""
    asked = and_(
        StoredTask.day <= store.day_at(at), or_(StoredTask.kind == TaskKind.CHECKLIST, StoredTask.made_at <= at)
    )
    return await _stored(session, store, and_(_running(at), asked), at)


async def task_by_id(session: AsyncSession, store: StoreEntry, task_id: UUID, now: datetime) -> Task | None:
    """Return one task of a store, stored or from the books, whatever has become of it."""
    for task in await _stored(session, store, StoredTask.id == task_id, now):
        return task
    derived = await _owned(session, store, await derived_tasks(session, store, now))
    return next((task for task in derived if task.id == task_id), None)


def people_of(tasks: Iterable[Task]) -> set[UUID]:
    """Return the people whose names tasks mention."""
    return {id for task in tasks for id in (task.owner_id, task.done_by) if id is not None}


_OVER = {TaskState.DONE, TaskState.MISSED, TaskState.WITHDRAWN}


def _running(now: datetime) -> ColumnElement[bool]:
    return and_(
        StoredTask.done_at.is_(None),
        StoredTask.withdrawn_at.is_(None),
        or_(StoredTask.expires_at.is_(None), StoredTask.expires_at > now),
    )


async def _stored(session: AsyncSession, store: StoreEntry, wanted: ColumnElement[bool], now: datetime) -> list[Task]:
    chosen = (
        select(StoredTask, TaskClaim)
        .outerjoin(TaskClaim, and_(TaskClaim.store_id == StoredTask.store_id, TaskClaim.task_id == StoredTask.id))
        .where(StoredTask.store_id == store.id, wanted)
        .order_by(StoredTask.made_at.desc(), StoredTask.id)
        .limit(STORED_AT_MOST)
    )
    return [task_of(row, claim, now) for row, claim in await session.execute(chosen)]


async def _owned(session: AsyncSession, store: StoreEntry, found: Sequence[Task]) -> list[Task]:
    """Add to tasks from the books who has taken them."""
    rows = await session.scalars(
        select(TaskClaim).where(TaskClaim.store_id == store.id, TaskClaim.task_id.in_([task.id for task in found]))
    )
    claims = {as_uuid(row.task_id): row for row in rows}
    return [
        replace(task, state=TaskState.TAKEN, owner_id=as_uuid(claim.owner_id), taken_at=claim.taken_at)
        if (claim := claims.get(task.id))
        else task
        for task in found
    ]


async def _looked_for(session: AsyncSession, store: StoreEntry, day: date) -> set[UUID]:
    rows = await session.scalars(
        select(StoredTask.sku_id).where(
            StoredTask.store_id == store.id,
            StoredTask.day == day,
            StoredTask.kind == TaskKind.RESTOCK,
            StoredTask.done_at.is_not(None),
        )
    )
    return {as_uuid(sku_id) for sku_id in rows if sku_id is not None}


async def _shelves_in_need(session: AsyncSession, store: StoreEntry, now: datetime) -> list[Shelf]:
    available = StockLevel.on_hand - StockLevel.reserved
    fen = (
        select(Price.fen)
        .where(
            Price.sku_id == StockLevel.sku_id,
            or_(Price.store_id.is_(None), Price.store_id == store.id),
            Price.valid_from <= now,
            or_(Price.valid_until.is_(None), Price.valid_until > now),
        )
        .order_by(Price.store_id.is_(None), Price.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )
    unit = select(Sku.unit).where(Sku.id == StockLevel.sku_id).scalar_subquery()
    rows = await session.execute(
        select(StockLevel.sku_id, StockLevel.on_hand, available, StockLevel.safety_stock, fen, unit).where(
            StockLevel.store_id == store.id, or_(StockLevel.on_hand < 0, available < StockLevel.safety_stock)
        )
    )
    return [Shelf(as_uuid(row[0]), *row[1:]) for row in rows]
