"""Questions about the photos of a store."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from retail.photos.models import PhotoStatus
from retail.photos.queries import photos_in, photos_named
from schema.kernel.context import Info
from schema.kernel.paging import PageInfo, cursor_of, key_of, page_size
from schema.photos.types import Photo, PhotoConnection, PhotoEdge
from schema.stores.loading import known_store


@strawberry.type
class PhotosQuery:
    @strawberry.field(description="A photo of a store that the asker sees; null for any other.")
    async def photo(
        self, info: Info, id: Annotated[UUID, strawberry.argument(description="The photo.")]
    ) -> Photo | None:
        async with info.context.reading() as reading:
            found = (await photos_named(reading, [id])).get(id)
        return None if found is None else Photo.of(found)

    @strawberry.field(description="The photos of a store, those announced last first; refused for a store not seen.")
    async def photos(
        self,
        info: Info,
        store_id: Annotated[UUID, strawberry.argument(description="The store.")],
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")],
        after: Annotated[str | None, strawberry.argument(description="An endCursor.")] = None,
        status: Annotated[
            PhotoStatus | None, strawberry.argument(description="Only these, such as AWAITED: announced and not here.")
        ] = None,
    ) -> PhotoConnection:
        size, place = page_size(first), key_of(after, datetime, UUID)
        store = await known_store(info.context, store_id)
        async with info.context.reading() as reading:
            found = await photos_in(reading, store.id, status, size, None if place is None else (place[0], place[1]))
        edges = [PhotoEdge(cursor=cursor_of((row.announced_at, row.id)), node=Photo.of(row)) for row in found[:size]]
        end = edges[-1].cursor if edges else None
        return PhotoConnection(edges=edges, page_info=PageInfo(has_next_page=len(found) > size, end_cursor=end))
