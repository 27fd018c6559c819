"""Tasks as they are told."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import strawberry

from retail.tasks import needs, rules
from retail.tasks.compliance import ComplianceRow
from retail.tasks.records import RecordRow
from retail.tasks.restocking import RestockSources as SourcesRow
from retail.tasks.restocking import SpareStock
from schema.catalogue.types import Sku
from schema.photos.types import Photo
from schema.tasks.enums import ComplianceAct, NeedKind, TaskKind, TaskState


@strawberry.type(description="One item of a task or checklist: what is to be given.")
class TaskNeed:
    id: UUID = strawberry.field(description="The item; answers name it.")
    title: str = strawberry.field(description="What is asked, in Chinese.")
    title_en: str = strawberry.field(description="The same in English.")
    kind: NeedKind = strawberry.field(description="What is to be given.")
    unit: str | None = strawberry.field(description="The unit of a number, such as °C.")
    min: float | None = strawberry.field(description="The least that a number should be.")
    max: float | None = strawberry.field(description="The most that a number should be.")
    must: bool = strawberry.field(description="Whether the task cannot be completed without it.")

    @classmethod
    def of(cls, need: needs.Need) -> "TaskNeed":
        """Return an item as it is told."""
        return cls(
            id=need.id,
            title=need.title,
            title_en=need.title_en,
            kind=need.kind,
            unit=need.unit,
            min=need.low,
            max=need.high,
            must=need.must,
        )


@strawberry.type(description="Something that a store has to do. What follows from the books goes away with its cause.")
class Task:
    id: UUID = strawberry.field(description="The same for the same task; one from the books, until the day ends.")
    kind: TaskKind = strawberry.field(description="What is to be done.")
    store_id: UUID = strawberry.field(description="The store.")
    day: date | None = strawberry.field(description="The business day that it belongs to, if to one.")
    due_at: datetime | None = strawberry.field(description="Until when, if it has a time.")
    sku: Sku | None = strawberry.field(description="The SKU that it is about, to count or to restock.")
    quantity: int | None = strawberry.field(
        description="Base units: what the book says of an SKU to count, what is missing of one to restock."
    )
    priority: int = strawberry.field(description="The smaller, the sooner.")
    why: str = strawberry.field(description="Why it is so urgent, in Chinese.")
    why_en: str = strawberry.field(description="The same in English.")
    title: str = strawberry.field(description="What is to be done, in Chinese.")
    title_en: str = strawberry.field(description="The same in English.")
    note: str | None = strawberry.field(description="What whoever asked for it said about it.")
    must: bool = strawberry.field(description="Whether it must be done, or explained, before the hand-over.")
    state: TaskState = strawberry.field(description="How far it is.")
    is_late: bool = strawberry.field(description="Whether it was done late, or is not done and late already.")
    needs: list[TaskNeed] = strawberry.field(
        description="What is to be given to complete it; none for what follows from the books."
    )
    owner_id: UUID | None = strawberry.field(description="Who has taken it.")
    owner_name: str | None = strawberry.field(description="Their name.")
    taken_at: datetime | None = strawberry.field(description="When they took it.")
    done_by_id: UUID | None = strawberry.field(description="Who did it first, by their own time.")
    done_by_name: str | None = strawberry.field(description="Their name.")
    done_at: datetime | None = strawberry.field(description="When that was.")
    checklist_id: UUID | None = strawberry.field(description="The checklist that it comes from.")
    checklist_version: int | None = strawberry.field(description="That checklist's version when the task was made.")
    photos: list[Photo] = strawberry.field(description="The pictures that came with it.")
    sku_ids: list[UUID] = strawberry.field(
        description="What a COUNT still wants counted: start a stocktake of these SKUs. It is done when they all are."
    )

    @classmethod
    def of(
        cls,
        task: rules.Task,
        sku: Sku | None = None,
        names: Mapping[UUID, str] | None = None,
        photos: Sequence[Photo] = (),
    ) -> "Task":
        """Return a task as it is told, with people's names by their ids."""
        known = names or {}
        return cls(
            id=task.id,
            kind=task.kind,
            store_id=task.store_id,
            day=task.day,
            due_at=task.due_at,
            sku=sku,
            quantity=task.quantity,
            priority=task.priority,
            why=task.why,
            why_en=task.why_en,
            title=task.title,
            title_en=task.title_en,
            note=task.note,
            must=task.must,
            state=task.state,
            is_late=task.is_late,
            needs=[TaskNeed.of(need) for need in task.needs],
            owner_id=task.owner_id,
            owner_name=known.get(task.owner_id) if task.owner_id else None,
            taken_at=task.taken_at,
            done_by_id=task.done_by,
            done_by_name=known.get(task.done_by) if task.done_by else None,
            done_at=task.done_at,
            checklist_id=task.checklist_id,
            checklist_version=task.version,
            photos=list(photos),
            sku_ids=list(task.sku_ids),
        )


