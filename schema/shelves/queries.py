"""Questions about a store's shelves and what to count there, waiting codes, and the chain's in-store codes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from retail.catalogue.queries import skus_by_id
from retail.photos.models import PhotoAbout
from retail.photos.queries import photos_about
from retail.shelves.bucket import waiting_codes
from retail.shelves.queries import shelf_of_token, shelves
from retail.shelves.settled import settled_codes
from retail.shelves.unknown import require_resolving
from retail.stocktakes.proposing import count_proposals
from schema.catalogue.types import Sku
from schema.kernel.context import Info
from schema.kernel.paging import PageInfo, cursor_of, key_of, page_size
from schema.shelves.proposals import CountProposals
from schema.shelves.types import (
    InStorePattern,
    SettledCode,
    SettledCodeConnection,
    SettledCodeEdge,
    Shelf,
    UnknownCode,
    UnknownCodeConnection,
    UnknownCodeEdge,
)


@strawberry.type
class ShelvesQuery:
    @strawberry.field(description="A store's shelves in use, by zone and in the order of a walk.")
    async def shelves(
        self, info: Info, store_id: Annotated[UUID, strawberry.argument(description="The store.")]
    ) -> list[Shelf]:
        async with info.context.reading() as reading:
            return [Shelf.of(row) for row in await shelves(reading, store_id)]

    @strawberry.field(description="The shelf whose QR code was scanned; null if it is none of one's own stores'.")
    async def shelf_by_token(
        self, info: Info, token: Annotated[str, strawberry.argument(description="What follows /s/ in the QR code.")]
    ) -> Shelf | None:
        async with info.context.reading() as reading:
            row = await shelf_of_token(reading, token)
        return None if row is None else Shelf.of(row)

    @strawberry.field(description="How the chain's scales write codes; a phone reads them by this without network.")
    async def in_store_patterns(self, info: Info) -> list[InStorePattern]:
        return [InStorePattern.of(each) for each in await info.context.desk.lookup.patterns()]

    @strawberry.field(
        description="What a store should count today and why, a quarter of an hour's work; for whoever may count there."
    )
    async def count_proposals(
        self, info: Info, store_id: Annotated[UUID, strawberry.argument(description="The store.")]
    ) -> CountProposals:
        async with info.context.reading() as reading:
            found = await count_proposals(reading, store_id)
            rows = await skus_by_id(reading.session, [each.sku_id for each in found.items])
        return CountProposals.of(found, {sku_id: Sku.of(row) for sku_id, row in rows.items()})

    @strawberry.field(description="Codes that were found and that nobody knows, last found first; for headquarters.")
    async def unknown_codes(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")],
        after: Annotated[str | None, strawberry.argument(description="An endCursor.")] = None,
    ) -> UnknownCodeConnection:
        require_resolving(info.context.actor)
        size, place = page_size(first), key_of(after, datetime, str)
        before = None if place is None else (place[0], place[1])
        async with info.context.reading() as reading:
            rows, total = await waiting_codes(reading, first=size, after=before)
            shown = rows[:size]
            skus = await skus_by_id(reading.session, list({each.sku_id for row in shown for each in row.suggestions}))
            pictured = {
                (each.store_id, each.id) for row in shown for each in row.sightings if each.photo_id is not None
            }
            photos = await photos_about(reading, PhotoAbout.UNKNOWN_CODE, pictured)
        edges = [
            UnknownCodeEdge(
                cursor=cursor_of((row.last_found_at.isoformat(), row.key)), node=UnknownCode.of(row, skus, photos)
            )
            for row in shown
        ]
        end = edges[-1].cursor if edges else None
        return UnknownCodeConnection(
            edges=edges, page_info=PageInfo(has_next_page=len(rows) > size, end_cursor=end), total_count=total
        )

    @strawberry.field(description="Codes that were settled in the last 30 days, last settled first; for headquarters.")
    async def settled_codes(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")],
        after: Annotated[str | None, strawberry.argument(description="An endCursor.")] = None,
    ) -> SettledCodeConnection:
        require_resolving(info.context.actor)
        size, place = page_size(first), key_of(after, datetime, str)
        before = None if place is None else (place[0], place[1])
        async with info.context.reading() as reading:
            rows, total = await settled_codes(reading, first=size, after=before)
            skus = await skus_by_id(reading.session, [row.sku_id for row in rows[:size] if row.sku_id is not None])
        edges = [
            SettledCodeEdge(cursor=cursor_of((row.settled_at.isoformat(), row.key)), node=SettledCode.of(row, skus))
            for row in rows[:size]
        ]
        end = edges[-1].cursor if edges else None
        return SettledCodeConnection(
            edges=edges, page_info=PageInfo(has_next_page=len(rows) > size, end_cursor=end), total_count=total
        )
