"""The refusals of counting as GraphQL types."""

import strawberry

from retail.stocktakes import errors
from schema.kernel.errors import Refusal, _handler


@strawberry.type(description="The stocktake has been confirmed or cancelled before.")
class StocktakeClosed(Refusal):
    status: str = strawberry.field(description="How it ended: confirmed or cancelled.")


@strawberry.type(description="Some counts are not ready. Nothing was posted.")
class CountsOpen(Refusal):
    open_counts: int = strawberry.field(description="How many SKUs need a recount or a second person.")


@strawberry.type(description="Nobody accepts what they counted themselves.")
class OwnCount(Refusal):
    pass


HANDLERS = (
    _handler(errors.StocktakeClosed, StocktakeClosed, lambda said: {"status": said.status}),
    _handler(errors.CountsOpen, CountsOpen, lambda said: {"open_counts": said.open_counts}),
    _handler(errors.OwnCount, OwnCount, lambda _: {}),
)
