"""Which sessions are good now: the one condition under which a session counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.limits import STRICTNESS
from auth.models import LocalAccount, SharedDevice, StaffSession
from auth.standing import in_force
from retail.access.models import Assignment, Person

TOUCHED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that is good now; `token_hash` names it, and opens nothing.

    `store_id` is the shop of the shared device on which a PIN opened it.
    """

    token_hash: bytes
    person_id: UUID
    way: str
    reference: str | None
    store_id: UUID | None
    proven_at: datetime
    last_seen_at: datetime
    idle_seconds: int
    idle_until: datetime
    ends_at: datetime


def good_sessions(now: datetime) -> Select[*tuple[Any, ...]]:
    """Select the sessions that are good at an instant (the table holds `idle_until` within the life)."""
    role_strictness = case(STRICTNESS, value=Assignment.role, else_=0)
    has_grown = exists().where(
        Assignment.person_id == StaffSession.person_id, in_force(now), role_strictness > StaffSession.strictness
    )
    return (
        select(
            StaffSession.token_hash,
            StaffSession.person_id,
            StaffSession.way,
            StaffSession.reference,
            SharedDevice.store_id,
            StaffSession.proven_at,
            StaffSession.last_seen_at,
            StaffSession.idle_seconds,
            StaffSession.idle_until,
            StaffSession.ends_at,
        )
        .join(Person, Person.id == StaffSession.person_id)
        .outerjoin(LocalAccount, LocalAccount.person_id == StaffSession.person_id)
        .outerjoin(SharedDevice, SharedDevice.id == StaffSession.shared_device_id)
        .where(
            StaffSession.revoked_at.is_(None),
            StaffSession.idle_until > now,
            or_(Person.left_at.is_(None), Person.left_at > now),
            LocalAccount.disabled_at.is_(None),
            SharedDevice.revoked_at.is_(None),
            ~has_grown,
        )
    )


async def read_session(session: AsyncSession, token_hash: bytes, now: datetime) -> LiveSession | None:
    row = (await session.execute(good_sessions(now).where(StaffSession.token_hash == token_hash))).one_or_none()
    return None if row is None else LiveSession(*row)


async def touch(session: AsyncSession, found: LiveSession, now: datetime) -> None:
    """Note that the session was seen, unless that was noted within the last minute."""
    if now - found.last_seen_at < TOUCHED_EVERY:
        return
    idle_until = now + timedelta(seconds=found.idle_seconds)
    await session.execute(
        update(StaffSession)
        .where(StaffSession.token_hash == found.token_hash, StaffSession.last_seen_at <= now - TOUCHED_EVERY)
        .values(last_seen_at=now, idle_until=func.least(idle_until, StaffSession.ends_at))
    )
