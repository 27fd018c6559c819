"""What the tasks area says no to."""

from datetime import datetime
from uuid import UUID

from retail.kernel.refusal import Refusal


class TaskTaken(Refusal):
    """Somebody else does it already."""

    code = "TASK_TAKEN"

    def __init__(self, owner_id: UUID, owner_name: str) -> None:
        super().__init__(f"{owner_name} is doing it.", f"{owner_name}正在做。")
        self.owner_id = owner_id
        self.owner_name = owner_name


class TaskOver(Refusal):
    """It has been done or withdrawn: there is nothing to take."""

    code = "TASK_OVER"

    def __init__(self, state: str, by: str, at: datetime) -> None:
        words = (
            ("It has been withdrawn.", "任务已撤回。")
            if state == "withdrawn"
            else (f"{by} has done it.", f"{by}已完成。")
        )
        super().__init__(*words)
        self.state = state
        self.by = by
        self.at = at


class TaskFollowsBooks(Refusal):
    """The task is read from the books: it ends when they are right, not when somebody says so."""

    code = "TASK_FOLLOWS_BOOKS"

    def __init__(self) -> None:
        super().__init__(
            "This task ends by itself as soon as the day is open or the book is right.",
            "这项任务在开始营业或账面正确后会自动消失。",
        )


class ChecklistMoved(Refusal):
    """Somebody else has changed the checklist meanwhile."""

    code = "CHECKLIST_MOVED"

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(
            f"It is version {actual} now, not {expected}: look again.",
            f"现在是第 {actual} 版，不是第 {expected} 版，请再看一眼。",
        )
        self.expected = expected
        self.actual = actual
