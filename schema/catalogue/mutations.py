"""Setting a price."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from retail.catalogue.prices import NewPrice, PriceRow, set_price
from schema.catalogue.types import Price
from schema.kernel.context import Info
from schema.kernel.errors import InvalidInput, NotFound, NotPermitted, PriceMoved, RequestIdConflict
from schema.kernel.scalars import Fen


@strawberry.input(description="Set what one base unit of an SKU costs the customer, in a store or the whole chain.")
class SetPriceInput:
    request_id: UUID = strawberry.field(description="Made by the client; makes the request happen exactly once.")
    sku_id: UUID = strawberry.field(description="The SKU.")
    fen: Fen = strawberry.field(description="The price in fen, 0 to 100,000,000,000.")
    store_id: UUID | None = strawberry.field(default=None, description="The store; left out, the whole chain.")
    valid_from: datetime | None = strawberry.field(
        default=None, description="When it begins; left out, now. At most a year ahead."
    )
    expected_fen: Fen | None = strawberry.field(
        default=None, description="What the screen showed for then and there; if it is another, nothing is changed."
    )

    def domain(self) -> NewPrice:
        """Return it in the words of the business."""
        return NewPrice(self.sku_id, self.store_id, self.fen, self.valid_from, self.expected_fen)


@strawberry.type(description="The price is set.")
class SetPriceSuccess:
    price: Price = strawberry.field(description="The price.")


SetPriceResult = Annotated[
    SetPriceSuccess | InvalidInput | NotFound | NotPermitted | PriceMoved | RequestIdConflict,
    strawberry.union("SetPriceResult", description="The price, or why it was not set."),
]


@strawberry.type
class CatalogueMutation:
    @strawberry.mutation(description="Set a price, from now or a later time on. What it was before stays on record.")
    async def set_price(
        self, info: Info, input: Annotated[SetPriceInput, strawberry.argument(description="The price.")]
    ) -> SetPriceResult:
        new = input.domain()
        done = await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="setPrice",
            content=new,
            answer=PriceRow,
            run=lambda work: set_price(work, new),
        )
        return SetPriceSuccess(price=Price.of(done))
