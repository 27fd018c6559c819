"""Questions about a store's day, its hand-overs, who came when, and calls for help."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from retail.day.help import help_calls
from retail.day.queries import DayNow, clock_entries, day_of, hand_over_seen, hand_overs
from retail.tasks.checklists import names_of
from retail.tasks.rules import Task
from schema.day.enums import HelpState
from schema.day.help import HelpCallConnection, HelpCallEdge
from schema.day.loading import told_calls, told_entries, told_hand_overs, told_skus
from schema.day.types import (
    ClockEntry,
    DayDifference,
    DayReturns,
    DaySales,
    HandOver,
    HandOverConnection,
    HandOverEdge,
    OnShift,
    StoreDay,
)
from schema.kernel.context import Context, Info
from schema.kernel.paging import PageInfo, cursor_of, key_of, page_size
from schema.stores.loading import known_store
from schema.tasks.loading import tasks_now, told_tasks

_STORE = strawberry.argument(description="The store.")


@strawberry.type
class DayQuery:
    @strawberry.field(
        description="A store's business day as it stands: yesterday's hand-over, what must be done today, what was "
        "sold and found otherwise, who is at work. For those who work in the store or lead it."
    )
    async def day_of(self, info: Info, store_id: Annotated[UUID, _STORE]) -> StoreDay:
        store = await known_store(info.context, store_id)
        async with info.context.reading() as reading:
            day = await day_of(reading, store)
        return await _told(info.context, store.id, day, await tasks_now(info.context, store))

    @strawberry.field(description="A store's hand-overs, newest first, for those who work in the store or lead it.")
    async def hand_overs(
        self,
        info: Info,
        store_id: Annotated[UUID, _STORE],
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")],
        after: Annotated[str | None, strawberry.argument(description="An endCursor.")] = None,
    ) -> HandOverConnection:
        size, place = page_size(first), key_of(after, datetime, UUID)
        store = await known_store(info.context, store_id)
        async with info.context.reading() as reading:
            rows, more = await hand_overs(reading, store, first=size, after=place)
        told = await told_hand_overs(info.context, rows)
        edges = [HandOverEdge(cursor=cursor_of(row.place), node=node) for row, node in zip(rows, told, strict=True)]
        end = edges[-1].cursor if edges else None
        return HandOverConnection(edges=edges, page_info=PageInfo(has_next_page=more, end_cursor=end))

    @strawberry.field(
        description="One hand-over, for those who work in the store or lead it: by its own id, or by that of the task "
        "that something disputed of it became."
    )
    async def hand_over(
        self,
        info: Info,
        store_id: Annotated[UUID, _STORE],
        id: Annotated[UUID, strawberry.argument(description="The hand-over, or a task from a dispute of it.")],
    ) -> HandOver | None:
        store = await known_store(info.context, store_id)
        async with info.context.reading() as reading:
            row = await hand_over_seen(reading, store, id)
        return (await told_hand_overs(info.context, [row]))[0] if row else None

    @strawberry.field(
        description="Who came and went on some business days, newest first: everybody for those who lead the store, "
        "oneself for those who work there."
    )
    async def clock_entries(
        self,
        info: Info,
        store_id: Annotated[UUID, _STORE],
        since: Annotated[date, strawberry.argument(description="From which business day.")],
        until: Annotated[date, strawberry.argument(description="To which business day; at most 31 days.")],
    ) -> list[ClockEntry]:
        store = await known_store(info.context, store_id)
        async with info.context.reading() as reading:
            rows = await clock_entries(reading, store, since=since, until=until)
        return await told_entries(info.context, rows)

    @strawberry.field(
        description="Calls for help, newest first: those of the stores for which the asker answers, and one's own."
    )
    async def help_calls(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")],
        after: Annotated[str | None, strawberry.argument(description="An endCursor.")] = None,
        states: Annotated[list[HelpState] | None, strawberry.argument(description="Only those so far.")] = None,
        store_id: Annotated[UUID | None, strawberry.argument(description="Only of this store.")] = None,
    ) -> HelpCallConnection:
        size, place = page_size(first), key_of(after, datetime, UUID)
        async with info.context.reading() as reading:
            rows, more = await help_calls(reading, first=size, after=place, states=states, store_id=store_id)
        told = await told_calls(info.context, rows)
        edges = [HelpCallEdge(cursor=cursor_of(row.place), node=node) for row, node in zip(rows, told, strict=True)]
        end = edges[-1].cursor if edges else None
        return HelpCallConnection(edges=edges, page_info=PageInfo(has_next_page=more, end_cursor=end))


async def _told(context: Context, store_id: UUID, day: DayNow, todo: list[Task]) -> StoreDay:
    async with context.reading() as reading:
        names = await names_of(reading.session, {each.person_id for each in day.here})
        skus = await told_skus(reading.session, [day.now])
    ends = [row for row in (day.previous, day.latest) if row is not None]
    told = {id(row): each for row, each in zip(ends, await told_hand_overs(context, ends), strict=True)}
    return StoreDay(
        store_id=store_id,
        day=day.now.day,
        opened_at=day.now.opened_at,
        previous=told.get(id(day.previous)),
        latest=told.get(id(day.latest)),
        must_do=await told_tasks(context, [task for task in todo if task.must]),
        open_tasks=len(todo),
        sales=DaySales.of(day.now.sales),
        differences=[DayDifference.of(each, skus) for each in day.now.differences],
        differences_count=day.now.differences_count,
        below_zero_count=day.now.below_zero_count,
        returns_waiting=day.now.returns_waiting,
        returns=DayReturns.of(day.now.returns),
        unknown_codes=day.now.unknown_codes,
        wasted=[DayDifference.of(each, skus) for each in day.now.wasted or ()],
        wasted_count=day.now.wasted_count or 0,
        on_shift=[
            OnShift(
                person_id=each.person_id,
                person_name=names.get(each.person_id, ""),
                since=each.occurred_at,
                place=each.place,
            )
            for each in day.here
        ],
    )
