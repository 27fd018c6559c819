"""Why a session that was good once is none any more, for whoever comes back with it.

Told only to the holder of a token that we gave out; to any other token there is nothing to say.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth.models import LocalAccount, StaffSession
from auth.opaque import hash_token, is_token
from retail.access.models import Person


class Ending(StrEnum):
    """How a session ended."""

    SIGNED_OUT = "SIGNED_OUT"
    """Somebody ended it: here, on another device, or by signing in again."""
    SESSION_OVER = "SESSION_OVER"
    """Its time ran out, or a new role asks for a fresh one."""
    ACCESS_ENDED = "ACCESS_ENDED"
    """Its person works here no longer, or plays no role now."""


async def ending_of(sessions: async_sessionmaker[AsyncSession], token: str, now: datetime) -> Ending | None:
    """Return how the session of a token that opens nothing ended; None if there never was one."""
    if not is_token(token):
        return None
    async with sessions() as session:
        row = (
            await session.execute(
                select(StaffSession.revoked_at, Person.left_at, LocalAccount.disabled_at)
                .join(Person, Person.id == StaffSession.person_id)
                .outerjoin(LocalAccount, LocalAccount.person_id == StaffSession.person_id)
                .where(StaffSession.token_hash == hash_token(token))
            )
        ).one_or_none()
    if row is None:
        return None
    if row.disabled_at is not None or (row.left_at is not None and row.left_at <= now):
        return Ending.ACCESS_ENDED
    return Ending.SESSION_OVER if row.revoked_at is None else Ending.SIGNED_OUT
