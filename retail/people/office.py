"""The people office: where this area works, as the system, for whoever asks.

Sealed values are out of reach of the role that acts for somebody, so every read and write here is the
system's, behind this area's own rule of whose data one may ask for (`rules.reach_of`).
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.actor import Actor
from retail.access.permissions import Permission
from retail.access.work import Office, Work
from retail.kernel.privacy.vault import Vault
from retail.kernel.refusal import NotPermitted
from retail.people.rules import Reach, ViewingPolicy, reach_of

Forget = Callable[[AsyncSession, UUID], Awaitable[None]]
"""Forgets what an area above keeps of a person, in the transaction that erases them."""


@dataclass(frozen=True, slots=True)
class PeopleOffice:
    """What the people area needs: the office, the vault, the policy, and who else must forget an erased person."""

    office: Office
    vault: Vault
    policy: ViewingPolicy = field(default_factory=ViewingPolicy)
    forget: tuple[Forget, ...] = ()

    @property
    def system(self) -> Office:
        """Return the office whose every session is the system's, also when somebody acts."""
        return replace(self.office, acting=None)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Open a short session of the system for reading."""
        async with self.office.system() as session:
            yield session

    @asynccontextmanager
    async def work(self, actor: Actor) -> AsyncIterator[Work]:
        """Open one transaction of the system in somebody's name."""
        async with self.system.work(actor) as work:
            yield work


def reach(actor: Actor, permission: Permission, region_of: Mapping[UUID, UUID]) -> Reach:
    """Return how far a permission of somebody reaches; refuse whoever does not hold it anywhere."""
    if permission not in actor.grants:
        raise NotPermitted(permission)
    return reach_of(actor, permission, region_of)
