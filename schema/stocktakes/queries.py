"""Questions about counting."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from retail.stocktakes.figures import count_figures
from retail.stocktakes.queries import find_stocktake, stocktake_page
from retail.stocktakes.starting import count_policy
from schema.kernel.context import Info
from schema.kernel.paging import PageInfo, cursor_of, key_of, page_size
from schema.stocktakes.enums import StocktakeStatus
from schema.stocktakes.figures import CountFigures, CountPolicy
from schema.stocktakes.types import (
    After,
    First,
    Stocktake,
    StocktakeConnection,
    StocktakeEdge,
    told_stocktakes,
)


@strawberry.type
class StocktakesQuery:
    @strawberry.field(description="A store's stocktakes, newest first.")
    async def stocktakes(
        self,
        info: Info,
        store_id: Annotated[UUID, strawberry.argument(description="The store.")],
        first: First,
        after: After = None,
        status: Annotated[StocktakeStatus | None, strawberry.argument(description="Only those.")] = None,
    ) -> StocktakeConnection:
        size, place = page_size(first), key_of(after, datetime, UUID)
        async with info.context.reading() as reading:
            rows = await stocktake_page(
                reading,
                store_id=store_id,
                status=status,
                first=size,
                after=None if place is None else (place[0], place[1]),
            )
        told = await told_stocktakes(info.context, rows[:size])
        edges = [
            StocktakeEdge(cursor=cursor_of((each.started_at.isoformat(), str(each.id))), node=each) for each in told
        ]
        end = edges[-1].cursor if edges else None
        return StocktakeConnection(edges=edges, page_info=PageInfo(has_next_page=len(rows) > size, end_cursor=end))

    @strawberry.field(description="One stocktake; null if there is none that you see.")
    async def stocktake(
        self, info: Info, id: Annotated[UUID, strawberry.argument(description="The stocktake.")]
    ) -> Stocktake | None:
        async with info.context.reading() as reading:
            row = await find_stocktake(reading, id)
        return None if row is None else (await told_stocktakes(info.context, [row]))[0]

    @strawberry.field(description="How stores counted, of stocktakes confirmed from one instant until before another.")
    async def count_figures(
        self,
        info: Info,
        since: Annotated[datetime, strawberry.argument(name="from", description="From this instant on.")],
        until: Annotated[
            datetime, strawberry.argument(name="to", description="Until before this one, at most a year later.")
        ],
        store_ids: Annotated[
            list[UUID] | None, strawberry.argument(description="Only these stores; left out, all of yours.")
        ] = None,
    ) -> list[CountFigures]:
        async with info.context.reading() as reading:
            rows = await count_figures(reading, store_ids=store_ids, since=since, until=until)
        return [CountFigures.of(row) for row in rows]

    @strawberry.field(description="The chain's thresholds for counts.")
    async def count_policy(self, info: Info) -> CountPolicy:
        async with info.context.reading() as reading:
            return CountPolicy.of(await count_policy(reading.session))
