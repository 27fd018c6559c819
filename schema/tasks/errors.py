"""The refusals of tasks as GraphQL types."""

from datetime import datetime
from uuid import UUID

import strawberry

from retail.tasks import errors
from schema.kernel.errors import Refusal, handler_of


@strawberry.type(description="Somebody else does it already. Ask again with takeOver to take it from them.")
class TaskTaken(Refusal):
    owner_id: UUID = strawberry.field(description="Who.")
    owner_name: str = strawberry.field(description="Their name.")


@strawberry.type(description="The task has been done or withdrawn: there is nothing to take.")
class TaskOver(Refusal):
    by: str = strawberry.field(description="The name of who did it or took it back.")
    at: datetime = strawberry.field(description="When.")


@strawberry.type(description="The task is read from the books: it ends when they are right, not when somebody says so.")
class TaskFollowsBooks(Refusal):
    pass


@strawberry.type(description="Somebody else has changed the checklist meanwhile. Nothing was changed.")
class ChecklistMoved(Refusal):
    expected: int = strawberry.field(description="The version that the request thought it was.")
    actual: int = strawberry.field(description="The version that it is; 0 if there is none.")


HANDLERS = (
    handler_of(errors.TaskTaken, TaskTaken, lambda said: {"owner_id": said.owner_id, "owner_name": said.owner_name}),
    handler_of(errors.TaskOver, TaskOver, lambda said: {"by": said.by, "at": said.at}),
    handler_of(errors.TaskFollowsBooks, TaskFollowsBooks, lambda _: {}),
    handler_of(errors.ChecklistMoved, ChecklistMoved, lambda said: {"expected": said.expected, "actual": said.actual}),
)
