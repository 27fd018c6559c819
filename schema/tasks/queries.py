"""Questions about what a store has to do."""

from typing import Annotated
from uuid import UUID

import strawberry

from retail.catalogue.queries import skus_by_id
from retail.tasks.queries import tasks
from retail.tasks.rules import skus_of
from schema.catalogue.types import Sku
from schema.kernel.context import Info
from schema.stores.loading import known_store
from schema.tasks.types import Task


@strawberry.type
class TasksQuery:
    @strawberry.field(description="What a store has to do now, most urgent first; refused for a store not seen.")
    async def tasks(
        self, info: Info, store_id: Annotated[UUID, strawberry.argument(description="The store.")]
    ) -> list[Task]:
        store = await known_store(info.context, store_id)
        async with info.context.reading() as reading:
            found = await tasks(reading, store)
            skus = await skus_by_id(reading.session, skus_of(found))
        told = {sku_id: Sku.of(row) for sku_id, row in skus.items()}
        return [Task.of(task, told[task.sku_id] if task.sku_id else None) for task in found]
