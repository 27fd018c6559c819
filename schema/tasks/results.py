"""What is answered to acts on tasks and checklists."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from schema.kernel.errors import InvalidInput, NotFound, NotPermitted, RequestIdConflict
from schema.tasks.checklists import Checklist
from schema.tasks.errors import ChecklistMoved, TaskFollowsBooks, TaskOver, TaskTaken
from schema.tasks.types import Task, TaskRecord

TASK_NOW = "The task as it is now."


@strawberry.type(description="The asker does the task.")
class TakeTaskSuccess:
    task: Task = strawberry.field(description=TASK_NOW)


TakeTaskResult = Annotated[
    TakeTaskSuccess | TaskTaken | TaskOver | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("TakeTaskResult", description="The task, or why not."),
]


@strawberry.type(description="The asker does the task no longer.")
class LeaveTaskSuccess:
    task: Task = strawberry.field(description=TASK_NOW)


LeaveTaskResult = Annotated[
    LeaveTaskSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("LeaveTaskResult", description="The task, or why not."),
]


@strawberry.type(
    description="What was done is recorded. Two people may have done the same: both records are kept, and the second "
    "is told who else did it."
)
class CompleteTaskSuccess:
    task: Task = strawberry.field(description=TASK_NOW)
    record: TaskRecord = strawberry.field(description="What was recorded.")
    also_done_by: str | None = strawberry.field(description="The name of somebody else who recorded it before.")
    also_done_at: datetime | None = strawberry.field(description="When they did it.")
    follow_up_ids: list[UUID] = strawberry.field(description="The tasks that follow from numbers out of range.")


CompleteTaskResult = Annotated[
    CompleteTaskSuccess | TaskFollowsBooks | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("CompleteTaskResult", description="The record, or why not."),
]


@strawberry.type(description="The checklist is saved.")
class SaveChecklistSuccess:
    checklist: Checklist = strawberry.field(description="The checklist as it is now.")


SaveChecklistResult = Annotated[
    SaveChecklistSuccess | ChecklistMoved | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("SaveChecklistResult", description="The checklist, or why not."),
]


@strawberry.type(description="The task is sent.")
class SendTaskSuccess:
    task_ids: list[UUID] = strawberry.field(description="The task of each store, in the order of storeIds.")


SendTaskResult = Annotated[
    SendTaskSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("SendTaskResult", description="The tasks, or why not."),
]


@strawberry.type(description="The task is withdrawn.")
class WithdrawTaskSuccess:
    task: Task = strawberry.field(description=TASK_NOW)


WithdrawTaskResult = Annotated[
    WithdrawTaskSuccess | TaskOver | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("WithdrawTaskResult", description="The task, or why not."),
]


@strawberry.type(description="The task is given.")
class AssignTaskSuccess:
    task: Task = strawberry.field(description=TASK_NOW)


AssignTaskResult = Annotated[
    AssignTaskSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("AssignTaskResult", description="The task, or why not."),
]


@strawberry.type(description="It is recorded, and the task of that day is over.")
class AnswerRestockSuccess:
    task: Task = strawberry.field(description=TASK_NOW)
    record: TaskRecord = strawberry.field(description="What was recorded.")
    follow_up_id: UUID | None = strawberry.field(
        description="The task to count what the book says is there and nobody found."
    )


AnswerRestockResult = Annotated[
    AnswerRestockSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("AnswerRestockResult", description="The record, or why not."),
]
