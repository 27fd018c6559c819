"""Scope: the only place that turns an actor's assignments into the stores it may act in.

It also tells PostgreSQL whom a transaction acts for (`enter`), so that row-level security, the
second wall, works the same out by itself from the same assignments: see migrations/walls.py.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.actor import Actor, ActorKind, Held, Limits
from retail.access.models import Assignment, ChannelClient, Person
from retail.access.permissions import ROLE_TABLE, Permission

APP_ROLE = "trueshelf_app"
SYSTEM_ROLE = "trueshelf_system"

_ENTER = text("select set_config('trueshelf.actor', :actor, true)")


async def enter(session: AsyncSession, actor: Actor) -> None:
    """Put a session's transaction behind the wall of an actor; it ends with the transaction."""
    await session.execute(_ENTER, {"actor": str(actor.id)})


def stores_of(assignment: Assignment, region_of: Mapping[UUID, UUID]) -> frozenset[UUID]:
    """Return the stores that an assignment covers; `region_of` maps every store to its region."""
    if assignment.store_ids is None and assignment.region_ids is None:
        return frozenset(region_of)
    named = set(assignment.store_ids or ())
    regions = set(assignment.region_ids or ())
    return frozenset(s for s, region in region_of.items() if s in named or region in regions)


def grants_of(held: Iterable[Held]) -> dict[Permission, frozenset[UUID]]:
    """Return for each permission the union of the stores of the roles that include it."""
    grants: dict[Permission, frozenset[UUID]] = {}
    for one in held:
        for permission in ROLE_TABLE[one.role]:
            grants[permission] = grants.get(permission, frozenset()) | one.store_ids
    return grants


def within(grants: Mapping[Permission, frozenset[UUID]], limits: Limits | None) -> dict[Permission, frozenset[UUID]]:
    """Return the grants that are left within the limits of how somebody proved who they are."""
    return {
        permission: stores if limits is None or limits.store_ids is None else stores & limits.store_ids
        for permission, stores in grants.items()
        if limits is None or limits.permissions is None or permission in limits.permissions
    }


async def load_actor(
    session: AsyncSession,
    *,
    kind: ActorKind,
    actor_id: UUID,
    region_of: Mapping[UUID, UUID],
    now: datetime,
    limits: Limits | None = None,
) -> Actor | None:
    """Return the actor with what it may do now, within limits; None if it has left, is revoked or unknown."""
    if kind is ActorKind.PERSON:
        person = await session.get(Person, actor_id)
        gone = person is None or (person.left_at is not None and person.left_at <= now)
        name, mine = (person.name if person else ""), Assignment.person_id == actor_id
    else:
        channel = await session.get(ChannelClient, actor_id)
        gone = channel is None or channel.revoked_at is not None
        name, mine = (channel.name if channel else ""), Assignment.channel_id == actor_id
    if gone:
        return None

    rows = await session.scalars(
        select(Assignment).where(
            mine,
            Assignment.valid_from <= now,
            or_(Assignment.valid_until.is_(None), Assignment.valid_until > now),
        )
    )
    held = tuple(
        Held(
            role=row.role,
            chain_wide=row.store_ids is None and row.region_ids is None,
            store_ids=stores_of(row, region_of),
            region_ids=frozenset(row.region_ids or ()),
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        )
        for row in rows
    )
    return Actor(id=actor_id, kind=kind, name=name, held=held, grants=within(grants_of(held), limits))
