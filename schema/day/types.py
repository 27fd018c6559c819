"""A store's day as it is told."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import strawberry

from retail.day import snapshot
from retail.day.models import HandOverConfirmation as ConfirmationRow
from retail.day.queries import ClockRow, HandOverRow
from retail.kernel.content import as_uuid
from retail.tasks.priority import TaskKind as DomainTaskKind
from schema.catalogue.types import Sku
from schema.day.enums import ClockDirection, ClockFlag, ClockPlace
from schema.kernel.paging import PageInfo
from schema.kernel.scalars import Fen
from schema.photos.types import Photo
from schema.tasks.enums import TaskKind
from schema.tasks.types import Task

Names = Mapping[UUID, str]
Skus = Mapping[UUID, Sku]


@strawberry.type(description="Somebody coming or going, as it was told and as it was.")
class ClockEntry:
    id: UUID = strawberry.field(description="The entry, as the phone named it.")
    store_id: UUID = strawberry.field(description="The store.")
    person_id: UUID = strawberry.field(description="Who.")
    person_name: str = strawberry.field(description="Their name.")
    direction: ClockDirection = strawberry.field(description="Coming or going.")
    day: date = strawberry.field(description="The business day of when it was.")
    occurred_at: datetime = strawberry.field(description="When, by the device's clock if that can be right.")
    recorded_at: datetime = strawberry.field(description="When the server heard of it.")
    clock_error_seconds: int | None = strawberry.field(
        description="How far the device's clock was from the server's when it could not be right."
    )
    place: ClockPlace = strawberry.field(description="In the store's radius, out of it, or unknown.")
    distance_metres: int | None = strawberry.field(description="How far from the store that was.")
    flags: list[ClockFlag] = strawberry.field(description="What is to be looked at, as far as is known by now.")

    @classmethod
    def of(cls, row: ClockRow, names: Names) -> "ClockEntry":
        """Return an entry as it is told."""
        entry = row.entry
        person_id = as_uuid(entry.person_id)
        return cls(
            id=as_uuid(entry.id),
            store_id=as_uuid(entry.store_id),
            person_id=person_id,
            person_name=names.get(person_id, ""),
            direction=entry.direction,
            day=entry.day,
            occurred_at=entry.occurred_at,
            recorded_at=entry.recorded_at,
            clock_error_seconds=entry.clock_error_seconds,
            place=entry.place,
            distance_metres=entry.distance_metres,
            flags=row.flags,
        )


@strawberry.type(description="Somebody who is at work now.")
class OnShift:
    person_id: UUID = strawberry.field(description="Who.")
    person_name: str = strawberry.field(description="Their name.")
    since: datetime = strawberry.field(description="When they came.")
    place: ClockPlace = strawberry.field(description="Where they were then.")


@strawberry.type(description="What was sold on a business day, net of returns.")
class DaySales:
    amount: Fen = strawberry.field(description="In fen.")
    baskets: int = strawberry.field(description="How many receipts.")
    units: int = strawberry.field(description="Base units.")

    @classmethod
    def of(cls, sales: snapshot.DaySales) -> "DaySales":
        """Return sales as they are told."""
        return cls(amount=Fen(sales.amount_fen), baskets=sales.baskets, units=sales.units)


@strawberry.type(description="What came back on a business day; its refunds are taken off the day's sales.")
class DayReturns:
    number: int = strawberry.field(description="How many returns that stand.")
    refunds: Fen = strawberry.field(description="What was refunded for them, in fen.")

    @classmethod
    def of(cls, returns: snapshot.DayReturns | None) -> "DayReturns | None":
        """Return what came back as it is told; None where that was not kept."""
        return None if returns is None else cls(number=returns.number, refunds=Fen(returns.refunds_fen))


@strawberry.type(description="How far the book of an SKU was set right, is below zero, or what of it was thrown away.")
class DayDifference:
    sku: Sku | None = strawberry.field(description="The SKU.")
    quantity: int = strawberry.field(description="Base units; below zero where some were missing.")
    value: Fen | None = strawberry.field(description="What those are worth to a customer, in fen.")

    @classmethod
    def of(cls, each: snapshot.Difference, skus: Skus) -> "DayDifference":
        """Return a difference as it is told."""
        value = None if each.value_fen is None else Fen(each.value_fen)
        return cls(sku=skus.get(each.sku_id), quantity=each.quantity, value=value)


@strawberry.type(description="A task that was handed to the next shift.")
class HandedTask:
    id: UUID = strawberry.field(description="The task.")
    kind: TaskKind = strawberry.field(description="What sort of task.")
    title: str = strawberry.field(description="What is to be done, in Chinese.")
    title_en: str = strawberry.field(description="The same in English.")
    must: bool = strawberry.field(description="Whether it had to be done before the hand-over.")
    due_at: datetime | None = strawberry.field(description="Until when.")
    is_late: bool = strawberry.field(description="Whether it was late already.")
    reason: str | None = strawberry.field(description="Why it was not done, in the words of whoever handed over.")

    @classmethod
    def of(cls, task: snapshot.OpenTask) -> "HandedTask":
        """Return a task that was handed over."""
        return cls(
            id=task.id,
            kind=DomainTaskKind(task.kind),
            title=task.title,
            title_en=task.title_en,
            must=task.must,
            due_at=task.due_at,
            is_late=task.is_late,
            reason=task.reason,
        )


@strawberry.type(description="Something that the next shift found otherwise; it became a task.")
class HandOverDispute:
    id: UUID = strawberry.field(description="The dispute, as the phone named it.")
    task_id: UUID = strawberry.field(description="Its task.")
    words: str = strawberry.field(description="What is disputed.")

    @classmethod
    def of(cls, kept: Mapping[str, str]) -> "HandOverDispute":
        """Return a dispute as it is told; one of the first days gave its task its own id."""
        return cls(id=UUID(kept["id"]), task_id=UUID(kept.get("task_id", kept["id"])), words=kept["words"])


@strawberry.type(description="Somebody took a hand-over on.")
class HandOverConfirmation:
    id: UUID = strawberry.field(description="The confirmation, as the phone named it.")
    by_id: UUID = strawberry.field(description="Who.")
    by_name: str = strawberry.field(description="Their name.")
    at: datetime = strawberry.field(description="When, by their device's clock if that can be right.")
    disputes: list[HandOverDispute] = strawberry.field(description="What they dispute.")

    @classmethod
    def of(cls, row: ConfirmationRow, names: Names) -> "HandOverConfirmation":
        """Return a confirmation as it is told."""
        person_id = as_uuid(row.person_id)
        return cls(
            id=as_uuid(row.id),
            by_id=person_id,
            by_name=names.get(person_id, ""),
            at=row.occurred_at,
            disputes=[HandOverDispute.of(each) for each in row.disputes],
        )


@strawberry.type(description="What one shift handed to the next: its figures stay as they were.")
class HandOver:
    id: UUID = strawberry.field(description="The hand-over, as the phone named it.")
    store_id: UUID = strawberry.field(description="The store.")
    day: date = strawberry.field(description="The business day.")
    ends_day: bool = strawberry.field(description="Whether it ended the day, or parted two shifts.")
    given_by_id: UUID = strawberry.field(description="Who handed over.")
    given_by_name: str = strawberry.field(description="Their name.")
    given_at: datetime = strawberry.field(description="When, by their device's clock if that can be right.")
    recorded_at: datetime = strawberry.field(description="When the server heard of it and took the figures.")
    note: str | None = strawberry.field(description="Their words.")
    opened_at: datetime | None = strawberry.field(description="When the day was opened.")
    sales: DaySales = strawberry.field(description="What the day had sold by then.")
    since_then: DaySales = strawberry.field(description="What has been added to the same day since, by late facts.")
    tasks: list[HandedTask] = strawberry.field(description="What was still to be done, most urgent first.")
    differences: list[DayDifference] = strawberry.field(
        description="The 50 largest corrections of the books, not what was thrown away."
    )
    differences_count: int = strawberry.field(description="How many SKUs were corrected.")
    below_zero: list[DayDifference] = strawberry.field(description="The 50 largest books below zero.")
    below_zero_count: int = strawberry.field(description="How many SKUs were below zero.")
    returns_waiting: int = strawberry.field(description="How many returns were waiting to be looked at.")
    returns: DayReturns | None = strawberry.field(description="What had come back by then; null if not kept.")
    unknown_codes: int | None = strawberry.field(description="How many unknown codes waited for a name; null as above.")
    wasted: list[DayDifference] | None = strawberry.field(
        description="The 50 largest of what was thrown away that day; null if the differences hold it."
    )
    wasted_count: int | None = strawberry.field(description="How many SKUs were thrown away; null as above.")
    confirmations: list[HandOverConfirmation] = strawberry.field(description="Who took it on, the first one first.")
    photos: list[Photo] = strawberry.field(description="The pictures that came with it.")

    @classmethod
    def of(cls, row: HandOverRow, names: Names, skus: Skus, photos: Sequence[Photo]) -> "HandOver":
        """Return a hand-over as it is told."""
        kept, given_by = row.snapshot, as_uuid(row.row.given_by)
        return cls(
            id=as_uuid(row.row.id),
            store_id=as_uuid(row.row.store_id),
            day=row.row.day,
            ends_day=row.row.ends_day,
            given_by_id=given_by,
            given_by_name=names.get(given_by, ""),
            given_at=row.row.occurred_at,
            recorded_at=row.row.recorded_at,
            note=row.row.note,
            opened_at=kept.opened_at,
            sales=DaySales.of(kept.sales),
            since_then=DaySales.of(row.since_then),
            tasks=[HandedTask.of(task) for task in kept.tasks],
            differences=[DayDifference.of(each, skus) for each in kept.differences],
            differences_count=kept.differences_count,
            below_zero=[DayDifference.of(each, skus) for each in kept.below_zero],
            below_zero_count=kept.below_zero_count,
            returns_waiting=kept.returns_waiting,
            returns=DayReturns.of(kept.returns),
            unknown_codes=kept.unknown_codes,
            wasted=None if kept.wasted is None else [DayDifference.of(each, skus) for each in kept.wasted],
            wasted_count=kept.wasted_count,
            confirmations=[HandOverConfirmation.of(each, names) for each in row.confirmations],
            photos=list(photos),
        )


@strawberry.type(description="A store's business day as it stands.")
class StoreDay:
    store_id: UUID = strawberry.field(description="The store.")
    day: date = strawberry.field(description="The business day.")
    opened_at: datetime | None = strawberry.field(description="When it was opened, if it was.")
    previous: HandOver | None = strawberry.field(description="The last hand-over of an earlier day.")
    latest: HandOver | None = strawberry.field(description="The last hand-over of this day.")
    must_do: list[Task] = strawberry.field(description="What must be done before the hand-over, most urgent first.")
    open_tasks: int = strawberry.field(description="How many tasks there are to do, those that must be included.")
    sales: DaySales = strawberry.field(description="What the day has sold so far.")
    differences: list[DayDifference] = strawberry.field(
        description="The 50 largest corrections of the books, not what was thrown away."
    )
    differences_count: int = strawberry.field(description="How many SKUs were corrected.")
    below_zero_count: int = strawberry.field(description="How many SKUs are below zero in the book.")
    returns_waiting: int = strawberry.field(description="How many returns wait to be looked at.")
    returns: DayReturns | None = strawberry.field(description="What has come back so far.")
    unknown_codes: int | None = strawberry.field(description="How many unknown codes found here wait to be named.")
    wasted: list[DayDifference] = strawberry.field(
        description="The 50 largest of what was thrown away: returns destroyed, goods broken or expired."
    )
    wasted_count: int = strawberry.field(description="How many SKUs were thrown away.")
    on_shift: list[OnShift] = strawberry.field(description="Who is at work, the first to come first.")


@strawberry.type(description="A hand-over on a page.")
class HandOverEdge:
    cursor: str = strawberry.field(description="Its place.")
    node: HandOver = strawberry.field(description="The hand-over.")


@strawberry.type(description="A page of hand-overs.")
class HandOverConnection:
    edges: list[HandOverEdge] = strawberry.field(description="The hand-overs of this page, newest first.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")
