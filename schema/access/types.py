"""Who one is and what one may do, as it is told."""

from datetime import datetime
from uuid import UUID

import strawberry

from schema.kernel.enums import ActorKind, Role
from schema.stores.types import Region, Store


@strawberry.type(description="A role that the asker plays in some stores, for a time.")
class Assignment:
    role: Role = strawberry.field(description="The role.")
    chain_wide: bool = strawberry.field(description="Whether it covers every store of the chain.")
    stores: list[Store] = strawberry.field(description="The stores that it covers.")
    regions: list[Region] = strawberry.field(description="The regions that it names.")
    valid_from: datetime = strawberry.field(description="When it began.")
    valid_until: datetime | None = strawberry.field(description="When it ends by itself.")


@strawberry.type(description="The asker.")
class Me:
    id: UUID = strawberry.field(description="The person or channel.")
    name: str = strawberry.field(description="The name.")
    kind: ActorKind = strawberry.field(description="Person or channel.")
    assignments: list[Assignment] = strawberry.field(description="The roles in force now.")
    permissions: list[str] = strawberry.field(description="Every permission held somewhere, sorted.")
    stores: list[Store] = strawberry.field(description="The stores that the asker sees.")
