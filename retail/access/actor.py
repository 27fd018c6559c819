"""An actor: the person or program that asks, with what it may do where already worked out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from retail.access.permissions import Permission, Role


class ActorKind(StrEnum):
    """A person with a session, or a program with a token."""

    PERSON = "person"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Held:
    """An assignment in force: a role in these stores, from the regions or stores it names."""

    role: Role
    chain_wide: bool
    store_ids: frozenset[UUID]
    region_ids: frozenset[UUID]
    valid_from: datetime
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class Limits:
    """What the proof of an identity allows at most, whatever its actor's roles say; None is no limit."""

    permissions: frozenset[Permission] | None = None
    store_ids: frozenset[UUID] | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, and for each permission the stores in which it holds (absent: nowhere)."""

    id: UUID
    kind: ActorKind
    name: str
    held: tuple[Held, ...] = ()
    grants: Mapping[Permission, frozenset[UUID]] = field(default_factory=dict)

    def stores(self, permission: Permission) -> frozenset[UUID]:
        """Return the ids of the stores in which this actor holds a permission."""
        return self.grants.get(permission, frozenset())

    def may(self, permission: Permission, store_id: UUID) -> bool:
        """Say whether this actor holds a permission in a store."""
        return store_id in self.grants.get(permission, ())
