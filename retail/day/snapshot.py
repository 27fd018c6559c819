"""What a business day comes to: sales, returns, what is still to be done, what was found otherwise, what waits.

Gathered from the books by whoever hands over, and kept as it was. Facts that arrive later change the books, not the
snapshot: they are told beside it, as the difference.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from pydantic import TypeAdapter
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from retail.catalogue.models import Price
from retail.insights.models import SalesDay, StoreSlot
from retail.inventory.models import AdjustmentReason, Movement, MovementKind, StockLevel
from retail.kernel.clock import LATEST_AHEAD, business_day_start
from retail.kernel.content import as_uuid
from retail.returns.models import GoodsReturn, QuarantineLot
from retail.shelves.models import UnknownCode
from retail.stores.directory import StoreEntry
from retail.stores.models import BusinessDay
from retail.tasks.queries import tasks_left_at
from retail.tasks.schedule import day_ends

DIFFERENCES_AT_MOST = 50
BELOW_ZERO_AT_MOST = 50
_DIFFERS = (MovementKind.ADJUSTMENT, MovementKind.WASTE)
_WRITTEN_OFF = (AdjustmentReason.DAMAGED, AdjustmentReason.EXPIRED)


@dataclass(frozen=True, slots=True)
class DaySales:
    """What a store sold on a business day, net of returns: fen, receipts, base units."""

    amount_fen: int
    baskets: int
    units: int


@dataclass(frozen=True, slots=True)
class DayReturns:
    """What came back to a store on a business day: how many returns that stand, and the fen refunded for them."""

    number: int
    refunds_fen: int


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that is handed to the next shift, and why it was not done if somebody said so."""

    id: UUID
    kind: str
    title: str
    title_en: str
    must: bool
    due_at: datetime | None
    is_late: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """How far the book of an SKU was set right on a day, in base units and at the price of the day."""

    sku_id: UUID
    quantity: int
    value_fen: int | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A store's business day in figures; of differences and SKUs below zero, the largest with the number of all.

    `differences` are what was found otherwise, `wasted` what was thrown away knowingly: a return that was destroyed,
    what broke or expired. `returns` and `unknown_codes` are None in one of the first days, which kept neither; `wasted`
    in one whose differences hold it too.
    """

    day: date
    taken_at: datetime
    opened_at: datetime | None
    sales: DaySales
    tasks: tuple[OpenTask, ...]
    differences: tuple[Difference, ...]
    differences_count: int
    below_zero: tuple[Difference, ...]
    below_zero_count: int
    returns_waiting: int
    returns: DayReturns | None = None
    unknown_codes: int | None = None
    wasted: tuple[Difference, ...] | None = None
    wasted_count: int | None = None


_ADAPTER = TypeAdapter(Snapshot)


async def gather(
    session: AsyncSession, store: StoreEntry, at: datetime, now: datetime, reasons: Mapping[UUID, str] | None = None
) -> Snapshot:
    """Return the figures of the business day of an instant as the books know them now."""
    day = store.day_at(at)
    differences, wasted = await _differences(session, store, day, now)
    below_zero = await _below_zero(session, store, now)
    opened = await session.get(BusinessDay, (store.id, day))
    return Snapshot(
        day=day,
        taken_at=now,
        opened_at=opened.opened_at if opened else None,
        sales=await day_sales(session, store, day),
        tasks=await _open_tasks(session, store, at, reasons or {}),
        differences=tuple(differences[:DIFFERENCES_AT_MOST]),
        differences_count=len(differences),
        below_zero=tuple(below_zero[:BELOW_ZERO_AT_MOST]),
        below_zero_count=len(below_zero),
        returns_waiting=await _returns_waiting(session, store),
        returns=await _day_returns(session, store, day),
        unknown_codes=await _unknown_codes(session, store),
        wasted=tuple(wasted[:DIFFERENCES_AT_MOST]),
        wasted_count=len(wasted),
    )


def must_be_done(
    tasks: Collection[OpenTask], at: datetime, *, ends_day: bool, reasons: Mapping[UUID, str]
) -> list[OpenTask]:
    """Return what must be done before a hand-over and is neither done nor explained.

    At the end of the day that is everything that must; between two shifts, what is due by then.
    """
    return [
        task
        for task in tasks
        if task.must and task.id not in reasons and (ends_day or task.due_at is None or task.due_at <= at)
    ]


async def day_sales(session: AsyncSession, store: StoreEntry, day: date) -> DaySales:
    """Return what a store sold on a business day, as far as the sums have followed the ledger."""
    sold = (
        await session.execute(
            select(func.coalesce(func.sum(SalesDay.amount_fen), 0), func.coalesce(func.sum(SalesDay.units), 0)).where(
                SalesDay.store_id == store.id, SalesDay.day == day
            )
        )
    ).one()
    began, ends = _span(store, day)
    baskets = await session.scalar(
        select(func.coalesce(func.sum(StoreSlot.baskets), 0)).where(
            StoreSlot.store_id == store.id, StoreSlot.slot >= began, StoreSlot.slot < ends
        )
    )
    return DaySales(int(sold[0]), int(baskets or 0), int(sold[1]))


def snapshot_as_json(snapshot: Snapshot) -> dict[str, Any]:
    """Return a snapshot as it is kept."""
    kept: dict[str, Any] = orjson.loads(orjson.dumps(snapshot, option=orjson.OPT_UTC_Z))
    return kept


def snapshot_of(kept: Mapping[str, Any]) -> Snapshot:
    """Return a snapshot as it was kept."""
    return _ADAPTER.validate_python(kept)


async def _open_tasks(
    session: AsyncSession, store: StoreEntry, at: datetime, reasons: Mapping[UUID, str]
) -> tuple[OpenTask, ...]:
    stored = await tasks_left_at(session, store, at)
    return tuple(
        OpenTask(
            task.id,
            task.kind.value,
            task.title,
            task.title_en,
            task.must,
            task.due_at,
            task.due_at is not None and task.due_at < at,
            reasons.get(task.id),
        )
        for task in sorted(stored, key=lambda task: (task.priority, task.id))
    )


async def _differences(
    session: AsyncSession, store: StoreEntry, day: date, now: datetime
) -> tuple[list[Difference], list[Difference]]:
    """Return what was found otherwise on a day, and what was thrown away knowingly: two things, though of one SKU."""
    began, ends = _span(store, day)
    is_waste = or_(Movement.kind == MovementKind.WASTE, func.coalesce(Movement.reason, "").in_(_WRITTEN_OFF))
    rows = await session.execute(
        select(is_waste, Movement.sku_id, func.sum(Movement.quantity))
        .where(
            Movement.store_id == store.id,
            Movement.kind.in_(_DIFFERS),
            Movement.occurred_at >= began,
            Movement.occurred_at < ends,
        )
        .group_by(is_waste, Movement.sku_id)
    )
    found: dict[bool, dict[UUID, int]] = {False: {}, True: {}}
    for wasted, sku_id, units in rows:
        found[wasted][as_uuid(sku_id)] = int(units)
    return await _valued(session, store, now, found[False]), await _valued(session, store, now, found[True])


async def _below_zero(session: AsyncSession, store: StoreEntry, now: datetime) -> list[Difference]:
    rows = await session.execute(
        select(StockLevel.sku_id, StockLevel.on_hand).where(StockLevel.store_id == store.id, StockLevel.on_hand < 0)
    )
    return await _valued(session, store, now, {as_uuid(row[0]): row[1] for row in rows})


async def _valued(
    session: AsyncSession, store: StoreEntry, now: datetime, units: Mapping[UUID, int]
) -> list[Difference]:
    """Return SKUs with their units and what those are worth at today's price, the most valuable first."""
    prices = await session.execute(
        select(Price.sku_id, Price.fen)
        .where(
            Price.sku_id.in_(list(units)),
            or_(Price.store_id.is_(None), Price.store_id == store.id),
            Price.valid_from <= now,
            or_(Price.valid_until.is_(None), Price.valid_until > now),
        )
        .order_by(Price.store_id.is_not(None), Price.valid_from)  # the last of them is the one that holds
    )
    fen_of = {as_uuid(row[0]): row[1] for row in prices}
    found = [
        Difference(sku_id, n, n * fen_of[sku_id] if sku_id in fen_of else None) for sku_id, n in units.items() if n
    ]
    return sorted(found, key=lambda each: (-abs(each.value_fen or 0), -abs(each.quantity), each.sku_id))


