"""How long a session lasts, by role, on one screen. Pure; the strictest role decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from retail.access.permissions import Role


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """A session ends when it was not used for `idle`, and after `life` in any case."""

    idle: timedelta
    life: timedelta


def _hours(idle: float, life: float) -> SessionLimits:
    return SessionLimits(timedelta(hours=idle), timedelta(hours=life))


SECOND_FACTOR_ROLES = frozenset({Role.HQ_OPERATIONS, Role.HQ_COMPLIANCE, Role.BUYER})
"""Who must prove a second factor, unless the settings say otherwise."""

LIMITS = (_hours(12, 7 * 24), _hours(8, 3 * 24), _hours(1, 12))
"""From the laxest to the strictest; a session keeps the index under which it was opened."""

STRICTNESS = {
    Role.CLERK: 0,
    Role.STORE_MANAGER: 0,
    Role.REGIONAL_MANAGER: 1,
    Role.HQ_OPERATIONS: 2,
    Role.HQ_COMPLIANCE: 2,
    Role.BUYER: 2,
}

PIN = SessionLimits(timedelta(minutes=15), timedelta(hours=12))
"""Of a PIN's session, and of any other on a shop's shared device: the next colleague is reaching for it already."""


def strictness(roles: Iterable[Role]) -> int:
    """Return the index in `LIMITS` of the strictest of somebody's roles (without a role: the laxest)."""
    return max((STRICTNESS.get(role, 0) for role in roles), default=0)
