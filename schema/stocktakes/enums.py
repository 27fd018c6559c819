"""The enums of counting."""

import strawberry

from retail.stocktakes.models import CountMode, CountState, Decision, NotSeen, ScopeKind, StocktakeStatus
from retail.stocktakes.recording import CountOutcome

CountDecision = Decision

strawberry.enum(CountMode, description="ADD to what this person counted of it at this place, or REPLACE that.")
strawberry.enum(
    CountOutcome,
    description=(
        "RECORDED; REPEATED: it was there; LATE: the stocktake is confirmed, it stands in the one that follows; KEPT: "
        "the stocktake was cancelled, it is kept for the record; REFUSED."
    ),
)
strawberry.enum(
    CountState,
    description=(
        "COUNTED: nothing is said of it yet (as of all that who counts blind need not act on); READY: to be posted; "
        "PART: it stands elsewhere too, so a part says nothing; CONFLICT: two persons differ at one place; RECOUNT: "
        "count it again; SECOND_PERSON: found again, and somebody else must accept it; NOT_SEEN; OUTSIDE the "
        "scope; and when closed POSTED or LEFT_OUT."
    ),
)
strawberry.enum(
    Decision,
    name="CountDecision",
    description="ACCEPT: it is right as it is; SUM: each counted a part; LEAVE_OUT.",
)
strawberry.enum(NotSeen, description="What becomes of what nobody saw: counted as ZERO, or LEAVE_OUT.")
strawberry.enum(ScopeKind, name="StocktakeScopeKind", description="What a stocktake covers.")
strawberry.enum(StocktakeStatus, description="OPEN, CONFIRMED (what was ready is posted) or CANCELLED.")

__all__ = [
    "CountDecision",
    "CountMode",
    "CountOutcome",
    "CountState",
    "NotSeen",
    "ScopeKind",
    "StocktakeStatus",
]