async def _returns_waiting(session: AsyncSession, store: StoreEntry) -> int:
    waiting = await session.scalar(
        select(func.count()).where(QuarantineLot.store_id == store.id, QuarantineLot.closed_at.is_(None))
    )
    return int(waiting or 0)


async def _day_returns(session: AsyncSession, store: StoreEntry, day: date) -> DayReturns:
    began, ends = _span(store, day)
    row = (
        await session.execute(
            select(func.count(), func.coalesce(func.sum(GoodsReturn.refund_fen), 0)).where(
                GoodsReturn.store_id == store.id,
                GoodsReturn.recorded_at >= began - LATEST_AHEAD,  # what its index knows
                GoodsReturn.occurred_at >= began,
                GoodsReturn.occurred_at < ends,
                GoodsReturn.cancelled_at.is_(None),
            )
        )
    ).one()
    return DayReturns(row[0], int(row[1] or 0))


async def _unknown_codes(session: AsyncSession, store: StoreEntry) -> int:
    """Return how many codes that were found in a store wait for headquarters to say what they are."""
    waiting = await session.scalar(
        select(func.count(UnknownCode.key.distinct())).where(
            UnknownCode.store_id == store.id, UnknownCode.resolved_at.is_(None)
        )
    )
    return int(waiting or 0)


def _span(store: StoreEntry, day: date) -> tuple[datetime, datetime]:
    return business_day_start(day, store.zone, store.day_cutoff), day_ends(store, day)
