"""The GraphQL words of Trueshelf, assembled. Imports `retail` only; `api` serves it."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from schema.access.mutations import AccessMutation
from schema.access.queries import AccessQuery
from schema.audit.queries import AuditQuery
from schema.catalogue.mutations import CatalogueMutation
from schema.catalogue.queries import CatalogueQuery
from schema.channels.mutations import ChannelsMutation
from schema.channels.queries import ChannelsQuery
from schema.day.errors import HANDLERS as DAY_HANDLERS
from schema.day.mutations import DayMutation
from schema.day.queries import DayQuery
from schema.insights.queries import InsightsQuery
from schema.insights.subscriptions import InsightsSubscription
from schema.inventory.mutations import InventoryMutation
from schema.inventory.queries import InventoryQuery
from schema.inventory.subscriptions import InventorySubscription
from schema.kernel.errors import HANDLERS
from schema.kernel.scalars import SCALARS
from schema.people.mutations import PeopleMutation
from schema.people.queries import PeopleQuery
from schema.photos.mutations import PhotosMutation
from schema.photos.queries import PhotosQuery
from schema.push.mutations import PushMutation
from schema.push.queries import PushQuery
from schema.returns.mutations import ReturnsMutation
from schema.returns.queries import ReturnsQuery
from schema.shelves.mutations import ShelvesMutation
from schema.shelves.queries import ShelvesQuery
from schema.stocktakes.errors import HANDLERS as STOCKTAKE_HANDLERS
from schema.stocktakes.mutations import StocktakesMutation
from schema.stocktakes.queries import StocktakesQuery
from schema.stores.mutations import StoresMutation
from schema.stores.queries import StoresQuery
from schema.tasks.errors import HANDLERS as TASK_HANDLERS
from schema.tasks.mutations import TasksMutation
from schema.tasks.queries import TasksQuery


@strawberry.type(description="What can be asked.")
class Query(
    AccessQuery,
    StoresQuery,
    CatalogueQuery,
    InventoryQuery,
    InsightsQuery,
    PhotosQuery,
    ShelvesQuery,
    StocktakesQuery,
    ReturnsQuery,
    TasksQuery,
    DayQuery,
    PushQuery,
    PeopleQuery,
    ChannelsQuery,
    AuditQuery,
):
    pass


@strawberry.type(description="What can be done. Every mutation happens exactly once for its requestId.")
class Mutation(
    AccessMutation,
    CatalogueMutation,
    InventoryMutation,
    StoresMutation,
    PushMutation,
    PeopleMutation,
    ChannelsMutation,
    PhotosMutation,
    ShelvesMutation,
    StocktakesMutation,
    ReturnsMutation,
    TasksMutation,
    DayMutation,
):
    pass


@strawberry.type(description="What can be watched.")
class Subscription(InventorySubscription, InsightsSubscription):
    pass


schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    config=StrawberryConfig(scalar_map=SCALARS),
    exception_handlers=(*HANDLERS, *STOCKTAKE_HANDLERS, *TASK_HANDLERS, *DAY_HANDLERS),
)
