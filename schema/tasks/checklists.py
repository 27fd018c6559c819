"""Checklists, and what became of them, as they are told."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

import strawberry

from retail.tasks.checklists import ChecklistRow
from retail.tasks.records import Answered
from schema.kernel.paging import PageInfo
from schema.tasks.enums import Moment
from schema.tasks.types import Task, TaskNeed, TaskRecord


@strawberry.type(description="What headquarters wants done in stores again and again; each change is a new version.")
class Checklist:
    id: UUID = strawberry.field(description="The checklist.")
    version: int = strawberry.field(description="Its version; tasks keep the one that they were made from.")
    title: str = strawberry.field(description="What it is called, in Chinese.")
    title_en: str = strawberry.field(description="The same in English.")
    items: list[TaskNeed] = strawberry.field(description="What it asks.")
    must: bool = strawberry.field(description="Whether it must be done, or explained, before the hand-over.")
    chain_wide: bool = strawberry.field(description="Whether it is for every store.")
    store_ids: list[UUID] = strawberry.field(description="The stores that it names.")
    region_ids: list[UUID] = strawberry.field(description="The regions that it names.")
    moment: Moment = strawberry.field(description="When on a day it is due.")
    times: list[str] = strawberry.field(description="The times, HH:MM in each store's zone, if it is due at times.")
    weekdays: list[int] = strawberry.field(description="On which days of the week, 1 (Monday) to 7.")
    valid_from: date = strawberry.field(description="From which business day.")
    valid_until: date | None = strawberry.field(description="To which business day; null for no end.")
    active: bool = strawberry.field(description="Whether it makes tasks at all.")
    saved_at: datetime = strawberry.field(description="When this version was saved.")
    saved_by: str = strawberry.field(description="The name of who saved it.")

    @classmethod
    def of(cls, row: ChecklistRow) -> "Checklist":
        """Return a checklist as it is told."""
        plan = row.plan
        return cls(
            id=plan.checklist_id,
            version=plan.version,
            title=plan.title,
            title_en=plan.title_en,
            items=[TaskNeed.of(need) for need in plan.needs],
            must=plan.must,
            chain_wide=plan.store_ids is None and plan.region_ids is None,
            store_ids=sorted(plan.store_ids or ()),
            region_ids=sorted(plan.region_ids or ()),
            moment=plan.moment,
            times=[f"{at:%H:%M}" for at in plan.times],
            weekdays=sorted(plan.weekdays),
            valid_from=plan.valid_from,
            valid_until=plan.valid_until,
            active=plan.active,
            saved_at=plan.saved_at,
            saved_by=row.saved_by,
        )


@strawberry.type(description="A checklist on a page.")
class ChecklistEdge:
    cursor: str = strawberry.field(description="Its place.")
    node: Checklist = strawberry.field(description="The checklist.")


@strawberry.type(description="A page of checklists.")
class ChecklistConnection:
    edges: list[ChecklistEdge] = strawberry.field(description="The checklists of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")
    total_count: int = strawberry.field(description="How many there are on all pages.")


@strawberry.type(description="One task that a checklist made in a store, and what was done about it.")
class ChecklistAnswer:
    store_id: UUID = strawberry.field(description="The store.")
    store_name: str = strawberry.field(description="Its name in Chinese.")
    store_name_en: str = strawberry.field(description="Its name in English.")
    task: Task = strawberry.field(description="The task, with its pictures.")
    records: list[TaskRecord] = strawberry.field(description="Who did it; more than one if two phones did.")

    @classmethod
    def of(cls, row: Answered, task: Task, names: Mapping[UUID, str]) -> "ChecklistAnswer":
        """Return a task of a checklist as it is told."""
        return cls(
            store_id=row.store.id,
            store_name=row.store.name,
            store_name_en=row.store.name_en,
            task=task,
            records=[TaskRecord.of(each, names) for each in row.records],
        )


@strawberry.type(description="A task of a checklist on a page.")
class ChecklistAnswerEdge:
    cursor: str = strawberry.field(description="Its place.")
    node: ChecklistAnswer = strawberry.field(description="The task and what was done.")


@strawberry.type(description="What became of checklists; the figures are of all pages.")
class ChecklistAnswerConnection:
    edges: list[ChecklistAnswerEdge] = strawberry.field(description="The tasks of this page, newest first.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")
    total_count: int = strawberry.field(description="How many tasks there are, those withdrawn left out.")
    due: int = strawberry.field(description="How many of them should have been done by now, or were.")
    done: int = strawberry.field(description="How many were done.")
    on_time: int = strawberry.field(description="How many were done in time.")
    completion_rate: float | None = strawberry.field(description="Done by due, 0 to 1; null while nothing is due.")
    missing_store_ids: list[UUID] = strawberry.field(description="The stores in which something due is not done.")
    waiting_store_ids: list[UUID] = strawberry.field(
        description="The stores in which something is not done that is not due yet."
    )
    waiting_until: datetime | None = strawberry.field(description="When the last of what is not due yet is due.")
