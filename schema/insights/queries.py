"""Questions about what is happening now, for those who may read insights."""

from typing import Annotated
from uuid import UUID

import strawberry

from retail.insights import summaries
from retail.insights.queries import heat
from schema.insights.types import ChainSummary, Heat, HeatCell, HeatFilter, StoreSummary, where_of
from schema.kernel.context import Info
from schema.stores.loading import told_stores


@strawberry.type
class InsightsQuery:
    @strawberry.field(description="How warm the visible stores and categories are now.")
    async def heat(
        self,
        info: Info,
        filter: Annotated[HeatFilter | None, strawberry.argument(description="Which cells; none means all.")] = None,
    ) -> Heat:
        stores = await info.context.desk.directory.stores()
        async with info.context.reading() as reading:
            cells = await heat(reading, stores, where_of(filter))
        return Heat(as_of=reading.now, cells=[HeatCell.of(cell) for cell in cells])

    @strawberry.field(description="Today's figures of each visible store, by code.")
    async def store_summaries(
        self,
        info: Info,
        store_ids: Annotated[list[UUID] | None, strawberry.argument(description="Only these stores.")] = None,
        region_ids: Annotated[
            list[UUID] | None, strawberry.argument(description="Only stores of these regions.")
        ] = None,
    ) -> list[StoreSummary]:
        asked = where_of(HeatFilter(store_ids=store_ids, region_ids=region_ids))
        directory = info.context.desk.directory
        async with info.context.reading() as reading:
            rows = await summaries.store_summaries(reading, await directory.stores(), asked)
            told = await told_stores(reading, directory, (row.store.id for row in rows))
        return [StoreSummary.of(row, told[row.store.id]) for row in rows]

    @strawberry.field(description="Today's figures of all visible stores together.")
    async def chain_summary(self, info: Info) -> ChainSummary:
        stores = await info.context.desk.directory.stores()
        async with info.context.reading() as reading:
            return ChainSummary.of(await summaries.chain_summary(reading, stores))
