"""Questions about channel clients, for those who may manage them."""

from typing import Annotated
from uuid import UUID

import strawberry

from retail.channels.queries import client_page
from retail.channels.reach import Reach
from schema.channels.types import ChannelClient, ChannelClientConnection, ChannelClientEdge
from schema.kernel.context import Info
from schema.kernel.enums import ChannelKind, ChannelState
from schema.kernel.paging import PageInfo, cursor_of, key_of, page_size


@strawberry.type
class ChannelsQuery:
    @strawberry.field(description="Channel clients by name, of the stores for which the asker may manage clients.")
    async def channel_clients(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")],
        after: Annotated[str | None, strawberry.argument(description="An endCursor.")] = None,
        states: Annotated[
            list[ChannelState] | None, strawberry.argument(description="Only those that fare so.")
        ] = None,
        kinds: Annotated[list[ChannelKind] | None, strawberry.argument(description="Only those kinds.")] = None,
    ) -> ChannelClientConnection:
        size, place = page_size(first), key_of(after, str, UUID)
        desk = info.context.desk
        reach = Reach.of(info.context.actor, await desk.directory.region_of())
        async with desk.office.system() as session:
            rows, total = await client_page(
                session, reach, desk.office.clock(), first=size, after=place, states=states, kinds=kinds
            )
        edges = [
            ChannelClientEdge(cursor=cursor_of(row.place), node=ChannelClient.of(row, reach)) for row in rows[:size]
        ]
        end = edges[-1].cursor if edges else None
        return ChannelClientConnection(
            edges=edges, page_info=PageInfo(has_next_page=len(rows) > size, end_cursor=end), total_count=total
        )
