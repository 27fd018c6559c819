"""What a store has to do, and what first: pure decisions about its levels, its business day and its stored tasks.

What follows from the books is derived and never stored: it comes and goes with them. What somebody asked for is
stored until it is done, withdrawn, or its day is over.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid5

from retail.stores.directory import StoreEntry
from retail.tasks.needs import Need
from retail.tasks.priority import Stakes, TaskKind, urgency
from retail.tasks.schedule import local_instant

RESTOCK_AT_MOST = 20
_TASKS = UUID("0d3f2a7e-5c54-4f7b-9a53-6b7f3f9d8c21")
_TITLES = {
    TaskKind.OPEN_DAY: ("开始营业", "Open the business day"),
    TaskKind.REPAIR_DISCREPANCY: ("清点账面为负的商品", "Count what is below zero in the book"),
    TaskKind.RESTOCK: ("补货上架", "Fill the shelf"),
}


class TaskState(StrEnum):
    """How far a task is."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Shelf:
    """How one SKU stands in a store, in base units, and what one costs a customer there."""

    sku_id: UUID
    on_hand: int
    available: int
    safety_stock: int
    fen: int | None = None
    unit: str = "件"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do; the smaller `priority`, the sooner, and `why` says why.

    `quantity` is what the book says of an SKU to count, and how many are missing of one to restock. `is_late` says
    that it was done late, or is not done and late already. `sku_ids` are the goods that a COUNT wants counted.
    """

    id: UUID
    kind: TaskKind
    store_id: UUID
    day: date | None
    due_at: datetime | None
    sku_id: UUID | None
    quantity: int | None
    priority: int
    why: str
    why_en: str
    title: str
    title_en: str
    must: bool
    state: TaskState = TaskState.OPEN
    is_late: bool = False
    needs: tuple[Need, ...] = ()
    note: str | None = None
    owner_id: UUID | None = None
    taken_at: datetime | None = None
    done_by: UUID | None = None
    done_at: datetime | None = None
    checklist_id: UUID | None = None
    version: int | None = None
    sku_ids: tuple[UUID, ...] = ()


def tasks_of(
    store: StoreEntry,
    day: date,
    *,
    now: datetime,
    opened: bool,
    shelves: Iterable[Shelf],
    looked_for: Collection[UUID] = (),
) -> list[Task]:
    """Return what the books ask of a store on a business day, most urgent first.

    `looked_for` are the SKUs that somebody has looked for today: they are not asked for a second time.
    """
    levels = list(shelves)
    tasks = [] if opened else [_opening_task(store, day, now)]
    tasks += [
        _derived(store, day, repair_stakes(shelf, now), shelf, shelf.on_hand) for shelf in levels if shelf.on_hand < 0
    ]
    short = [
        _derived(store, day, restock_stakes(shelf, now), shelf, shelf.safety_stock - shelf.available)
        for shelf in levels
        if shelf.available < shelf.safety_stock and shelf.sku_id not in looked_for
    ]
    return sorted(tasks + sorted(short, key=by_urgency)[:RESTOCK_AT_MOST], key=by_urgency)


def repair_stakes(shelf: Shelf, now: datetime) -> Stakes:
    """Return what is at stake where the book is below zero."""
    value = None if shelf.fen is None else -shelf.on_hand * shelf.fen
    return Stakes(TaskKind.REPAIR_DISCREPANCY, now, below_zero=-shelf.on_hand, value_fen=value)


def restock_stakes(shelf: Shelf, now: datetime) -> Stakes:
    """Return what is at stake where less is available than there should be."""
    missing = shelf.safety_stock - shelf.available
    return Stakes(
        TaskKind.RESTOCK,
        now,
        missing=missing,
        is_empty=shelf.available <= 0,
        left=shelf.available / shelf.safety_stock if shelf.safety_stock > 0 else 0.0,
        value_fen=None if shelf.fen is None else missing * shelf.fen,
        unit=shelf.unit,
    )


def state_of(
    *, done: bool, withdrawn: bool, owner_id: UUID | None, expires_at: datetime | None, now: datetime
) -> TaskState:
    """Return how far a task is: what was done is done, however late."""
    if done:
        return TaskState.DONE
    if withdrawn:
        return TaskState.WITHDRAWN
    if expires_at is not None and expires_at <= now:
        return TaskState.MISSED
    return TaskState.OPEN if owner_id is None else TaskState.TAKEN


def opening(store: StoreEntry, day: date) -> datetime:
    """Return when a store opens on a business day; before the cut-off is the next morning."""
    return local_instant(store, day, store.opens_at)


def derived_id(kind: TaskKind, store_id: UUID, sku_id: UUID | None, day: date) -> UUID:
    """Return the id of what the books ask: the same as long as the business day lasts."""
    return uuid5(_TASKS, f"{kind} {store_id} {sku_id} {day}")


def title_of(kind: TaskKind) -> tuple[str, str]:
    """Return what is to be done of what the books ask, in Chinese and English."""
    return _TITLES[kind]


def by_urgency(task: Task) -> tuple[int, int, UUID]:
    """Return a task's place among others."""
    return task.priority, -abs(task.quantity or 0), task.id


def skus_of(tasks: Sequence[Task]) -> list[UUID]:
    """Return the SKUs that tasks are about."""
    return [task.sku_id for task in tasks if task.sku_id is not None]


def _opening_task(store: StoreEntry, day: date, now: datetime) -> Task:
    due_at = opening(store, day)
    return _derived(store, day, Stakes(TaskKind.OPEN_DAY, now, must=True, due_at=due_at), None, None)


def _derived(store: StoreEntry, day: date, stakes: Stakes, shelf: Shelf | None, quantity: int | None) -> Task:
    sku_id = shelf.sku_id if shelf else None
    how_soon = urgency(stakes)
    title, title_en = title_of(stakes.kind)
    return Task(
        id=derived_id(stakes.kind, store.id, sku_id, day),
        kind=stakes.kind,
        store_id=store.id,
        day=day,
        due_at=stakes.due_at,
        sku_id=sku_id,
        quantity=quantity,
        priority=how_soon.points,
        why=how_soon.why,
        why_en=how_soon.why_en,
        title=title,
        title_en=title_en,
        must=stakes.must,
        is_late=stakes.due_at is not None and stakes.due_at < stakes.now,
    )
