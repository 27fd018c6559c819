"""Categories and SKUs as they are told."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from retail.access.permissions import Permission
from retail.catalogue.prices import PriceRow
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
        fen = await _price(info, self.id, store_id)
        return None if fen is None else Fen(fen)

    @strawberry.field(
        description="What one base unit costs the chain now, in fen; null if unknown, and for whoever reads no costs."
    )
    async def cost(self, info: Info) -> Fen | None:
        fen = await info.context.costs.load(self.id)
        return None if fen is None else Fen(fen)

    @strawberry.field(
        description=(
            "Price less cost of one base unit in a store now, in fen; negative where it is sold below cost. "
            "Null if either is unknown, and for whoever reads no costs there."
        )
    )
    async def margin(
        self, info: Info, store_id: Annotated[UUID, strawberry.argument(description="The store.")]
    ) -> Fen | None:
        known = await _price_and_cost(info, self.id, store_id)
        return None if known is None else Fen(known[0] - known[1])

    @strawberry.field(
        description=(
            "The margin as a part of the price, at most 1. Null where the margin is, and where the price is 0."
        )
    )
    async def margin_rate(
        self, info: Info, store_id: Annotated[UUID, strawberry.argument(description="The store.")]
    ) -> float | None:
        known = await _price_and_cost(info, self.id, store_id)
        return None if known is None or known[0] == 0 else (known[0] - known[1]) / known[0]

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


async def _price(info: Info, sku_id: UUID, store_id: UUID) -> int | None:
    """Return the price of an SKU in a store that the asker sees; any other store is not found."""
    if not info.context.actor.may(Permission.STORE_READ, store_id):
        raise NotFound("storeId", "store", "门店")
    item = await info.context.items.load(sku_id)
    return item.price(store_id, info.context.desk.office.clock()) if item else None


async def _price_and_cost(info: Info, sku_id: UUID, store_id: UUID) -> tuple[int, int] | None:
    """Return both where the asker may read costs and both are known."""
    price = await _price(info, sku_id, store_id)
    if price is None or not info.context.actor.may(Permission.COST_READ, store_id):
        return None
    cost = await info.context.costs.load(sku_id)
    return None if cost is None else (price, cost)


@strawberry.type(description="A price of one base unit, from a time on. A later one in the same place supersedes it.")
class Price:
    id: UUID = strawberry.field(description="The price.")
    sku_id: UUID = strawberry.field(description="The SKU.")
    store_id: UUID | None = strawberry.field(
        description="The store; null for the chain's, which a store's own precedes."
    )
    fen: Fen = strawberry.field(description="In fen.")
    valid_from: datetime = strawberry.field(description="When it begins.")
    valid_until: datetime | None = strawberry.field(description="When it ends by itself, if it does.")

    @classmethod
    def of(cls, row: PriceRow) -> "Price":
        """Return a price as it is told."""
        return cls(
            id=row.price_id,
            sku_id=row.sku_id,
            store_id=row.store_id,
            fen=Fen(row.fen),
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        )


@strawberry.type(description="A price on a page.")
class PriceEdge:
    cursor: str = strawberry.field(description="Its place.")
    node: Price = strawberry.field(description="The price.")


@strawberry.type(description="What a scanned or typed code means.")
class ScannedSku:
    sku: Sku = strawberry.field(description="The SKU.")
    pack_units: int = strawberry.field(description="How many base units the code stands for.")


@strawberry.type(description="An SKU on a page.")
class SkuEdge:
    cursor: str = strawberry.field(description="Its place.")
    node: Sku = strawberry.field(description="The SKU.")
