"""What is asked of tasks and checklists."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from retail.tasks.assigning import NewAssignment
from retail.tasks.commands import Completion
from retail.tasks.drafts import Draft, NewTask
from retail.tasks.needs import Answer, Need
from retail.tasks.restocking import RestockAnswer
from schema.kernel.origin import Origin
from schema.photos.types import PhotoInput
from schema.tasks.enums import Moment, NeedKind, RestockOutcome

REQUEST_ID = "Made by the client; makes the request happen exactly once."
STORE = "The store."
TASK = "The task."
ORIGIN = "When and where it was done."


def _places(ids: list[UUID] | None) -> tuple[UUID, ...] | None:
    return tuple(sorted(set(ids))) if ids else None


@strawberry.input(description="Say that one does a task.")
class TakeTaskInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    store_id: UUID = strawberry.field(description=STORE)
    task_id: UUID = strawberry.field(description=TASK)
    origin: Origin = strawberry.field(description=ORIGIN)
    take_over: bool = strawberry.field(default=False, description="Whether to take it from whoever has taken it.")


@strawberry.input(description="Say that one does a task no longer.")
class LeaveTaskInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    store_id: UUID = strawberry.field(description=STORE)
    task_id: UUID = strawberry.field(description=TASK)


@strawberry.input(description="The answer to one item.")
class TaskAnswerInput:
    item_id: UUID = strawberry.field(description="The item.")
    tick: bool | None = strawberry.field(default=None, description="Whether it is so.")
    number: float | None = strawberry.field(
        default=None, description="The number; outside its range it is kept, flagged and followed up."
    )
    text: str | None = strawberry.field(default=None, description="Words, at most 1000 characters.")
    photo_ids: list[UUID] | None = strawberry.field(
        default=None, description="The pictures of this item, of those that come with the task."
    )

    def domain(self) -> Answer:
        """Return it in the words of the business."""
        return Answer(self.item_id, self.tick, self.number, self.text, tuple(self.photo_ids or ()))


@strawberry.input(description="Complete a task.")
class CompleteTaskInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    store_id: UUID = strawberry.field(description=STORE)
    task_id: UUID = strawberry.field(description=TASK)
    record_id: UUID = strawberry.field(description="Made by the client, a UUIDv7; names this record of the task.")
    origin: Origin = strawberry.field(description=ORIGIN)
    answers: list[TaskAnswerInput] = strawberry.field(description="What is answered; at most once to each item.")
    photos: list[PhotoInput] = strawberry.field(description="The pictures; their bytes come by themselves.")
    note: str | None = strawberry.field(default=None, description="Words about all of it, at most 1000 characters.")

    def domain(self) -> Completion:
        """Return it in the words of the business."""
        return Completion(
            self.task_id,
            self.record_id,
            self.origin.domain(),
            tuple(each.domain() for each in self.answers),
            tuple(each.read() for each in self.photos),
            self.note,
        )


@strawberry.input(description="One item of a checklist or task.")
class TaskNeedInput:
    id: UUID = strawberry.field(description="Made by the client; keep it when the wording changes.")
    title: str = strawberry.field(description="What is asked, in Chinese, 1 to 100 characters.")
    title_en: str = strawberry.field(description="The same in English.")
    kind: NeedKind = strawberry.field(description="What is to be given.")
    unit: str | None = strawberry.field(default=None, description="The unit of a number, at most 20 characters.")
    min: float | None = strawberry.field(default=None, description="The least that a number should be.")
    max: float | None = strawberry.field(default=None, description="The most that a number should be.")
    must: bool = strawberry.field(default=True, description="Whether the task cannot be completed without it.")

    def domain(self) -> Need:
        """Return it in the words of the business."""
        return Need(self.id, self.title, self.title_en, self.kind, self.unit, self.min, self.max, self.must)


@strawberry.input(description="Make a checklist or change one. Tasks that run keep the version they were made from.")
class SaveChecklistInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    id: UUID = strawberry.field(description="Made by the client; that of the checklist to change.")
    expected_version: int | None = strawberry.field(
        default=None, description="The version that the screen showed; left out for a new one."
    )
    title: str = strawberry.field(description="What it is called, in Chinese, 1 to 100 characters.")
    title_en: str = strawberry.field(description="The same in English.")
    items: list[TaskNeedInput] = strawberry.field(description="What it asks, 1 to 50 items.")
    must: bool = strawberry.field(
        default=True, description="Whether it must be done, or explained, before the hand-over."
    )
    store_ids: list[UUID] | None = strawberry.field(default=None, description="The stores that it is for.")
    region_ids: list[UUID] | None = strawberry.field(
        default=None, description="The regions that it is for. Without stores and regions it is for every store."
    )
    moment: Moment = strawberry.field(description="When on a day it is due.")
    times: list[str] | None = strawberry.field(
        default=None, description="The times, HH:MM in each store's zone, 1 to 24; only if it is due at times."
    )
    weekdays: list[int] | None = strawberry.field(
        default=None, description="On which days of the week, 1 (Monday) to 7; left out, on all."
    )
    valid_from: date = strawberry.field(description="From which business day.")
    valid_until: date | None = strawberry.field(default=None, description="To which business day; null for no end.")
    active: bool = strawberry.field(default=True, description="Whether it makes tasks at all.")

    def domain(self) -> Draft:
        """Return it in the words of the business."""
        return Draft(
            checklist_id=self.id,
            expected_version=self.expected_version,
            title=self.title,
            title_en=self.title_en,
            needs=tuple(each.domain() for each in self.items),
            must=self.must,
            store_ids=_places(self.store_ids),
            region_ids=_places(self.region_ids),
            moment=self.moment,
            times=tuple(self.times or ()),
            weekdays=tuple(self.weekdays) if self.weekdays is not None else tuple(range(1, 8)),
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            active=self.active,
        )


@strawberry.input(description="Send a task to stores, once.")
class SendTaskInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    id: UUID = strawberry.field(description="Made by the client; names what is sent.")
    store_ids: list[UUID] = strawberry.field(description="The stores, 1 to 1000.")
    title: str = strawberry.field(description="What is to be done, in Chinese, 1 to 100 characters.")
    title_en: str = strawberry.field(description="The same in English.")
    items: list[TaskNeedInput] = strawberry.field(description="What is to be given, 1 to 50 items.")
    note: str | None = strawberry.field(default=None, description="More about it, at most 1000 characters.")
    must: bool = strawberry.field(default=False, description="Whether it must be done before the hand-over.")
    due_at: datetime | None = strawberry.field(default=None, description="Until when.")

    def domain(self) -> NewTask:
        """Return it in the words of the business."""
        return NewTask(
            self.id,
            tuple(self.store_ids),
            self.title,
            self.title_en,
            tuple(each.domain() for each in self.items),
            self.note,
            self.must,
            self.due_at,
        )


@strawberry.input(description="Take back a task that was sent.")
class WithdrawTaskInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    store_id: UUID = strawberry.field(description=STORE)
    task_id: UUID = strawberry.field(
        description="A task that headquarters has sent or a manager has given, and that is not done."
    )


@strawberry.input(description="Give a task to a store that one leads: to somebody by name, or to all who work there.")
class AssignTaskInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    id: UUID = strawberry.field(description="Made by the client, a UUIDv7; the task's.")
    store_id: UUID = strawberry.field(description=STORE)
    to_id: UUID | None = strawberry.field(
        default=None, description="Who is to do it, of those who work in the store; null for whoever takes it."
    )
    title: str = strawberry.field(description="What is to be done, 1 to 100 characters.")
    title_en: str | None = strawberry.field(default=None, description="The same in English; left out, the same words.")
    note: str | None = strawberry.field(default=None, description="More about it, at most 1000 characters.")
    photo: bool = strawberry.field(default=False, description="Whether it needs a picture; else a tick.")
    must: bool = strawberry.field(default=False, description="Whether it must be done before the hand-over.")
    due_at: datetime | None = strawberry.field(default=None, description="Until when.")

    def domain(self) -> NewAssignment:
        """Return it in the words of the business."""
        title_en = self.title if self.title_en is None else self.title_en
        return NewAssignment(self.id, self.to_id, self.title, title_en, self.note, self.photo, self.must, self.due_at)


@strawberry.input(description="Say what became of a shelf that was to be filled.")
class AnswerRestockInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    store_id: UUID = strawberry.field(description=STORE)
    sku_id: UUID = strawberry.field(description="The SKU that was to be restocked.")
    record_id: UUID = strawberry.field(description="Made by the client, a UUIDv7; names this record.")
    outcome: RestockOutcome = strawberry.field(description="Whether the shelf is filled.")
    origin: Origin = strawberry.field(description=ORIGIN)

    def domain(self) -> RestockAnswer:
        """Return it in the words of the business."""
        return RestockAnswer(self.record_id, self.sku_id, self.outcome, self.origin.domain())
