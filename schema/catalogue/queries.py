"""Questions about the catalogue, which everybody who is signed in may read."""

from typing import Annotated
from uuid import UUID

import strawberry

from retail.catalogue.queries import categories, sku_page, skus_by_id
from schema.catalogue.types import Category, ScannedSku, Sku, SkuEdge
from schema.kernel.context import Info
from schema.kernel.paging import PageInfo, cursor_of, key_of, page_size


@strawberry.type(description="A page of SKUs.")
class SkuConnection:
    edges: list[SkuEdge] = strawberry.field(description="The SKUs of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")
    total_count: int = strawberry.field(description="How many there are on all pages.")


@strawberry.type
class CatalogueQuery:
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

    @strawberry.field(description="What a scanned or typed code (GTIN or SKU code) means; null if nothing.")
    async def sku_by_code(
        self, info: Info, code: Annotated[str, strawberry.argument(description="As scanned or typed.")]
    ) -> ScannedSku | None:
        item = (await info.context.desk.lookup.find([code])).get(code)
        if item is None:
            return None
        async with info.context.reading() as reading:
            row = (await skus_by_id(reading.session, [item.sku_id]))[item.sku_id]
        return ScannedSku(sku=Sku.of(row), pack_units=item.pack_units)
