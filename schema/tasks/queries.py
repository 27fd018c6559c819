"""Questions about what a store has to do, about checklists, and about what became of them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from retail.access.actor import ActorKind
from retail.tasks.checklists import checklist_rows, names_of, page_of, require_design
from retail.tasks.compliance import compliance_counts
from retail.tasks.records import AnsweredPage, AnsweredWhere, checklist_answers
from retail.tasks.restocking import sources_here, stores_with_spare
from schema.kernel.context import Info
from schema.kernel.paging import PageInfo, cursor_of, key_of, page_size
from schema.stores.loading import known_store
from schema.tasks.checklists import (
    Checklist,
    ChecklistAnswer,
    ChecklistAnswerConnection,
    ChecklistAnswerEdge,
    ChecklistConnection,
    ChecklistEdge,
)
from schema.tasks.loading import tasks_now, told_tasks
from schema.tasks.types import ComplianceCount, RestockSources, Task


@strawberry.type
class TasksQuery:
    @strawberry.field(description="What a store has to do now, most urgent first; refused for a store not seen.")
    async def tasks(
        self,
        info: Info,
        store_id: Annotated[UUID, strawberry.argument(description="The store.")],
        over: Annotated[
            bool, strawberry.argument(description="Whether to tell those of today that are done, missed or withdrawn.")
        ] = False,
    ) -> list[Task]:
        store = await known_store(info.context, store_id)
        return await told_tasks(info.context, await tasks_now(info.context, store, over=over))

    @strawberry.field(
        description="Where more of an SKU may be found to fill its shelf, for those who see the store's stock."
    )
    async def restock_sources(
        self,
        info: Info,
        store_id: Annotated[UUID, strawberry.argument(description="The store.")],
        sku_id: Annotated[UUID, strawberry.argument(description="The SKU.")],
    ) -> RestockSources:
        desk, store = info.context.desk, await known_store(info.context, store_id)
        async with info.context.reading() as reading:
            here = await sources_here(reading, store, sku_id)
        # What the others can spare is the shops' business, not a partner's.
        if info.context.actor.kind is not ActorKind.PERSON:
            return RestockSources.of(here, [])
        async with desk.office.system() as session:
            spare = await stores_with_spare(session, await desk.directory.stores(), store, sku_id)
        return RestockSources.of(here, spare)

    @strawberry.field(description="The checklists by title, as they are now; for those who design them.")
    async def checklists(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")],
        after: Annotated[str | None, strawberry.argument(description="An endCursor.")] = None,
        only_active: Annotated[
            bool, strawberry.argument(description="Whether to leave out those switched off.")
        ] = False,
    ) -> ChecklistConnection:
        size, place = page_size(first), key_of(after, str, UUID)
        require_design(info.context.actor)
        async with info.context.reading() as reading:
            rows = await checklist_rows(reading.session, only_active=only_active)
        page, more = page_of(rows, first=size, after=place)
        edges = [ChecklistEdge(cursor=cursor_of(row.place), node=Checklist.of(row)) for row in page]
        end = edges[-1].cursor if edges else None
        return ChecklistConnection(
            edges=edges, page_info=PageInfo(has_next_page=more, end_cursor=end), total_count=len(rows)
        )

    @strawberry.field(
        description="What became of checklists on some business days, in the stores that the asker leads."
    )
    async def checklist_answers(  # noqa: PLR0917 -- GraphQL gives its arguments by name
        self,
        info: Info,
        since: Annotated[date, strawberry.argument(description="From which business day.")],
        until: Annotated[date, strawberry.argument(description="To which business day; at most 366 days.")],
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")],
        after: Annotated[str | None, strawberry.argument(description="An endCursor.")] = None,
        checklist_id: Annotated[UUID | None, strawberry.argument(description="Only of this checklist.")] = None,
        store_ids: Annotated[list[UUID] | None, strawberry.argument(description="Only in these stores.")] = None,
    ) -> ChecklistAnswerConnection:
        size, place = page_size(first), key_of(after, datetime, UUID)
        where = AnsweredWhere(since, until, checklist_id, store_ids)
        stores = await info.context.desk.directory.stores()
        async with info.context.reading() as reading:
            page = await checklist_answers(reading, stores, where, first=size, after=place)
            people = {record.person_id for row in page.rows for record in row.records}
            names = await names_of(reading.session, people)
        told = await told_tasks(info.context, [row.task for row in page.rows])
        return _connection(page, [ChecklistAnswer.of(row, told[n], names) for n, row in enumerate(page.rows)])

    @strawberry.field(
        description="How often people of a store did things as they should be, newest day first: everybody for those "
        "who lead the store, oneself for those who work there."
    )
    async def compliance_counts(
        self,
        info: Info,
        store_id: Annotated[UUID, strawberry.argument(description="The store.")],
        since: Annotated[date, strawberry.argument(description="From which business day.")],
        until: Annotated[date, strawberry.argument(description="To which business day; at most 366 days.")],
    ) -> list[ComplianceCount]:
        store = await known_store(info.context, store_id)
        async with info.context.reading() as reading:
            rows = await compliance_counts(reading, store_id=store.id, since=since, until=until)
        return [ComplianceCount.of(row) for row in rows]


def _connection(page: AnsweredPage, told: list[ChecklistAnswer]) -> ChecklistAnswerConnection:
    edges = [
        ChecklistAnswerEdge(cursor=cursor_of(row.place), node=node) for row, node in zip(page.rows, told, strict=True)
    ]
    return ChecklistAnswerConnection(
        edges=edges,
        page_info=PageInfo(has_next_page=page.has_next, end_cursor=edges[-1].cursor if edges else None),
        total_count=page.total,
        due=page.due,
        done=page.done,
        on_time=page.on_time,
        completion_rate=page.done / page.due if page.due else None,
        missing_store_ids=page.missing_store_ids,
        waiting_store_ids=list(page.waiting),
        waiting_until=max(page.waiting.values(), default=None),
    )
