"""What is asked of the day."""

from uuid import UUID

import strawberry

from retail.day.commands import Dispute, NewConfirmation, NewHandOver, Reason
from retail.day.help import NewHelpCall
from schema.day.enums import HelpSubject
from schema.kernel.origin import Origin
from schema.photos.types import PhotoInput

REQUEST_ID = "Made by the client; makes the request happen exactly once."
STORE = "The store."
ORIGIN = "When and where it was pressed."
PHOTOS = "Pictures of it; their bytes come by themselves."


@strawberry.input(description="Come or go.")
class ClockInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    id: UUID = strawberry.field(description="Made by the client, a UUIDv7; names the entry.")
    store_id: UUID = strawberry.field(description=STORE)
    origin: Origin = strawberry.field(description=ORIGIN)


@strawberry.input(description="Come to work.")
class ClockInInput(ClockInput):
    pass


@strawberry.input(description="Go home.")
class ClockOutInput(ClockInput):
    pass


@strawberry.input(description="Why a task that must be done was not.")
class HandOverReason:
    task_id: UUID = strawberry.field(description="The task.")
    words: str = strawberry.field(description="The reason, 1 to 1000 characters.")


@strawberry.input(description="Hand the store to the next shift.")
class HandOverInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    id: UUID = strawberry.field(description="Made by the client, a UUIDv7; names the hand-over.")
    store_id: UUID = strawberry.field(description=STORE)
    origin: Origin = strawberry.field(description=ORIGIN)
    ends_day: bool = strawberry.field(
        default=True, description="Whether it ends the day; then all that must be done counts, else what is due by now."
    )
    note: str | None = strawberry.field(default=None, description="Words to the next shift, at most 1000 characters.")
    reasons: list[HandOverReason] | None = strawberry.field(
        default=None, description="Why what must be done was not; see MustDoOpen."
    )
    photos: list[PhotoInput] = strawberry.field(default_factory=list, description=PHOTOS)

    def domain(self) -> NewHandOver:
        """Return it in the words of the business."""
        return NewHandOver(
            self.id,
            self.origin.domain(),
            self.ends_day,
            self.note,
            tuple(Reason(each.task_id, each.words) for each in self.reasons or ()),
            tuple(each.read() for each in self.photos),
        )


@strawberry.input(description="Something that the next shift found otherwise.")
class HandOverDisputeInput:
    id: UUID = strawberry.field(description="Made by the client, a UUIDv7; names the dispute.")
    words: str = strawberry.field(description="What, 1 to 1000 characters.")


@strawberry.input(description="Take a hand-over on.")
class ConfirmHandOverInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    id: UUID = strawberry.field(description="Made by the client, a UUIDv7; names the confirmation.")
    store_id: UUID = strawberry.field(description=STORE)
    hand_over_id: UUID = strawberry.field(description="The hand-over.")
    origin: Origin = strawberry.field(description=ORIGIN)
    disputes: list[HandOverDisputeInput] | None = strawberry.field(
        default=None, description="What is found otherwise; each becomes a task."
    )

    def domain(self) -> NewConfirmation:
        """Return it in the words of the business."""
        return NewConfirmation(
            self.id,
            self.hand_over_id,
            self.origin.domain(),
            tuple(Dispute(each.id, each.words) for each in self.disputes or ()),
        )


@strawberry.input(description="Ask headquarters for help, with where one is in the app.")
class AskForHelpInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    id: UUID = strawberry.field(description="Made by the client, a UUIDv7; names the call.")
    store_id: UUID = strawberry.field(description=STORE)
    origin: Origin = strawberry.field(description=ORIGIN)
    screen: str = strawberry.field(description="The screen that one is on, at most 100 characters.")
    subject: HelpSubject = strawberry.field(default=HelpSubject.NONE, description="What sort of thing it is about.")
    subject_id: UUID | None = strawberry.field(default=None, description="That thing.")
    app_version: str | None = strawberry.field(default=None, description="The version of the app.")
    last_problem: str | None = strawberry.field(
        default=None, description="The last thing that the app said no to, at most 1000 characters."
    )
    words: str | None = strawberry.field(default=None, description="What one wants to say, at most 1000 characters.")
    photos: list[PhotoInput] = strawberry.field(default_factory=list, description=PHOTOS)

    def domain(self) -> NewHelpCall:
        """Return it in the words of the business."""
        return NewHelpCall(
            self.id,
            self.origin.domain(),
            self.screen,
            self.subject,
            self.subject_id,
            self.app_version,
            self.last_problem,
            self.words,
            tuple(each.read() for each in self.photos),
        )


@strawberry.input(description="Answer a call for help, close it, or both.")
class AnswerHelpInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    store_id: UUID = strawberry.field(description="The store that the call came from.")
    help_id: UUID = strawberry.field(description="The call.")
    words: str | None = strawberry.field(default=None, description="The answer, at most 1000 characters.")
    close: bool = strawberry.field(default=False, description="Whether it is closed with this.")
