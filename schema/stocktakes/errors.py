"""The refusals of counting as GraphQL types."""

import strawberry

from retail.stocktakes import errors
from schema.kernel.errors import Refusal, handler_of


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
    handler_of(errors.StocktakeClosed, StocktakeClosed, lambda said: {"status": said.status}),
    handler_of(errors.CountsOpen, CountsOpen, lambda said: {"open_counts": said.open_counts}),
    handler_of(errors.OwnCount, OwnCount, lambda _: {}),
)
