"""What clients send to read or change stock."""

from datetime import datetime
from uuid import UUID

import strawberry

from retail.inventory.events import NewBatch, NewEvent
from retail.inventory.intake import NewLine
from retail.inventory.queries import StockFilter as DomainFilter
from schema.kernel.enums import AdjustmentReason, MovementKind, Source
from schema.kernel.origin import Origin
from schema.kernel.scalars import Fen

_REQUEST_ID = "Made by the client; makes the request happen exactly once."
_SKU = "The SKU; give this or code."
_CODE = "A GTIN or SKU code; give this or skuId."


def _tuple(ids: list[UUID] | None) -> tuple[UUID, ...] | None:
    return None if ids is None else tuple(ids)


@strawberry.input(description="Which levels; every field that is given narrows.")
class StockFilter:
    store_ids: list[UUID] | None = strawberry.field(default=None, description="Only in these stores.")
    region_ids: list[UUID] | None = strawberry.field(default=None, description="Only in stores of these regions.")
    sku_ids: list[UUID] | None = strawberry.field(default=None, description="Only of these SKUs.")
    category_ids: list[UUID] | None = strawberry.field(default=None, description="Only of these and lower categories.")
    text: str | None = strawberry.field(
        default=None, description="Part of a name, code or pinyin (initials), or a GTIN."
    )
    below_safety: bool | None = strawberry.field(default=None, description="Only what is below its safety stock.")

    def domain(self) -> DomainFilter:
        """Return it in the words of the business."""
        return DomainFilter(
            store_ids=_tuple(self.store_ids),
            region_ids=_tuple(self.region_ids),
            sku_ids=_tuple(self.sku_ids),
            category_ids=_tuple(self.category_ids),
            text=self.text,
            below_safety=self.below_safety,
        )


def filter_of(asked: StockFilter | None) -> DomainFilter:
    """Return a filter in the words of the business; none means everything visible."""
    return DomainFilter() if asked is None else asked.domain()


@strawberry.input(description="Some of one item that was sold.")
class SaleLine:
    quantity: int = strawberry.field(description="How many of what the code stands for, 1 to 1,000,000.")
    sku_id: UUID | None = strawberry.field(default=None, description=_SKU)
    code: str | None = strawberry.field(default=None, description=_CODE)
    unit_price: Fen | None = strawberry.field(
        default=None, description="What one of them cost, in fen; left out, the price list's."
    )

    def domain(self) -> NewLine:
        """Return it in the words of the business."""
        return NewLine(self.sku_id, self.code, self.quantity, self.unit_price)


@strawberry.input(description="A basket that was sold: a fact, never refused for lack of stock.")
class RecordSaleInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    store_id: UUID = strawberry.field(description="The store.")
    origin: Origin = strawberry.field(description="When and where.")
    lines: list[SaleLine] = strawberry.field(description="What was sold, 1 to 500 lines.")
    reservation_id: UUID | None = strawberry.field(default=None, description="The reservation that this sale fulfils.")
    receipt: str | None = strawberry.field(
        default=None, description="The till's number of the receipt, 1 to 40 characters: a return finds the sale by it."
    )
    member: str | None = strawberry.field(
        default=None,
        description="The buyer's member code, 1 to 64 characters; kept as a keyed hash only, to find the sale by.",
    )


