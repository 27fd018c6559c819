"""What clients send to count."""

from datetime import datetime
from uuid import UUID

import strawberry

from retail.stocktakes.policy import CountPolicy as DomainPolicy
from retail.stocktakes.recording import NewCount
from retail.stocktakes.starting import NewStocktake, Scope
from schema.kernel.enums import AdjustmentReason
from schema.kernel.scalars import Fen
from schema.photos.types import PhotoInput
from schema.stocktakes.enums import CountDecision, CountMode, NotSeen, ScopeKind

_REQUEST_ID = "Made by the client; makes the request happen exactly once."
_STOCKTAKE = "The stocktake."


@strawberry.input(description="What a stocktake covers; give what its kind names, nothing else.")
class StocktakeScopeInput:
    kind: ScopeKind = strawberry.field(description="What it covers.")
    zone: str | None = strawberry.field(default=None, description="The zone, for ZONE.")
    shelf_ids: list[UUID] | None = strawberry.field(default=None, description="The shelves, for SHELVES; 1 to 500.")
    category_ids: list[UUID] | None = strawberry.field(
        default=None, description="The categories with all below them, for CATEGORIES; 1 to 500."
    )
    sku_ids: list[UUID] | None = strawberry.field(default=None, description="The SKUs, for SKUS; 1 to 500.")

    def domain(self) -> Scope:
        """Return it in the words of the business."""
        given = (self.shelf_ids, self.category_ids, self.sku_ids)
        return Scope(self.kind, self.zone, *(None if ids is None else tuple(ids) for ids in given))


@strawberry.input(description="Begin a stocktake; trade goes on.")
class StartStocktakeInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    id: UUID = strawberry.field(description="The stocktake's own id, made by the client, so that lines can name it.")
    store_id: UUID = strawberry.field(description="The store.")
    scope: StocktakeScopeInput = strawberry.field(description="What is counted.")
    started_at: datetime = strawberry.field(description="The device's time.")
    blind: bool = strawberry.field(default=True, description="Whether those who count are not shown the book.")

    def domain(self) -> NewStocktake:
        """Return it in the words of the business."""
        return NewStocktake(self.id, self.store_id, self.scope.domain(), self.started_at, self.blind)


@strawberry.input(description="One scan, or one figure, at the moment and place at which it was counted.")
class CountLineInput:
    id: UUID = strawberry.field(description="Made by the client; makes the line count exactly once.")
    quantity: int = strawberry.field(description="How many of what the code stands for, 0 to 1,000,000.")
    counted_at: datetime = strawberry.field(description="The device's time.")
    sku_id: UUID | None = strawberry.field(default=None, description="The SKU; give this or code.")
    code: str | None = strawberry.field(
        default=None, description="What was scanned; give this or skuId. One that nobody knows is kept until it is."
    )
    mode: CountMode = strawberry.field(
        default=CountMode.ADD,
        description="Whether it adds to what this person counted of it at this place, or takes its stead.",
    )
    round: int = strawberry.field(
        default=0,
        description=(
            "Which asking it answers: 0 the first count, n the n-th recount (StocktakeItem.round). At most the one "
            "that was asked for, or the one after the latest that is there."
        ),
    )
    shelf_id: UUID | None = strawberry.field(default=None, description="The shelf; left out, a place without a name.")
    device: str | None = strawberry.field(default=None, description="The device's name, at most 100 characters.")
    latitude: float | None = strawberry.field(default=None, description="Degrees north (WGS 84).")
    longitude: float | None = strawberry.field(default=None, description="Degrees east (WGS 84).")
    photo: PhotoInput | None = strawberry.field(
        default=None,
        description="A picture for headquarters, where the code is unknown; a line of 0 with ADD brings only that.",
    )

    def domain(self) -> NewCount:
        """Return it in the words of the business."""
        return NewCount(
            id=self.id,
            sku_id=self.sku_id,
            code=self.code,
            quantity=self.quantity,
            counted_at=self.counted_at,
            mode=self.mode,
            round=self.round,
            shelf_id=self.shelf_id,
            device=self.device,
            latitude=self.latitude,
            longitude=self.longitude,
        )


@strawberry.input(description="Up to 500 lines of one stocktake, in any order, late or not.")
class RecordCountsInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    stocktake_id: UUID = strawberry.field(description=_STOCKTAKE)
    lines: list[CountLineInput] = strawberry.field(description="The lines, 1 to 500.")
    sent_at: datetime | None = strawberry.field(
        default=None,
        description=(
            "What the device's clock says as it sends, read anew each time it sends (not part of the content). When it "
            "is ahead, or over 5 minutes behind, every countedAt is put right by as much; no count is later than now."
        ),
    )


@strawberry.input(description="Ask for another count, by somebody else if possible.")
class AskRecountInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    stocktake_id: UUID = strawberry.field(description=_STOCKTAKE)
    sku_ids: list[UUID] | None = strawberry.field(
        default=None, description="Of these SKUs, 1 to 500; left out, of all for which the rule wants one."
    )


@strawberry.input(description="Say something of the count of one SKU; what is left out stays as it was.")
class SettleCountInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    stocktake_id: UUID = strawberry.field(description=_STOCKTAKE)
    sku_id: UUID = strawberry.field(description="The SKU.")
    decision: CountDecision | None = strawberry.field(
        default=None, description="ACCEPT and LEAVE_OUT need count:confirm, and ACCEPT somebody who did not count it."
    )
    reason: AdjustmentReason | None = strawberry.field(
        default=None, description="Why it differs; COUNTED is unknown. Needs count:confirm."
    )
    note: str | None = strawberry.field(default=None, description="At most 200 characters. Needs count:confirm.")


@strawberry.input(description="Close a stocktake: what is ready is posted, all at once.")
class ConfirmStocktakeInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    stocktake_id: UUID = strawberry.field(description=_STOCKTAKE)
    not_seen: NotSeen = strawberry.field(
        default=NotSeen.LEAVE_OUT,
        description="What becomes of SKUs of the scope that have a book and that nobody saw; ZERO needs count:confirm.",
    )
    partial: bool = strawberry.field(
        default=False, description="Whether to close although some counts are not ready; needs count:confirm."
    )


@strawberry.input(description="End a stocktake without posting; its lines stay for the record.")
class CancelStocktakeInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    stocktake_id: UUID = strawberry.field(description=_STOCKTAKE)


@strawberry.input(description="From when on the chain wants a count checked; for stocktakes that begin later.")
class SetCountPolicyInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    recount_value: Fen = strawberry.field(description="A recount from this difference on, in fen at the list price.")
    recount_percent: int = strawberry.field(description="A recount from so many per cent of the book on, 1 to 100.")
    recount_units: int = strawberry.field(description="No recount for fewer base units, unless by value; 1 or more.")
    confirm_value: Fen = strawberry.field(description="A second person from this difference on, in fen.")
    confirm_percent: int = strawberry.field(description="A second person from so many per cent on, 1 to 100.")
    confirm_units: int = strawberry.field(description="No second person for fewer base units, unless by value.")
    odd_jump: int = strawberry.field(
        description="A recount when the count is so many times the book, or the book so many times the count; 2 to 100."
    )

    def domain(self) -> DomainPolicy:
        """Return it in the words of the business."""
        return DomainPolicy(
            recount_fen=self.recount_value,
            recount_percent=self.recount_percent,
            recount_units=self.recount_units,
            confirm_fen=self.confirm_value,
            confirm_percent=self.confirm_percent,
            confirm_units=self.confirm_units,
            odd_jump=self.odd_jump,
        )
