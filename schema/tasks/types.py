"""Tasks as they are told."""

from datetime import datetime
from uuid import UUID

import strawberry

from retail.tasks import rules
from retail.tasks.rules import TaskKind
from schema.catalogue.types import Sku

strawberry.enum(
    TaskKind,
    name="TaskKind",
    description="What is to be done: open the business day, count an SKU that is below zero in the book, restock one.",
)


@strawberry.type(description="Something that a store has to do; it goes away when it is done.")
class Task:
    id: UUID = strawberry.field(description="The same for the same task, until the business day ends.")
    kind: TaskKind = strawberry.field(description="What is to be done.")
    store_id: UUID = strawberry.field(description="The store.")
    due_at: datetime | None = strawberry.field(description="Until when, if it has a time.")
    sku: Sku | None = strawberry.field(description="The SKU to count or to restock.")
    quantity: int | None = strawberry.field(
        description="Base units: what the book says of an SKU to count, what is missing of one to restock."
    )
    priority: int = strawberry.field(description="The smaller, the sooner.")

    @classmethod
    def of(cls, task: rules.Task, sku: Sku | None) -> "Task":
        """Return a task as it is told."""
        return cls(
            id=task.id,
            kind=task.kind,
            store_id=task.store_id,
            due_at=task.due_at,
            sku=sku,
            quantity=task.quantity,
            priority=task.priority,
        )