@strawberry.input(description="Something that happened to the stock, known by its own id.")
class MovementEvent:
    event_id: UUID = strawberry.field(description="Made by the client; makes the event happen exactly once.")
    kind: MovementKind = strawberry.field(
        description=(
            "What happened; all but QUARANTINE, RESERVE and RELEASE. A person's CUSTOMER_RETURN undoes her own sale."
        )
    )
    quantity: int = strawberry.field(
        description="How many of what the code stands for, 1 to 1,000,000; signed for an ADJUSTMENT."
    )
    occurred_at: datetime = strawberry.field(description="When it happened in the shop.")
    store_id: UUID | None = strawberry.field(default=None, description="The store; give this or storeCode.")
    store_code: str | None = strawberry.field(default=None, description="The store's code; give this or storeId.")
    sku_id: UUID | None = strawberry.field(default=None, description=_SKU)
    code: str | None = strawberry.field(default=None, description=_CODE)
    amount: Fen | None = strawberry.field(default=None, description="What the customer paid or got back, in fen.")
    reason: AdjustmentReason | None = strawberry.field(default=None, description="Needed by an ADJUSTMENT.")
    document_id: UUID | None = strawberry.field(
        default=None,
        description="The receipt or order it belongs to; of a person's CUSTOMER_RETURN the sale that it undoes.",
    )

    def domain(self) -> NewEvent:
        """Return it in the words of the business."""
        return NewEvent(
            self.event_id,
            self.store_id,
            self.store_code,
            self.sku_id,
            self.code,
            self.kind,
            self.quantity,
            self.amount,
            self.reason,
            self.occurred_at,
            self.document_id,
        )


@strawberry.input(description="Up to 1,000 events of a till, ERP or channel.")
class RecordMovementsInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    source: Source = strawberry.field(description="The kind of system.")
    events: list[MovementEvent] = strawberry.field(description="The events, 1 to 1,000, in their order.")
    device: str | None = strawberry.field(default=None, description="The device's name, at most 100 characters.")
    all_or_nothing: bool = strawberry.field(
        default=False, description="Refuse all if one is bad; otherwise the good ones are kept and the bad ones named."
    )

    def domain(self) -> NewBatch:
        """Return it in the words of the business."""
        events = tuple(event.domain() for event in self.events)
        return NewBatch(self.source, self.device, self.all_or_nothing, events)


@strawberry.input(description="Some of one item that arrived.")
class ReceiptLine:
    quantity: int = strawberry.field(description="How many of what the code stands for, 1 to 1,000,000.")
    sku_id: UUID | None = strawberry.field(default=None, description=_SKU)
    code: str | None = strawberry.field(default=None, description=_CODE)


@strawberry.input(description="Goods that arrived from a supplier.")
class ReceiveGoodsInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    store_id: UUID = strawberry.field(description="The store.")
    origin: Origin = strawberry.field(description="When and where.")
    lines: list[ReceiptLine] = strawberry.field(description="What arrived, 1 to 500 lines.")
    note: str | None = strawberry.field(default=None, description="At most 200 characters.")


@strawberry.input(description="Set the book of one item right: by `delta`, or to `setTo` with `expected`.")
class AdjustStockInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    store_id: UUID = strawberry.field(description="The store.")
    origin: Origin = strawberry.field(description="When and where.")
    reason: AdjustmentReason = strawberry.field(description="Why.")
    sku_id: UUID | None = strawberry.field(default=None, description=_SKU)
    code: str | None = strawberry.field(default=None, description=_CODE)
    delta: int | None = strawberry.field(default=None, description="Signed difference in base units.")
    set_to: int | None = strawberry.field(default=None, description="What stands there, in base units.")
    expected: int | None = strawberry.field(
        default=None, description="What the screen showed; if the book has moved since, nothing is changed."
    )
    note: str | None = strawberry.field(default=None, description="At most 200 characters.")


@strawberry.input(description="Some of one item to promise.")
class ReservationLine:
    quantity: int = strawberry.field(description="How many of what the code stands for, 1 to 1,000,000.")
    sku_id: UUID | None = strawberry.field(default=None, description=_SKU)
    code: str | None = strawberry.field(default=None, description=_CODE)


@strawberry.input(description="Promise stock to an order: all lines or none.")
class ReserveStockInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    store_id: UUID = strawberry.field(description="The store.")
    source: Source = strawberry.field(description="The kind of system.")
    lines: list[ReservationLine] = strawberry.field(description="What to promise, 1 to 500 lines.")
    expires_in_seconds: int = strawberry.field(
        default=900, description="When the promise ends by itself, 1 second to 7 days."
    )


@strawberry.input(description="Give a reservation's stock back.")
class ReleaseReservationInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    reservation_id: UUID = strawberry.field(description="The reservation.")
