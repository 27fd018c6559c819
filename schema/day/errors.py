"""The refusals of the day as GraphQL types."""

from datetime import datetime
from uuid import UUID

import strawberry

from retail.day import errors
from schema.kernel.errors import Refusal, handler_of


@strawberry.type(description="A task that must be done before the hand-over.")
class LeftOpen:
    id: UUID = strawberry.field(description="The task.")
    title: str = strawberry.field(description="What is to be done, in Chinese.")
    title_en: str = strawberry.field(description="The same in English.")
    due_at: datetime | None = strawberry.field(description="Until when.")

    @classmethod
    def of(cls, task: errors.LeftOpen) -> "LeftOpen":
        """Return a task as it is told."""
        return cls(id=task.id, title=task.title, title_en=task.title_en, due_at=task.due_at)


@strawberry.type(
    description="Something must be done first; or hand over again with a reason for each. Nothing is kept."
)
class MustDoOpen(Refusal):
    tasks: list[LeftOpen] = strawberry.field(description="What is neither done nor explained.")


@strawberry.type(description="Nobody takes over from themselves, unless they manage the store and work there alone.")
class OwnHandOver(Refusal):
    pass


HANDLERS = (
    handler_of(errors.MustDoOpen, MustDoOpen, lambda said: {"tasks": [LeftOpen.of(task) for task in said.tasks]}),
    handler_of(errors.OwnHandOver, OwnHandOver, lambda _: {}),
)
