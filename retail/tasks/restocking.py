"""Filling a shelf: where more of a thing may be found, and what became of looking for it.

The book cannot tell a shelf that was filled from one that nobody went to: it counts what is in the store, wherever it
stands. So whoever looked says so, and the task of that day is over; the record stays. "There is none" while the book
says that there is some becomes a task to count it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.permissions import Permission
from retail.access.work import Reading, Work, require
from retail.audit import log
from retail.catalogue.models import Sku
from retail.inventory.intake import Origin, origin_problems
from retail.inventory.models import StockLevel
from retail.kernel.clock import believable
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, NotFound
from retail.returns.models import QuarantineLot
from retail.shelves.models import Shelf, ShelfSku
from retail.stores.directory import StoreEntry
from retail.stores.places import metres_from
from retail.tasks.models import StoredTask
from retail.tasks.needs import Answer, Need, NeedKind, needs_as_json
from retail.tasks.priority import TaskKind
from retail.tasks.rules import derived_id, title_of
from retail.tasks.stored import missing_goods, store_tasks, write_record

STORES_AT_MOST = 3
"""The nearest that have some to spare: nobody rings up more."""

_ITEMS = UUID("b7f3c5a1-9c1e-4f7c-8e0f-1f2f6f4c9d10")


class RestockOutcome(StrEnum):
    """What became of a shelf that was to be filled."""

    FILLED = "filled"
    NONE = "none"


_ASKED = {
    RestockOutcome.FILLED: Need(uuid5(_ITEMS, "filled"), "补上了", "The shelf is filled", NeedKind.TICK, must=False),
    RestockOutcome.NONE: Need(uuid5(_ITEMS, "none"), "没有货", "There is none", NeedKind.TICK, must=False),
}


@dataclass(frozen=True, slots=True)
class RestockAnswer:
    """What somebody says who went to fill a shelf, as their phone tells it."""

    record_id: UUID
    sku_id: UUID
    outcome: RestockOutcome
    origin: Origin


@dataclass(frozen=True, slots=True)
class RestockAnswered:
    """The answer of `answer_restock`: the task of that day, its record, and the count that follows."""

    task_id: UUID
    record_id: UUID
    follow_up_id: UUID | None


@dataclass(frozen=True, slots=True)
class SpareStock:
    """A store of the same region that has more than its safety stock; `metres` away, if both positions are known."""

    store: StoreEntry
    spare: int
    metres: int | None


@dataclass(frozen=True, slots=True)
class RestockSources:
    """Where more of an SKU may be found: in the store by its book, or waiting to be inspected."""

    on_hand: int
    promised: int
    safety_stock: int
    shelves: list[Shelf]
    in_quarantine: int

    @property
    def missing(self) -> int:
        """Return how many are missing to the safety stock."""
        return max(self.safety_stock - (self.on_hand - self.promised), 0)


async def sources_here(reading: Reading, store: StoreEntry, sku_id: UUID) -> RestockSources:
    """Return where more of an SKU may be found within a store."""
    require(reading.actor, Permission.STOCK_READ, store.id)
    session = reading.session
    level = await session.get(StockLevel, (store.id, sku_id))
    if level is None:
        raise NotFound("skuId", "SKU", "商品")
    places = await session.scalars(
        select(Shelf)
        .join(ShelfSku, (ShelfSku.store_id == Shelf.store_id) & (ShelfSku.shelf_id == Shelf.id))
        .where(Shelf.store_id == store.id, Shelf.retired_at.is_(None), ShelfSku.sku_id == sku_id)
        .order_by(Shelf.zone, Shelf.place, Shelf.code)
    )
    waiting = await session.scalar(
        select(func.coalesce(func.sum(QuarantineLot.units), 0)).where(
            QuarantineLot.store_id == store.id, QuarantineLot.sku_id == sku_id, QuarantineLot.closed_at.is_(None)
        )
    )
    return RestockSources(level.on_hand, level.reserved, level.safety_stock, list(places), int(waiting or 0))


async def stores_with_spare(
    session: AsyncSession, stores: Mapping[UUID, StoreEntry], here: StoreEntry, sku_id: UUID
) -> list[SpareStock]:
    """Return the nearest stores of the same region that can spare some of an SKU.

    Read as the system: the other shelves are other stores'. What is told of them is what they can spare.
    """
    near = {id: each for id, each in stores.items() if each.region_id == here.region_id and id != here.id}
    spare = StockLevel.on_hand - StockLevel.reserved - StockLevel.safety_stock
    rows = await session.execute(
        select(StockLevel.store_id, spare).where(
            StockLevel.store_id.in_(list(near)), StockLevel.sku_id == sku_id, spare > 0
        )
    )
    found = []
    for store_id, units in rows:
        other = near[as_uuid(store_id)]
        found.append(SpareStock(other, int(units), metres_from(here, other.latitude, other.longitude)))
    return sorted(found, key=_nearest)[:STORES_AT_MOST]


async def answer_restock(work: Work, answer: RestockAnswer, *, store: StoreEntry) -> RestockAnswered:
    """Record what became of filling a shelf, however late; the task is that of the day on which it was."""
    work.require(Permission.TASK_DO, store.id)
    if problems := origin_problems(answer.origin):
        raise InvalidInput(problems)
    level = await work.session.get(StockLevel, (store.id, answer.sku_id))
    if level is None:
        raise NotFound("skuId", "SKU", "商品")
    task = await _task(work, store, answer)
    answers = [Answer(_ASKED[answer.outcome].id, tick=True)]
    moment = believable(answer.origin.occurred_at, work.now)
    await write_record(work, store, task, answer.record_id, answer.origin, answers, moment=moment, is_late=False)
    rows = []
    if answer.outcome is RestockOutcome.NONE and level.on_hand > 0:
        sku = await work.session.get_one(Sku, answer.sku_id)
        rows = [missing_goods(work, store, as_uuid(task.id), sku, level.on_hand)]
    await store_tasks(work, rows)
    await log.append(
        work.session,
        act="task.restocked",
        actor_id=work.actor_id,
        store_id=store.id,
        details={"task": task.id, "record": answer.record_id, "outcome": answer.outcome},
        clock=lambda: work.now,
    )
    return RestockAnswered(as_uuid(task.id), answer.record_id, rows[0]["id"] if rows else None)


async def _task(work: Work, store: StoreEntry, answer: RestockAnswer) -> StoredTask:
    """Return the task of the day, kept from now on, locked; the first by its own time is who did it."""
    at, _ = believable(answer.origin.occurred_at, work.now)
    day = store.day_at(at)
    title, title_en = title_of(TaskKind.RESTOCK)
    row: dict[str, Any] = {
        "store_id": store.id,
        "id": derived_id(TaskKind.RESTOCK, store.id, answer.sku_id, day),
        "kind": TaskKind.RESTOCK,
        "day": day,
        "sku_id": answer.sku_id,
        "title": title,
        "title_en": title_en,
        "needs": needs_as_json(list(_ASKED.values())),
        "must": False,
        "made_at": work.now,
    }
    await store_tasks(work, [row])
    task: StoredTask = (
        await work.session.scalars(
            select(StoredTask).where(StoredTask.store_id == store.id, StoredTask.id == row["id"]).with_for_update()
        )
    ).one()
    if task.done_at is None or at < task.done_at:
        task.done_at, task.done_by = at, work.actor_id
        await work.session.flush()
    return task


def _nearest(spare: SpareStock) -> tuple[bool, int, int, str]:
    return spare.metres is None, spare.metres or 0, -spare.spare, spare.store.code
