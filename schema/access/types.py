"""Who one is and what one may do, as it is told."""

from datetime import datetime
from uuid import UUID

import strawberry

from retail.access.assignments import Given
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
    offline_hours: int = strawberry.field(
        description="After so many hours without a word from us, a device forgets what it kept for reading."
    )


@strawberry.type(description="A role that somebody plays: in stores, in all stores of regions, or chain-wide.")
class StaffAssignment:
    id: UUID = strawberry.field(description="The assignment.")
    person_id: UUID = strawberry.field(description="Whose it is.")
    role: Role = strawberry.field(description="The role.")
    chain_wide: bool = strawberry.field(description="Whether it covers every store of the chain.")
    store_ids: list[UUID] = strawberry.field(description="The stores that it names, as far as the asker sees them.")
    region_ids: list[UUID] = strawberry.field(description="The regions that it names, as far as the asker sees them.")
    valid_from: datetime = strawberry.field(description="When it begins.")
    valid_until: datetime | None = strawberry.field(
        description="When it ends by itself; null if for good, its beginning if it was taken back before."
    )

    @classmethod
    def of(cls, given: Given) -> "StaffAssignment":
        """Return an assignment as it is told."""
        return cls(
            id=given.assignment_id,
            person_id=given.person_id,
            role=given.role,
            chain_wide=given.reach.chain_wide,
            store_ids=list(given.store_ids or ()),
            region_ids=list(given.region_ids or ()),
            valid_from=given.valid_from,
            valid_until=given.valid_until,
        )
