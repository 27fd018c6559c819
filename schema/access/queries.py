"""Asks what every client asks first: who am I, and what may I do."""

from typing import Annotated
from uuid import UUID

import strawberry

from retail.access.assignments import assignments_in_sight
from retail.access.permissions import Permission
from retail.stores.queries import regions
from schema.access.types import Assignment, Me, StaffAssignment
from schema.kernel.context import Info
from schema.stores.loading import told_stores
from schema.stores.types import Region


@strawberry.type
class AccessQuery:
    @strawberry.field(description="The asker, with roles, permissions and stores.")
    async def me(self, info: Info) -> Me:
        actor = info.context.actor
        async with info.context.reading() as reading:
            known = await regions(reading.session)
            told = await told_stores(reading, info.context.desk.directory, actor.stores(Permission.STORE_READ))
        return Me(
            id=actor.id,
            name=actor.name,
            kind=actor.kind,
            assignments=[
                Assignment(
                    role=held.role,
                    chain_wide=held.chain_wide,
                    stores=[store for id, store in told.items() if id in held.store_ids],
                    regions=[Region.of(row) for id, row in known.items() if id in held.region_ids],
                    valid_from=held.valid_from,
                    valid_until=held.valid_until,
                )
                for held in actor.held
            ],
            permissions=sorted(actor.grants),
            stores=list(told.values()),
            offline_hours=info.context.offline_hours,
        )

    @strawberry.field(
        description="The roles that somebody plays or will play in stores whose people the asker may read."
    )
    async def staff_assignments(
        self, info: Info, person_id: Annotated[UUID, strawberry.argument(description="The person.")]
    ) -> list[StaffAssignment]:
        desk = info.context.desk
        region_of = await desk.directory.region_of()
        given = await assignments_in_sight(desk.office, info.context.actor, person_id, region_of)
        return [StaffAssignment.of(each) for each in given]
