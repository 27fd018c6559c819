"""Questions about regions and stores."""

from typing import Annotated
from uuid import UUID

import strawberry

from retail.access.permissions import Permission
from retail.stores.queries import in_sight, regions
from schema.kernel.context import Info
from schema.kernel.paging import PageInfo, cursor_of, key_of, page_size
from schema.stores.loading import told_stores
from schema.stores.types import Region, Store, StoreEdge


@strawberry.type(description="A page of stores.")
class StoreConnection:
    edges: list[StoreEdge] = strawberry.field(description="The stores of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")
    total_count: int = strawberry.field(description="How many there are on all pages.")


@strawberry.type
class StoresQuery:
    @strawberry.field(description="The regions of which the asker sees at least one store.")
    async def regions(self, info: Info) -> list[Region]:
        async with info.context.reading() as reading:
            shown = await in_sight(reading, await info.context.desk.directory.stores())
            mine = {shown[store].region_id for store in reading.actor.stores(Permission.STORE_READ) if store in shown}
            return [Region.of(row) for id, row in (await regions(reading.session)).items() if id in mine]

    @strawberry.field(description="A store that the asker sees; null for any other.")
    async def store(
        self, info: Info, id: Annotated[UUID, strawberry.argument(description="The store.")]
    ) -> Store | None:
        async with info.context.reading() as reading:
            seen = reading.actor.stores(Permission.STORE_READ) & {id}
            return (await told_stores(reading, info.context.desk.directory, seen)).get(id)

    @strawberry.field(description="The stores that the asker sees, by code.")
    async def stores(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")],
        after: Annotated[str | None, strawberry.argument(description="An endCursor.")] = None,
        region_ids: Annotated[list[UUID] | None, strawberry.argument(description="Only of these regions.")] = None,
        text: Annotated[str | None, strawberry.argument(description="Part of a name or code.")] = None,
    ) -> StoreConnection:
        size, place = page_size(first), key_of(after, str)
        words = (text or "").strip().lower()
        async with info.context.reading() as reading:
            seen = reading.actor.stores(Permission.STORE_READ)
            entries = [
                entry
                for entry in (await in_sight(reading, await info.context.desk.directory.stores())).values()
                if entry.id in seen
                and (region_ids is None or entry.region_id in region_ids)
                and words in f"{entry.name} {entry.name_en} {entry.code}".lower()
            ]
            rest = [entry for entry in entries if place is None or entry.code > place[0]]
            told = await told_stores(reading, info.context.desk.directory, (entry.id for entry in rest[:size]))
        edges = [StoreEdge(cursor=cursor_of((store.code,)), node=store) for store in told.values()]
        end = edges[-1].cursor if edges else None
        return StoreConnection(
            edges=edges,
            page_info=PageInfo(has_next_page=len(rest) > size, end_cursor=end),
            total_count=len(entries),
        )
