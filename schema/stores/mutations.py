"""Opening a store's business day."""

from typing import Annotated
from uuid import UUID

import strawberry

from retail.inventory.intake import origin_problems
from retail.kernel.refusal import InvalidInput as InvalidInputRefusal
from retail.stores.commands import DayOpened, StorePlace, StorePlaced, open_business_day, set_store_place
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


@strawberry.input(description="Say where a store is, and how far from there somebody is still at it.")
class SetStorePlaceInput:
    request_id: UUID = strawberry.field(description="Made by the client; makes the request happen exactly once.")
    store_id: UUID = strawberry.field(description="The store.")
    latitude: float = strawberry.field(description="Degrees north (WGS 84), -90 to 90.")
    longitude: float = strawberry.field(description="Degrees east (WGS 84), -180 to 180.")
    radius_metres: int = strawberry.field(
        description="How far from there a clock-in is still in the store, 20 to 5000."
    )

    def domain(self) -> StorePlace:
        """Return it in the words of the business."""
        return StorePlace(self.latitude, self.longitude, self.radius_metres)


@strawberry.type(description="The store is where that is, for every clock-in from now on.")
class SetStorePlaceSuccess:
    store: Store = strawberry.field(description="The store as it is now.")


SetStorePlaceResult = Annotated[
    SetStorePlaceSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("SetStorePlaceResult", description="The store, or why not."),
]


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

    @strawberry.mutation(
        description="Say where a store is. For whoever is not judged by it: not those who clock in there."
    )
    async def set_store_place(
        self, info: Info, input: Annotated[SetStorePlaceInput, strawberry.argument(description="Which, and where.")]
    ) -> SetStorePlaceResult:
        desk, place = info.context.desk, input.domain()
        store = await known_store(info.context, input.store_id)
        await desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="setStorePlace",
            content=(input.store_id, place),
            answer=StorePlaced,
            run=lambda work: set_store_place(work, place, store=store),
            as_system=True,
        )
        desk.directory.forget()
        async with info.context.reading() as reading:
            told = await told_stores(reading, desk.directory, [store.id])
        return SetStorePlaceSuccess(store=told[store.id])
