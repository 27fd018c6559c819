"""Questions about the catalogue, which everybody who is signed in may read."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from retail.access.permissions import Permission
from retail.catalogue.blocks import BLOCKS, changed_blocks
from retail.catalogue.prices import price_history
from retail.catalogue.queries import categories, sku_page, skus_by_id
from retail.kernel.refusal import InvalidInput, NotFound, Problem
from schema.catalogue.types import Category, Price, PriceEdge, ScannedSku, Sku, SkuEdge
from schema.kernel.context import Info
from schema.kernel.paging import PageInfo, cursor_of, key_of, page_size


@strawberry.type(description="A page of SKUs.")
class SkuConnection:
    edges: list[SkuEdge] = strawberry.field(description="The SKUs of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")
    total_count: int = strawberry.field(description="How many there are on all pages.")


@strawberry.type(description="A page of prices, newest first.")
class PriceConnection:
    edges: list[PriceEdge] = strawberry.field(description="The prices of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")


@strawberry.type(description="A part of the catalogue that is not as the asker knows it.")
class CatalogueBlock:
    number: int = strawberry.field(description="Which part, from 0.")
    digest: str = strawberry.field(description="What to say as `known` next time; empty when nothing is in it.")
    skus: list[Sku] = strawberry.field(description="All SKUs that are in it now.")


@strawberry.type(description="What changed in the catalogue since a device read it.")
class CatalogueChanges:
    blocks: list[CatalogueBlock] = strawberry.field(description="The parts that changed.")
    complete: bool = strawberry.field(description="Whether these are all; if not, ask again with their digests.")


SKUS_AT_ONCE = 500


@strawberry.type
class CatalogueQuery:
    @strawberry.field(description="What a device must read to have the whole catalogue with the prices of a store now.")
    async def catalogue_changes(
        self,
        info: Info,
        store_id: Annotated[UUID, strawberry.argument(description="The store whose prices it shows.")],
        known: Annotated[
            list[str], strawberry.argument(description="The digests that it knows, by number; empty where it has none.")
        ],
    ) -> CatalogueChanges:
        if not info.context.actor.may(Permission.STORE_READ, store_id):
            raise NotFound("storeId", "store", "门店")
        if len(known) > BLOCKS:
            words = (f"At most {BLOCKS}.", f"最多 {BLOCKS} 个。")
            raise InvalidInput([Problem("known", "TOO_MANY", *words)])
        async with info.context.reading() as reading:
            blocks, complete = await changed_blocks(
                reading.session, store_id=store_id, known=known, now=info.context.desk.office.clock(), most=SKUS_AT_ONCE
            )
            rows = await skus_by_id(reading.session, [sku_id for block in blocks for sku_id in block.sku_ids])
        told = [
            CatalogueBlock(
                number=block.number,
                digest=block.digest,
                skus=[Sku.of(rows[sku_id]) for sku_id in block.sku_ids if sku_id in rows],
            )
            for block in blocks
        ]
        return CatalogueChanges(blocks=told, complete=complete)

    @strawberry.field(description="The whole category tree, parents before children.")
    async def categories(self, info: Info) -> list[Category]:
        async with info.context.reading() as reading:
            return [Category.of(row) for row in await categories(reading.session)]

    @strawberry.field(description="SKUs whose names begin with the text first, then by code.")
    async def skus(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")],
        after: Annotated[str | None, strawberry.argument(description="An endCursor.")] = None,
        text: Annotated[
            str | None, strawberry.argument(description="Part of a name, code or pinyin (initials), or a GTIN.")
        ] = None,
        category_ids: Annotated[
            list[UUID] | None, strawberry.argument(description="Only of these categories and those below.")
        ] = None,
    ) -> SkuConnection:
        size, place = page_size(first), key_of(after, int, str, UUID)
        async with info.context.reading() as reading:
            rows, total = await sku_page(reading.session, text=text, category_ids=category_ids, first=size, after=place)
        edges = [SkuEdge(cursor=cursor_of(at), node=Sku.of(row)) for row, at in rows[:size]]
        end = edges[-1].cursor if edges else None
        return SkuConnection(
            edges=edges, page_info=PageInfo(has_next_page=len(rows) > size, end_cursor=end), total_count=total
        )

    @strawberry.field(
        description="What a scanned or typed code (GTIN, SKU code, or a scale's own) means; null if nothing."
    )
    async def sku_by_code(
        self,
        info: Info,
        code: Annotated[str, strawberry.argument(description="As scanned or typed.")],
        store_id: Annotated[
            UUID | None,
            strawberry.argument(description="Whose prices say how much a package with a price on it holds."),
        ] = None,
    ) -> ScannedSku | None:
        if store_id is not None and not info.context.actor.may(Permission.STORE_READ, store_id):
            raise NotFound("storeId", "store", "门店")
        item = (await info.context.desk.lookup.find([code], store_id=store_id)).get(code)
        if item is None:
            return None
        async with info.context.reading() as reading:
            row = (await skus_by_id(reading.session, [item.sku_id]))[item.sku_id]
        return ScannedSku(sku=Sku.of(row), pack_units=item.pack_units)

    @strawberry.field(
        description=(
            "The prices that an SKU has had in a store (its own and the chain's), newest first; those still to come "
            "only for whoever reads costs there."
        )
    )
    async def prices(
        self,
        info: Info,
        sku_id: Annotated[UUID, strawberry.argument(description="The SKU.")],
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")],
        store_id: Annotated[UUID | None, strawberry.argument(description="The store; left out, the chain's.")] = None,
        after: Annotated[str | None, strawberry.argument(description="An endCursor.")] = None,
    ) -> PriceConnection:
        size, place = page_size(first), key_of(after, datetime, UUID)
        before = None if place is None else (place[0], place[1])
        async with info.context.reading() as reading:
            rows = await price_history(reading, sku_id=sku_id, store_id=store_id, first=size, after=before)
        edges = [
            PriceEdge(cursor=cursor_of((row.valid_from.isoformat(), str(row.price_id))), node=Price.of(row))
            for row in rows[:size]
        ]
        end = edges[-1].cursor if edges else None
        return PriceConnection(edges=edges, page_info=PageInfo(has_next_page=len(rows) > size, end_cursor=end))