@strawberry.type(description="What was answered to one item.")
class TaskAnswer:
    item_id: UUID = strawberry.field(description="The item.")
    title: str = strawberry.field(description="What was asked, in Chinese.")
    title_en: str = strawberry.field(description="The same in English.")
    kind: NeedKind = strawberry.field(description="What was to be given.")
    unit: str | None = strawberry.field(description="The unit of the number.")
    tick: bool | None = strawberry.field(description="Whether it was ticked.")
    number: float | None = strawberry.field(description="The number.")
    text: str | None = strawberry.field(description="The words.")
    photo_ids: list[UUID] = strawberry.field(description="The pictures of this item; see the task's photos.")
    is_outside: bool = strawberry.field(description="Whether the number lies outside the item's range.")

    @classmethod
    def of(cls, need: needs.Need, answer: needs.Answer) -> "TaskAnswer":
        """Return an answer beside what was asked."""
        return cls(
            item_id=need.id,
            title=need.title,
            title_en=need.title_en,
            kind=need.kind,
            unit=need.unit,
            tick=answer.tick,
            number=answer.number,
            text=answer.text,
            photo_ids=list(answer.photo_ids),
            is_outside=needs.is_outside(need, answer),
        )


@strawberry.type(description="One completion of a task: who, when, where and what. It is never changed.")
class TaskRecord:
    id: UUID = strawberry.field(description="The record, as the phone named it.")
    task_id: UUID = strawberry.field(description="The task.")
    by_id: UUID = strawberry.field(description="Who did it.")
    by_name: str = strawberry.field(description="Their name.")
    done_at: datetime = strawberry.field(description="When, by their device's clock if that can be right.")
    recorded_at: datetime = strawberry.field(description="When the server heard of it.")
    clock_error_seconds: int | None = strawberry.field(
        description="How far the device's clock was from the server's when it could not be right."
    )
    latitude: float | None = strawberry.field(description="Degrees north (WGS 84).")
    longitude: float | None = strawberry.field(description="Degrees east (WGS 84).")
    distance_metres: int | None = strawberry.field(description="How far from the store that is.")
    is_late: bool = strawberry.field(description="Whether that was after the due time.")
    note: str | None = strawberry.field(description="Words about the whole task.")
    answers: list[TaskAnswer] = strawberry.field(description="What was answered.")

    @classmethod
    def of(cls, row: RecordRow, names: Mapping[UUID, str]) -> "TaskRecord":
        """Return a completion as it is told."""
        asked = {need.id: need for need in row.needs}
        return cls(
            id=row.id,
            task_id=row.task_id,
            by_id=row.person_id,
            by_name=names.get(row.person_id, ""),
            done_at=row.done_at,
            recorded_at=row.recorded_at,
            clock_error_seconds=row.clock_error_seconds,
            latitude=row.latitude,
            longitude=row.longitude,
            distance_metres=row.distance_metres,
            is_late=row.is_late,
            note=row.note,
            answers=[TaskAnswer.of(asked[each.item_id], each) for each in row.answers],
        )


@strawberry.type(description="How often somebody did something as it should be, on one business day.")
class ComplianceCount:
    store_id: UUID = strawberry.field(description="Where.")
    person_id: UUID = strawberry.field(description="Who.")
    person_name: str = strawberry.field(description="Their name.")
    day: date = strawberry.field(description="The business day.")
    act: ComplianceAct = strawberry.field(description="What.")
    count: int = strawberry.field(description="How often.")

    @classmethod
    def of(cls, row: ComplianceRow) -> "ComplianceCount":
        """Return a count as it is told."""
        return cls(
            store_id=row.store_id,
            person_id=row.person_id,
            person_name=row.person_name,
            day=row.day,
            act=row.act,
            count=row.count,
        )


@strawberry.type(description="A shelf of the store on which an SKU is expected.")
class RestockShelf:
    zone: str = strawberry.field(description="Its zone.")
    code: str = strawberry.field(description="Its code.")
    name: str = strawberry.field(description="Its name.")


@strawberry.type(description="A store of the same region that can spare some of an SKU.")
class RestockStore:
    store_name: str = strawberry.field(description="Which, in Chinese.")
    store_name_en: str = strawberry.field(description="The same in English.")
    spare: int = strawberry.field(description="How many it has above its safety stock, promises left out.")
    distance_m: int | None = strawberry.field(description="How far away, in metres; null if nobody knows.")

    @classmethod
    def of(cls, row: SpareStock) -> "RestockStore":
        """Return a store as it is told."""
        return cls(store_name=row.store.name, store_name_en=row.store.name_en, spare=row.spare, distance_m=row.metres)


@strawberry.type(description="Where more of an SKU may be found: in the store by its book, and in the nearest others.")
class RestockSources:
    on_hand: int = strawberry.field(description="How many the book says are in the store, wherever they stand.")
    promised: int = strawberry.field(description="How many of them are promised to orders.")
    safety_stock: int = strawberry.field(description="How many there should be.")
    missing: int = strawberry.field(description="How many are missing to that.")
    in_quarantine: int = strawberry.field(description="How many came back and wait to be inspected.")
    shelves: list[RestockShelf] = strawberry.field(description="The shelves on which it is expected.")
    stores: list[RestockStore] = strawberry.field(description="The nearest stores that can spare some, 3 at most.")

    @classmethod
    def of(cls, here: SourcesRow, stores: Sequence[SpareStock]) -> "RestockSources":
        """Return it as it is told."""
        return cls(
            on_hand=here.on_hand,
            promised=here.promised,
            safety_stock=here.safety_stock,
            missing=here.missing,
            in_quarantine=here.in_quarantine,
            shelves=[RestockShelf(zone=each.zone, code=each.code, name=each.name) for each in here.shelves],
            stores=[RestockStore.of(each) for each in stores],
        )
