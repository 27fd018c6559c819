"""Opening a store's business day."""

from typing import Annotated
from uuid import UUID

import strawberry

from retail.inventory.intake import origin_problems
from retail.kernel.refusal import InvalidInput as InvalidInputRefusal
from retail.stores.commands import DayOpened, open_business_day
from schema.kernel.context import Info
from schema.kernel.errors import InvalidInput, NotFound, NotPermitted, RequestIdConflict
from schema.kernel.origin import Origin
from schema.stores.loading import known_store, told_stores
from schema.stores.types import Store


@strawberry.input(description="Open a store's current business day.")
class OpenBusinessDayInput:
    request_id: UUID = strawberry.field(description="Made by the client; makes the request happen exactly once.")
    store_id: UUID = strawberry.field(description="The store.")
    origin: Origin = strawberry.field(description="When and where it was pressed.")


@strawberry.type(description="The business day is open.")
class OpenBusinessDaySuccess:
    store: Store = strawberry.field(description="The store with its business day.")


OpenBusinessDayResult = Annotated[
    OpenBusinessDaySuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("OpenBusinessDayResult", description="The opened day, or why not."),
]


@strawberry.type
class StoresMutation:
    @strawberry.mutation(description="Open the store's current business day. Opened twice, the first opening stands.")
    async def open_business_day(
        self, info: Info, input: Annotated[OpenBusinessDayInput, strawberry.argument(description="What to open.")]
    ) -> OpenBusinessDayResult:
        desk, origin = info.context.desk, input.origin.domain()
        if problems := origin_problems(origin):
            raise InvalidInputRefusal(problems)
        store = await known_store(info.context, input.store_id)
        await desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="openBusinessDay",
            content=(input.store_id, origin),
            answer=DayOpened,
            run=lambda work: open_business_day(
                work,
                store=store,
                occurred_at=origin.occurred_at,
                device=origin.device,
                latitude=origin.latitude,
                longitude=origin.longitude,
            ),
        )
        async with info.context.reading() as reading:
            told = await told_stores(reading, desk.directory, [store.id])
        return OpenBusinessDaySuccess(store=told[store.id])
