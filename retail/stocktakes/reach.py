"""What a stocktake covers: which SKUs belong to it, and whether a count of one is of all there is in the store.

The ledger knows how much a store holds, not where. So the count of a shelf or a zone says something of the book only
for an SKU that stands nowhere else: not on a shelf that expects it, outside the scope, and was not counted with it.
What the shelves of the scope do not expect is a find: it is noted, and says nothing of the book, because nobody knows
where the others stand. Where none of them says what it expects, everything belongs there, and an SKU that no shelf
expects at all is taken to stand where it was counted.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from retail.catalogue.queries import skus_in
from retail.inventory.models import StockLevel
from retail.kernel.content import as_uuid
from retail.shelves.models import Shelf, ShelfSku
from retail.stocktakes.models import ScopeKind, Stocktake

BY_PLACE = frozenset({ScopeKind.ZONE, ScopeKind.SHELVES})


@dataclass(frozen=True, slots=True)
class Reach:
    """A scope worked out: `skus` None means all; `shelves` are the scope's, `homes` the shelves that expect an SKU.

    Of a zone or of shelves `skus` are those that are expected there, all if none is.
    """

    store_id: UUID
    kind: ScopeKind
    skus: frozenset[UUID] | None
    shelves: frozenset[UUID]
    homes: Mapping[UUID, frozenset[UUID]]

    def holds(self, sku_id: UUID) -> bool:
        """Say whether an SKU belongs to the scope."""
        return self.skus is None or sku_id in self.skus

    def is_complete(self, sku_id: UUID, places: Collection[UUID | None]) -> bool:
        """Say whether a count at these places is of all that the store holds."""
        return self.kind not in BY_PLACE or self.homes.get(sku_id, frozenset()) <= self.shelves.union(
            place for place in places if place is not None
        )

    async def expected(self, session: AsyncSession) -> list[UUID]:
        """Return the SKUs that a full count would find: those of the scope that the book holds some of."""
        held = select(StockLevel.sku_id).where(StockLevel.store_id == self.store_id, StockLevel.on_hand != 0)
        rows = [as_uuid(sku) for sku in await session.scalars(held)]
        if self.kind in BY_PLACE:
            return [sku for sku in rows if self.homes.get(sku) and self.is_complete(sku, ())]
        return [sku for sku in rows if self.holds(sku)]


async def read_reach(session: AsyncSession, stocktake: Stocktake) -> Reach:
    """Return what a stocktake covers, as shelves and categories are now."""
    kind, ids = ScopeKind(stocktake.scope), [as_uuid(id) for id in stocktake.scope_ids]
    store_id = as_uuid(stocktake.store_id)
    skus: frozenset[UUID] | None = None
    shelves: frozenset[UUID] = frozenset()
    homes: Mapping[UUID, frozenset[UUID]] = {}
    if kind is ScopeKind.SKUS:
        skus = frozenset(ids)
    elif kind is ScopeKind.CATEGORIES:
        skus = frozenset(as_uuid(sku) for sku in await session.scalars(skus_in(ids)))
    elif kind in BY_PLACE:
        shelves = frozenset(ids) if kind is ScopeKind.SHELVES else await _zone(session, stocktake)
        homes = await _homes(session, store_id)
        skus = frozenset(sku_id for sku_id, places in homes.items() if places & shelves) or None
    return Reach(store_id, kind, skus, shelves, homes)


async def _zone(session: AsyncSession, stocktake: Stocktake) -> frozenset[UUID]:
    rows = await session.scalars(
        select(Shelf.id).where(
            Shelf.store_id == stocktake.store_id, Shelf.zone == stocktake.scope_zone, Shelf.retired_at.is_(None)
        )
    )
    return frozenset(as_uuid(row) for row in rows)


async def _homes(session: AsyncSession, store_id: UUID) -> dict[UUID, frozenset[UUID]]:
    rows = await session.execute(
        select(ShelfSku.sku_id, ShelfSku.shelf_id)
        .join(Shelf, (Shelf.store_id == ShelfSku.store_id) & (Shelf.id == ShelfSku.shelf_id))
        .where(ShelfSku.store_id == store_id, Shelf.retired_at.is_(None))
    )
    homes: dict[UUID, set[UUID]] = defaultdict(set)
    for row in rows:
        homes[as_uuid(row.sku_id)].add(as_uuid(row.shelf_id))
    return {sku_id: frozenset(shelves) for sku_id, shelves in homes.items()}
