"""The enums of tasks, registered before any type mentions them."""

import strawberry

from retail.tasks.acts import ComplianceAct
from retail.tasks.needs import NeedKind
from retail.tasks.priority import TaskKind
from retail.tasks.restocking import RestockOutcome
from retail.tasks.rules import TaskState
from retail.tasks.schedule import Moment

strawberry.enum(
    TaskKind,
    name="TaskKind",
    description="What is to be done: open the business day, count an SKU that is below zero in the book, restock one; "
    "today's short count of some SKUs, a checklist, what follows from a reading out of range, what headquarters has "
    "sent, what a manager has assigned, what was disputed at a hand-over.",
)
strawberry.enum(
    TaskState,
    name="TaskState",
    description="How far a task is: open, taken by somebody, done (also late), missed (its day is over), withdrawn.",
)
strawberry.enum(NeedKind, name="NeedKind", description="What an item asks for: a tick, a number, a text or a picture.")
strawberry.enum(
    ComplianceAct, name="ComplianceAct", description="Something that was done as it should be; counted for rewards."
)
strawberry.enum(
    RestockOutcome,
    name="RestockOutcome",
    description="What became of a shelf that was to be filled: it is filled, or there is none to fill it with.",
)
strawberry.enum(
    Moment,
    name="ChecklistMoment",
    description="When on a day a checklist is due: at given times, at the store's opening, or before the hand-over "
    "(its closing time).",
)

__all__ = ["ComplianceAct", "Moment", "NeedKind", "RestockOutcome", "TaskKind", "TaskState"]
