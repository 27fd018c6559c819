"""What the acts of counting answer."""

from typing import Annotated
from uuid import UUID

import strawberry

from retail.stocktakes.recording import LineOutcome
from schema.kernel.errors import InvalidInput, NotFound, NotPermitted, Problem, RequestIdConflict
from schema.stocktakes.enums import CountOutcome
from schema.stocktakes.errors import CountsOpen, OwnCount, StocktakeClosed
from schema.stocktakes.figures import CountPolicy

_VERSION = "The stocktake's version after it."


@strawberry.type(description="It has begun.")
class StartStocktakeSuccess:
    stocktake_id: UUID = strawberry.field(description="The stocktake.")
    version: int = strawberry.field(description=_VERSION)


@strawberry.type(description="What became of one line.")
class CountLineOutcome:
    id: UUID = strawberry.field(description="The line.")
    outcome: CountOutcome = strawberry.field(description="What became of it.")
    problems: list[Problem] = strawberry.field(description="What is wrong with a refused one.")

    @classmethod
    def of(cls, row: LineOutcome) -> "CountLineOutcome":
        """Return an outcome as it is told."""
        return cls(id=row.id, outcome=row.outcome, problems=[Problem.of(each) for each in row.problems])


@strawberry.type(description="The lines are kept, but for those that are refused.")
class RecordCountsSuccess:
    stocktake_id: UUID = strawberry.field(description="Where they stand; of late lines, the stocktake that follows.")
    version: int = strawberry.field(description=_VERSION)
    outcomes: list[CountLineOutcome] = strawberry.field(description="What became of each line, in their order.")


@strawberry.type(description="An SKU that is to be counted again.")
class RecountRound:
    sku_id: UUID = strawberry.field(description="The SKU.")
    round: int = strawberry.field(description="What the lines that answer give as their round.")


@strawberry.type(description="Another count is asked for.")
class AskRecountSuccess:
    stocktake_id: UUID = strawberry.field(description="The stocktake.")
    version: int = strawberry.field(description=_VERSION)
    rounds: list[RecountRound] = strawberry.field(description="What is to be counted again; empty if nothing is.")


@strawberry.type(description="It is noted.")
class SettleCountSuccess:
    stocktake_id: UUID = strawberry.field(description="The stocktake.")
    version: int = strawberry.field(description=_VERSION)


@strawberry.type(description="It is closed, and what was ready is posted.")
class ConfirmStocktakeSuccess:
    stocktake_id: UUID = strawberry.field(description="The stocktake.")
    version: int = strawberry.field(description=_VERSION)
    posted: int = strawberry.field(description="How many SKUs' counts hold now.")
    changed: int = strawberry.field(description="How many of them changed the book.")
    left_out: int = strawberry.field(description="How many SKUs of the sheet were left out.")


@strawberry.type(description="It is cancelled; its lines stay for the record.")
class CancelStocktakeSuccess:
    stocktake_id: UUID = strawberry.field(description="The stocktake.")
    version: int = strawberry.field(description=_VERSION)


@strawberry.type(description="The thresholds are set.")
class SetCountPolicySuccess:
    policy: CountPolicy = strawberry.field(description="As they are now.")


StartStocktakeResult = Annotated[
    StartStocktakeSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("StartStocktakeResult", description="The stocktake, or why not."),
]
RecordCountsResult = Annotated[
    RecordCountsSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("RecordCountsResult", description="What became of the lines, or why none was taken."),
]
AskRecountResult = Annotated[
    AskRecountSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict | StocktakeClosed,
    strawberry.union("AskRecountResult", description="What is to be counted again, or why not."),
]
SettleCountResult = Annotated[
    SettleCountSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict | StocktakeClosed | OwnCount,
    strawberry.union("SettleCountResult", description="That it is noted, or why not."),
]
ConfirmStocktakeResult = Annotated[
    ConfirmStocktakeSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict | StocktakeClosed | CountsOpen,
    strawberry.union("ConfirmStocktakeResult", description="What was posted, or why not."),
]
CancelStocktakeResult = Annotated[
    CancelStocktakeSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict | StocktakeClosed,
    strawberry.union("CancelStocktakeResult", description="That it is cancelled, or why not."),
]
SetCountPolicyResult = Annotated[
    SetCountPolicySuccess | InvalidInput | NotPermitted | RequestIdConflict,
    strawberry.union("SetCountPolicyResult", description="The thresholds, or why they are not set."),
]
