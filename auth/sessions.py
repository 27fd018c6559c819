"""Staff sessions: opaque, kept on the server, over as soon as they are revoked.

The cookie carries 32 random bytes and the table their SHA-256, so a stolen dump opens no session.
A session is believed for 3 s at most without asking the database again; it ends when its person
leaves or loses the account, when its shared device is taken back, and when a role begins that asks
for stricter limits than those it was opened under, whoever writes that down.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, LargeBinary, any_, delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth import limits
from auth.brief_memory import BriefMemory
from auth.live_sessions import LiveSession, good_sessions, read_session, touch
from auth.models import StaffSession
from auth.opaque import hash_token, is_token, new_token
from auth.standing import in_force
from retail.access.models import Assignment
from retail.access.permissions import Role
from retail.audit.log import append
from retail.kernel.clock import Clock

__all__ = ["LiveSession", "StaffSessions", "hash_token"]


class StaffSessions:
    def __init__(self, sessions: async_sessionmaker[AsyncSession], clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._known: BriefMemory[bytes, LiveSession] = BriefMemory()

    async def create(
        self,
        person_id: UUID,
        user_agent: str,
        replaced: str | None = None,
        *,
        way: str = "local",
        reference: str | None = None,
        shared_device_id: UUID | None = None,
        on_shared_device: bool = False,
    ) -> str:
        """Open a session and return its token; the one it replaces is over (rotation at sign-in).

        `shared_device_id` is for a PIN's session, which has a clerk's rights in the device's shop and no more;
        `on_shared_device` says that the device is a shop's, where nobody stays signed in for long.
        What the person's sessions of long ago have left is swept away.
        """
        token = new_token()
        now = self._clock()
        async with self._sessions.begin() as session:
            if replaced is not None:
                await end_sessions(session, StaffSession.token_hash == hash_token(replaced), now)
            await session.execute(
                delete(StaffSession).where(StaffSession.person_id == person_id, StaffSession.ends_at <= now)
            )
            roles = await session.scalars(
                select(Assignment.role).where(Assignment.person_id == person_id, in_force(now))
            )
            strictness = limits.strictness(Role(role) for role in roles)
            lasts = limits.PIN if on_shared_device or shared_device_id is not None else limits.LIMITS[strictness]
            session.add(
                StaffSession(
                    token_hash=hash_token(token),
                    person_id=person_id,
                    way=way,
                    reference=reference,
                    shared_device_id=shared_device_id,
                    strictness=strictness,
                    idle_seconds=int(lasts.idle.total_seconds()),
                    created_at=now,
                    proven_at=now,
                    last_seen_at=now,
                    idle_until=now + lasts.idle,
                    ends_at=now + lasts.life,
                    user_agent=_short(user_agent),
                )
            )
            opened = {"person": person_id, "way": way, "shared_device": shared_device_id}
            await append(session, act="signed_in", actor_id=person_id, details=opened, clock=self._clock)
        if replaced is not None:
            self.forget({hash_token(replaced)})
        return token

    async def find(self, token: str) -> LiveSession | None:
        """Return the session of a token if it is good now; seeing it keeps it from idling out."""
        if not is_token(token):
            return None
        token_hash = hash_token(token)
        now = self._clock()
        known = self._known.recall(token_hash, now)
        if known is not None:
            return known
        async with self._sessions.begin() as session:
            found = await read_session(session, token_hash, now)
            if found is None:
                return None
            await touch(session, found, now)
        self._known.remember(token_hash, found, asked_at=now)
        return found

    async def live(self, token_hashes: Collection[bytes]) -> set[bytes]:
        """Return which of many sessions are still good, asking the database once."""
        if not token_hashes:
            return set()
        async with self._sessions() as session:
            rows = await session.scalars(
                good_sessions(self._clock())
                .with_only_columns(StaffSession.token_hash)
                .where(StaffSession.token_hash == any_(literal(list(token_hashes), ARRAY(LargeBinary))))
            )
            return set(rows)

    async def of_person(self, person_id: UUID) -> list[StaffSession]:
        """Return the good sessions of a person, the one seen last first."""
        async with self._sessions() as session:
            good = good_sessions(self._clock()).with_only_columns(StaffSession.token_hash)
            rows = await session.scalars(
                select(StaffSession)
                .where(StaffSession.token_hash.in_(good.where(StaffSession.person_id == person_id)))
                .order_by(StaffSession.last_seen_at.desc(), StaffSession.created_at.desc())
            )
            return list(rows)

    async def rotate(self, token_hash: bytes) -> str:
        """Give a session whose person has just proved everything again a new token; the old one is dead."""
        token = new_token()
        async with self._sessions.begin() as session:
            await session.execute(
                update(StaffSession)
                .where(StaffSession.token_hash == token_hash)
                .values(token_hash=hash_token(token), proven_at=self._clock())
            )
        self.forget({token_hash})
        return token

    async def shorten(self, token_hash: bytes, idle: timedelta) -> None:
        """Let a session end when it was not used for so long."""
        idle_until = func.least(StaffSession.idle_until, self._clock() + idle)
        async with self._sessions.begin() as session:
            await session.execute(
                update(StaffSession)
                .where(StaffSession.token_hash == token_hash)
                .values(idle_seconds=int(idle.total_seconds()), idle_until=idle_until)
            )
        self.forget({token_hash})

    async def revoke(self, token: str) -> None:
        """End one session: at once in this process, within 3 s in the others."""
        await self.revoke_where(StaffSession.token_hash == hash_token(token))

    async def revoke_all(self, person_id: UUID) -> None:
        """End every session of a person."""
        await self.revoke_where(StaffSession.person_id == person_id)

    async def revoke_where(self, which: ColumnElement[bool]) -> int:
        """End the sessions that a condition on `StaffSession` names; return how many."""
        async with self._sessions.begin() as session:
            ended = await end_sessions(session, which, self._clock())
        self.forget(ended)
        return len(ended)

    def forget(self, token_hashes: Collection[bytes]) -> None:
        """Believe some sessions no longer without asking the database again."""
        self._known.forget(lambda token_hash, _: token_hash in token_hashes)


async def end_sessions(session: AsyncSession, which: ColumnElement[bool], now: datetime) -> set[bytes]:
    """End the sessions that a condition names, in a transaction of the caller; return what names them."""
    rows = await session.scalars(
        update(StaffSession)
        .where(which, StaffSession.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(StaffSession.token_hash)
    )
    return set(rows)


def _short(user_agent: str) -> str:
    return "".join(character for character in user_agent if character.isprintable())[:200]
