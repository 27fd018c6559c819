"""What clients send about returns."""

from datetime import datetime
from uuid import UUID

import strawberry

from retail.inventory.intake import NewLine
from retail.kernel.refusal import InvalidInput, Problem
from retail.returns.commands import NewReturn
from retail.returns.inspection import Verdict
from schema.kernel.enums import Condition, Disposition, Handling, Question, ReturnReason
from schema.kernel.origin import Origin
from schema.photos.types import PhotoInput

REQUEST_ID = "Made by the client; makes the request happen exactly once."
STORE = "The store that takes it back."


@strawberry.input(description="What is known of a sale; name exactly one of reference, member and skuId.")
class SaleSought:
    reference: str | None = strawberry.field(
        default=None, description="What the receipt says: its number, or the id of the sale or of its request."
    )
    member: str | None = strawberry.field(default=None, description="The buyer's member code; looking is counted.")
    sku_id: UUID | None = strawberry.field(default=None, description="The item, of this store's own sales.")
    since: datetime | None = strawberry.field(default=None, description="With skuId: sold since; 60 days back.")
    until: datetime | None = strawberry.field(default=None, description="With skuId: sold before; now.")

    def one(self) -> tuple[str | None, str | None, UUID | None]:
        """Return what is known, or refuse when it is not one thing."""
        if (self.reference is not None) + (self.member is not None) + (self.sku_id is not None) != 1:
            words = ("Name one of reference, member and skuId.", "请只填小票、会员或商品其中之一。")
            raise InvalidInput([Problem("by", "NAME_ONE", *words)])
        return self.reference, self.member, self.sku_id


@strawberry.input(
    description="Some of one item that a customer brought back. Without saleLineId and saleReference: without a proof."
)
class RecordReturnInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    id: UUID = strawberry.field(description="The return's id, made by the client.")
    store_id: UUID = strawberry.field(description=STORE)
    origin: Origin = strawberry.field(description="When and where.")
    quantity: int = strawberry.field(description="How many of what the code stands for, 1 to 1,000,000.")
    reason: ReturnReason = strawberry.field(description="Why.")
    condition: Condition = strawberry.field(description="In what state.")
    photos: list[PhotoInput] = strawberry.field(description="Pictures of it, at least one.")
    sku_id: UUID | None = strawberry.field(default=None, description="The SKU; give this or code.")
    code: str | None = strawberry.field(default=None, description="A GTIN or SKU code; give this or skuId.")
    sale_line_id: UUID | None = strawberry.field(default=None, description="The line of the sale, as it was found.")
    sale_reference: str | None = strawberry.field(
        default=None,
        description="What the receipt says, when the line is not known: its number, or the id of the sale or of the "
        "request that made it.",
    )
    disposition: Disposition | None = strawberry.field(
        default=None, description="Where it goes, if not where the rule says; needs overrideReason."
    )
    override_reason: str | None = strawberry.field(default=None, description="Why, at most 200 characters.")
    note: str | None = strawberry.field(default=None, description="At most 200 characters.")

    def line(self) -> NewLine:
        """Return what was brought, as it was named."""
        return NewLine(self.sku_id, self.code, self.quantity)

    def domain(self) -> NewReturn:
        """Return the rest in the words of the business."""
        return NewReturn(
            id=self.id,
            store_id=self.store_id,
            origin=self.origin.domain(),
            reason=self.reason,
            condition=self.condition,
            photos=tuple(photo.read() for photo in self.photos),
            disposition=self.disposition,
            override_reason=self.override_reason,
            note=self.note,
        )


@strawberry.input(description="Take a return back that was a mistake: the goods go out again.")
class CancelReturnInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    store_id: UUID = strawberry.field(description=STORE)
    return_id: UUID = strawberry.field(description="The return.")
    origin: Origin = strawberry.field(description="When and where.")


@strawberry.input(description="Decide about a lot in quarantine.")
class InspectLotInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    store_id: UUID = strawberry.field(description=STORE)
    return_id: UUID = strawberry.field(description="The return that the lot is of.")
    origin: Origin = strawberry.field(description="When and where.")
    passed: int = strawberry.field(description="How many go on sale again.")
    good: list[Question] = strawberry.field(
        description="What was looked at and found good; to pass, all that is asked."
    )
    failed_to: Disposition | None = strawberry.field(default=None, description="Where the rest goes, if any is left.")
    note: str | None = strawberry.field(default=None, description="At most 200 characters.")

    def verdict(self) -> Verdict:
        """Return it in the words of the business."""
        return Verdict(self.passed, tuple(sorted(set(self.good))), self.failed_to, self.note)


@strawberry.input(description="Say what the goods of a category need, and all below it.")
class SetHandlingInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    category_id: UUID = strawberry.field(description="The category.")
    handling: Handling | None = strawberry.field(
        default=None, description="What they need; left out, what the category above it says."
    )
