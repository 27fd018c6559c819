"""What PostgreSQL itself says about the chain's books: plain SQL, nothing of ours between."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg


@dataclass(frozen=True)
class Item:
    """A thing on the shelf of one store."""

    store_id: UUID
    sku_id: UUID
    category_id: UUID
    name: str
    name_en: str
    gtin: str
    on_hand: int


class Books:
    """A reader of one database; every question has a connection of its own, so that servers may come and go."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def rows(self, query: str, *values: object) -> Sequence[Any]:
        connection = await asyncpg.connect(self.url)
        try:
            found: Sequence[Any] = await connection.fetch(query, *values)
            return found
        finally:
            await connection.close()

    async def value(self, query: str, *values: object) -> Any:
        rows = await self.rows(query, *values)
        return rows[0][0] if rows else None

    async def item(self, shop: str, name: str) -> Item:
        """Find a thing in a shop; `category_id` is the shelf that the manager's board counts it on."""
        rows = await self.rows(
            """
            select store.id, sku.id, coalesce(category.parent_id, category.id), sku.name, sku.name_en,
                   (select gtin from sku_code where sku_id = sku.id order by pack_units limit 1), level.on_hand
            from stock_level level
            join store on store.id = level.store_id
            join sku on sku.id = level.sku_id
            join product on product.id = sku.product_id
            join category on category.id = product.category_id
            where store.code like '%-' || upper($1) and sku.name = $2
            """,
            shop,
            name,
        )
        assert len(rows) == 1, f"{shop} holds {len(rows)} things called {name}"
        return Item(*rows[0])

    async def on_hand(self, item: Item) -> int:
        query = "select on_hand from stock_level where store_id = $1 and sku_id = $2"
        return int(await self.value(query, item.store_id, item.sku_id))

    async def moved(self, item: Item, source: str = "phone") -> list[tuple[str, int]]:
        """Kind and quantity of what phones did to a thing, in the order of the ledger."""
        query = """
            select kind, quantity from movement where store_id = $1 and sku_id = $2 and source = $3 order by version
        """
        return [(row[0], row[1]) for row in await self.rows(query, item.store_id, item.sku_id, source)]

    async def difference(self) -> int:
        """How many levels are not the sum of their movements; a true ledger has none."""
        query = """
            select count(*) from stock_level level
            where on_hand <> (
                select coalesce(sum(quantity), 0) from movement
                where movement.store_id = level.store_id and movement.sku_id = level.sku_id
            )
        """
        return int(await self.value(query))
