"""Asks what every client asks first: who am I, and what may I do."""

import strawberry

from retail.access.permissions import Permission
from retail.stores.queries import regions
from schema.access.types import Assignment, Me
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
        )
