"""Categories and SKUs as they are told."""

from typing import Annotated
from uuid import UUID

import strawberry

from retail.access.permissions import Permission
from retail.catalogue.queries import CategoryRow, SkuRow
from retail.kernel.refusal import NotFound
from schema.kernel.context import Info
from schema.kernel.enums import Locality
from schema.kernel.scalars import Fen


@strawberry.type(description="A node of the category tree.")
class Category:
    id: UUID = strawberry.field(description="The category.")
    code: str = strawberry.field(description="Its short code.")
    name: str = strawberry.field(description="Its name in Chinese.")
    name_en: str = strawberry.field(description="Its name in English.")
    parent_id: UUID | None = strawberry.field(description="The category above; null for a top-level one.")

    @classmethod
    def of(cls, row: CategoryRow) -> "Category":
        """Return a category as it is told."""
        return cls(id=row.id, code=row.code, name=row.name, name_en=row.name_en, parent_id=row.parent_id)


@strawberry.type(description="A code printed on an SKU or on a pack of it (GS1 GTIN).")
class Gtin:
    gtin: str = strawberry.field(description="13 digits; 14 for a pack whose code begins with 1 to 9.")
    pack_units: int = strawberry.field(description="How many base units it stands for.")


@strawberry.type(description="A stock-keeping unit: the smallest thing that is counted.")
class Sku:
    id: UUID = strawberry.field(description="The SKU.")
    code: str = strawberry.field(description="Its short code.")
    name: str = strawberry.field(description="Its name in Chinese.")
    name_en: str = strawberry.field(description="Its name in English.")
    unit: str = strawberry.field(description="What one base unit is called.")
    locality: Locality = strawberry.field(description="The chain's or a region's own.")
    category: Category = strawberry.field(description="Where it stands in the tree.")
    gtins: list[Gtin] = strawberry.field(description="The codes printed on it and its packs.")

    @strawberry.field(description="What one base unit costs the customer in a store now, in fen; null if not priced.")
    async def price(
        self, info: Info, store_id: Annotated[UUID, strawberry.argument(description="The store.")]
    ) -> Fen | None:
        if not info.context.actor.may(Permission.STORE_READ, store_id):
            raise NotFound("storeId", "store", "门店")
        item = await info.context.items.load(self.id)
        fen = item.price(store_id, info.context.desk.office.clock()) if item else None
        return None if fen is None else Fen(fen)

    @classmethod
    def of(cls, row: SkuRow) -> "Sku":
        """Return an SKU as it is told."""
        return cls(
            id=row.id,
            code=row.code,
            name=row.name,
            name_en=row.name_en,
            unit=row.unit,
            locality=row.locality,
            category=Category.of(row.category),
            gtins=[Gtin(gtin=gtin, pack_units=units) for gtin, units in row.gtins],
        )


@strawberry.type(description="What a scanned or typed code means.")
class ScannedSku:
    sku: Sku = strawberry.field(description="The SKU.")
    pack_units: int = strawberry.field(description="How many base units the code stands for.")


@strawberry.type(description="An SKU on a page.")
class SkuEdge:
    cursor: str = strawberry.field(description="Its place.")
    node: Sku = strawberry.field(description="The SKU.")
