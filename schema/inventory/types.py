"""Stock and its history as they are told."""

from datetime import datetime
from uuid import UUID

import strawberry

from retail.inventory.queries import Level, MovementRow
from schema.catalogue.types import Sku
from schema.kernel.context import Info
from schema.kernel.enums import Account, AdjustmentReason, MovementKind, Source
from schema.kernel.paging import PageInfo
from schema.kernel.scalars import Fen, StockRows
from schema.stores.types import Store


@strawberry.type(description="One SKU in one store, in base units.")
class StockLevel:
    store: Store = strawberry.field(description="The store.")
    sku: Sku = strawberry.field(description="The SKU.")
    on_hand: int = strawberry.field(description="What the book says stands in the store.")
    reserved: int = strawberry.field(description="What is promised to orders.")
    available: int = strawberry.field(description="On hand less promised: what may be sold or promised.")
    incoming: int = strawberry.field(description="What is on its way.")
    safety_stock: int = strawberry.field(description="Below this, somebody should act.")
    below_safety: bool = strawberry.field(description="Whether less is available than the safety stock.")
    version: int = strawberry.field(description="Counts the movements that made it.")

    @strawberry.field(description="What came back and waits to be looked at: in the store, in no figure above.")
    async def quarantined(self, info: Info) -> int:
        return await info.context.quarantined.load((self.store.id, self.sku.id))

    @classmethod
    def of(cls, level: Level, store: Store, sku: Sku) -> "StockLevel":
        """Return a level as it is told."""
        return cls(
            store=store,
            sku=sku,
            on_hand=level.on_hand,
            reserved=level.reserved,
            available=level.available,
            incoming=level.incoming,
            safety_stock=level.safety_stock,
            below_safety=level.below_safety,
            version=level.version,
        )


@strawberry.type(description="A level on a page.")
class StockEdge:
    cursor: str = strawberry.field(description="Its place.")
    node: StockLevel = strawberry.field(description="The level.")


@strawberry.type(description="A page of levels, most lacking first.")
class StockConnection:
    edges: list[StockEdge] = strawberry.field(description="The levels of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")
    total_count: int = strawberry.field(description="How many there are on all pages.")


@strawberry.type(description="Levels by the thousand, compact: integer rows over two lists of ids.")
class StockGrid:
    cursor: str = strawberry.field(description="Give it to stockChanges as `after`: nothing is missed.")
    as_of: datetime = strawberry.field(description="When it was read.")
    store_ids: list[UUID] = strawberry.field(description="The stores that the rows point into.")
    sku_ids: list[UUID] = strawberry.field(description="The SKUs that the rows point into.")
    rows: StockRows = strawberry.field(description="The levels.")


@strawberry.type(description="One change of one level, written once and never edited.")
class Movement:
    id: UUID = strawberry.field(description="The movement.")
    kind: MovementKind = strawberry.field(description="What happened.")
    quantity: int = strawberry.field(description="Signed change of what is on hand, in base units.")
    reserved_change: int = strawberry.field(description="Signed change of what is promised, in base units.")
    balance: int = strawberry.field(description="What was on hand afterwards.")
    counter_account: Account = strawberry.field(description="Where the goods came from or went to.")
    amount: Fen | None = strawberry.field(
        description="What the customer paid or got back, in fen; what goods cost, only to who reads costs."
    )
    reason: AdjustmentReason | None = strawberry.field(description="Why the book was set right.")
    note: str | None = strawberry.field(description="What was written beside it.")
    occurred_at: datetime = strawberry.field(description="When it happened in the shop.")
    recorded_at: datetime = strawberry.field(description="When it reached the server.")
    clock_error_seconds: int | None = strawberry.field(
        description="How far the device's clock was off (ahead: positive), if it could not be right."
    )
    by: str = strawberry.field(description="Who did it; empty for the system itself.")
    device: str | None = strawberry.field(description="On what device.")
    latitude: float | None = strawberry.field(description="Where, degrees north (WGS 84).")
    longitude: float | None = strawberry.field(description="Where, degrees east (WGS 84).")
    source: Source = strawberry.field(description="What kind of system reported it.")
    document_id: UUID = strawberry.field(description="The sale, receipt, adjustment or reservation it belongs to.")
    version: int = strawberry.field(description="Its number among the movements of this SKU in this store.")

    @classmethod
    def of(cls, row: MovementRow) -> "Movement":
        """Return a movement as it is told."""
        return cls(
            id=row.movement_id,
            kind=row.kind,
            quantity=row.quantity,
            reserved_change=row.reserved,
            balance=row.balance,
            counter_account=row.counter_account,
            amount=None if row.amount_fen is None else Fen(row.amount_fen),
            reason=row.reason,
            note=row.note,
            occurred_at=row.occurred_at,
            recorded_at=row.recorded_at,
            clock_error_seconds=row.clock_error_seconds,
            by=row.by or "",
            device=row.device,
            latitude=row.latitude,
            longitude=row.longitude,
            source=row.source,
            document_id=row.document_id,
            version=row.version,
        )


@strawberry.type(description="A movement on a page.")
class MovementEdge:
    cursor: str = strawberry.field(description="Its place.")
    node: Movement = strawberry.field(description="The movement.")


@strawberry.type(description="A page of an item's history, newest first.")
class MovementConnection:
    edges: list[MovementEdge] = strawberry.field(description="The movements of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")
