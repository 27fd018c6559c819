"""What a store has to do, and what first: pure decisions about its levels and its business day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from retail.stores.directory import StoreEntry

RESTOCK_AT_MOST = 20

_TASKS = UUID("0d3f2a7e-5c54-4f7b-9a53-6b7f3f9d8c21")
_FIRST = {"open_day": 0, "repair_discrepancy": 1_000, "restock": 2_000}
_HURRY = 999


class TaskKind(StrEnum):
    """What is to be done."""

    OPEN_DAY = "open_day"
    REPAIR_DISCREPANCY = "repair_discrepancy"
    RESTOCK = "restock"


@dataclass(frozen=True, slots=True)
class Shelf:
    """How one SKU stands in a store, in base units."""

    sku_id: UUID
    on_hand: int
    available: int
    safety_stock: int


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do; the smaller `priority`, the sooner.

    `quantity` is what the book says of a SKU to count, and how many are missing of one to restock.
    """

    id: UUID
    kind: TaskKind
    store_id: UUID
    due_at: datetime | None
    sku_id: UUID | None
    quantity: int | None
    priority: int


def tasks_of(store: StoreEntry, day: date, *, opened: bool, shelves: Iterable[Shelf]) -> list[Task]:
    """Return what a store has to do on a business day, most urgent first."""
    levels = list(shelves)
    tasks = [] if opened else [_task(store, day, TaskKind.OPEN_DAY, due_at=opening(store, day))]
    tasks += [
        _task(store, day, TaskKind.REPAIR_DISCREPANCY, shelf=shelf, quantity=shelf.on_hand)
        for shelf in levels
        if shelf.on_hand < 0
    ]
    short = [
        _task(store, day, TaskKind.RESTOCK, shelf=shelf, quantity=shelf.safety_stock - shelf.available)
        for shelf in levels
        if shelf.available < shelf.safety_stock
    ]
    return sorted(tasks + sorted(short, key=_urgency)[:RESTOCK_AT_MOST], key=_urgency)


def priority(kind: TaskKind, shelf: Shelf | None) -> int:
    """Return how soon a task is to be done, the smaller the sooner.

    Open the store, then count what the book cannot know, the more below zero the sooner, then
    restock: the sooner, the smaller the part of the safety stock that is left.
    """
    first = _FIRST[kind]
    if shelf is None:
        return first
    if kind is TaskKind.REPAIR_DISCREPANCY:
        return first + _HURRY - min(-shelf.on_hand, _HURRY)
    left = max(shelf.available, 0)
    return first + (left * _HURRY // shelf.safety_stock if shelf.safety_stock > 0 else 0)


def opening(store: StoreEntry, day: date) -> datetime:
    """Return when a store opens on a business day; before the cut-off is the next morning."""
    on = day if store.opens_at >= store.day_cutoff else day + timedelta(days=1)
    return datetime.combine(on, store.opens_at, ZoneInfo(store.zone)).astimezone(UTC)


def _urgency(task: Task) -> tuple[int, int, UUID]:
    return task.priority, -abs(task.quantity or 0), task.id


def _task(
    store: StoreEntry,
    day: date,
    kind: TaskKind,
    *,
    due_at: datetime | None = None,
    shelf: Shelf | None = None,
    quantity: int | None = None,
) -> Task:
    sku_id = shelf.sku_id if shelf else None
    return Task(
        id=uuid5(_TASKS, f"{kind} {store.id} {sku_id} {day}"),
        kind=kind,
        store_id=store.id,
        due_at=due_at,
        sku_id=sku_id,
        quantity=quantity,
        priority=priority(kind, shelf),
    )


def skus_of(tasks: Sequence[Task]) -> list[UUID]:
    """Return the SKUs that tasks are about."""
    return [task.sku_id for task in tasks if task.sku_id is not None]
