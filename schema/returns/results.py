"""What the acts of returns answer."""

from typing import Annotated
from uuid import UUID

import strawberry

from schema.kernel.errors import (
    InvalidInput,
    MoreThanBought,
    NotFound,
    NotPermitted,
    PhotoNeeded,
    ProofNeeded,
    RequestIdConflict,
    ReturnClosed,
)
from schema.returns.types import GoodsReturn, NeedyShelf


@strawberry.type(description="It is taken back.")
class RecordReturnSuccess:
    returned: GoodsReturn = strawberry.field(description="The return, and where it goes.")
    needed_at: NeedyShelf | None = strawberry.field(
        description="What is back on sale and needed more elsewhere in the region; null if it stays here."
    )


RecordReturnResult = Annotated[
    RecordReturnSuccess
    | InvalidInput
    | MoreThanBought
    | NotFound
    | NotPermitted
    | PhotoNeeded
    | ProofNeeded
    | RequestIdConflict,
    strawberry.union("RecordReturnResult", description="The return, or why not."),
]


@strawberry.type(description="The return was a mistake and is undone.")
class CancelReturnSuccess:
    returned: GoodsReturn = strawberry.field(description="The return as it is now.")


CancelReturnResult = Annotated[
    CancelReturnSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict | ReturnClosed,
    strawberry.union("CancelReturnResult", description="The return, or why not."),
]


@strawberry.type(description="The lot is decided.")
class InspectLotSuccess:
    returned: GoodsReturn = strawberry.field(description="The return with its lot as it is now.")


InspectLotResult = Annotated[
    InspectLotSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict | ReturnClosed,
    strawberry.union("InspectLotResult", description="The lot, or why not."),
]


@strawberry.type(description="The category's goods are handled so from now on.")
class SetHandlingSuccess:
    category_id: UUID = strawberry.field(description="The category.")


SetHandlingResult = Annotated[
    SetHandlingSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("SetHandlingResult", description="The category, or why not."),
]
