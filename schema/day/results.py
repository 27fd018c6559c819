"""What is answered to acts of the day."""

from typing import Annotated

import strawberry

from schema.day.errors import MustDoOpen, OwnHandOver
from schema.day.help import HelpCall
from schema.day.types import ClockEntry, HandOver
from schema.kernel.errors import InvalidInput, NotFound, NotPermitted, RequestIdConflict


@strawberry.type(description="It is recorded that the asker came.")
class ClockInSuccess:
    entry: ClockEntry = strawberry.field(description="The entry, with what is to be looked at.")


ClockInResult = Annotated[
    ClockInSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("ClockInResult", description="The entry, or why not."),
]


@strawberry.type(description="It is recorded that the asker went.")
class ClockOutSuccess:
    entry: ClockEntry = strawberry.field(description="The entry, with what is to be looked at.")


ClockOutResult = Annotated[
    ClockOutSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("ClockOutResult", description="The entry, or why not."),
]


@strawberry.type(description="The store is handed to the next shift.")
class HandOverSuccess:
    hand_over: HandOver = strawberry.field(description="The hand-over with its figures.")


HandOverResult = Annotated[
    HandOverSuccess | MustDoOpen | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("HandOverResult", description="The hand-over, or why not."),
]


@strawberry.type(description="The hand-over is taken on. Several people may: each of them is kept.")
class ConfirmHandOverSuccess:
    hand_over: HandOver = strawberry.field(description="The hand-over as it is now.")


ConfirmHandOverResult = Annotated[
    ConfirmHandOverSuccess | OwnHandOver | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("ConfirmHandOverResult", description="The hand-over, or why not."),
]


@strawberry.type(description="Headquarters is asked.")
class AskForHelpSuccess:
    call: HelpCall = strawberry.field(description="The call.")


AskForHelpResult = Annotated[
    AskForHelpSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("AskForHelpResult", description="The call, or why not."),
]


@strawberry.type(description="The answer is there for whoever asked.")
class AnswerHelpSuccess:
    call: HelpCall = strawberry.field(description="The call with its answers.")


AnswerHelpResult = Annotated[
    AnswerHelpSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("AnswerHelpResult", description="The call, or why not."),
]
