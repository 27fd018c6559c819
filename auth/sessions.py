"""Staff sessions: opaque, kept on the server, over as soon as they are revoked.

The cookie carries 32 random bytes and the table their SHA-256, so a stolen dump opens no session.
A session is believed for 3 s at most without asking the database again; it ends when its person
leaves or loses the account, whoever writes that down.
"""

import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth.brief_memory import BriefMemory
from auth.models import LocalAccount, StaffSession
from retail.access.models import Person
from retail.kernel.clock import Clock

IDLE = timedelta(hours=12)
LIFE = timedelta(days=7)
TOUCHED_EVERY = timedelta(minutes=1)

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that is good now; `token_hash` names it, and opens nothing."""

    token_hash: bytes
    person_id: UUID
    last_seen_at: datetime
    idle_until: datetime
    ends_at: datetime


class StaffSessions:
    def __init__(self, sessions: async_sessionmaker[AsyncSession], clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._known: BriefMemory[bytes, LiveSession] = BriefMemory()

    async def create(self, person_id: UUID, user_agent: str, replaced: str | None = None) -> str:
        """Open a session and return its token; the one it replaces is over (rotation at sign-in).

        What the person's sessions of more than a week ago have left is swept away.
        """
        token = secrets.token_urlsafe(32)
        now = self._clock()
        async with self._sessions.begin() as session:
            if replaced is not None:
                await self._revoke(session, StaffSession.token_hash == hash_token(replaced))
            await session.execute(
                delete(StaffSession).where(StaffSession.person_id == person_id, StaffSession.ends_at <= now)
            )
            session.add(
                StaffSession(
                    token_hash=hash_token(token),
                    person_id=person_id,
                    created_at=now,
                    last_seen_at=now,
                    idle_until=now + IDLE,
                    ends_at=now + LIFE,
                    user_agent=_short(user_agent),
                )
            )
        if replaced is not None:
            self._forget(hash_token(replaced))
        return token

    async def find(self, token: str) -> LiveSession | None:
        """Return the session of a token if it is good now; seeing it keeps it from idling out."""
        if _TOKEN.fullmatch(token) is None:
            return None
        token_hash = hash_token(token)
        now = self._clock()
        known = self._known.recall(token_hash, now)
        if known is not None:
            return known
        async with self._sessions.begin() as session:
            found = await _read(session, token_hash, now)
            if found is None:
                return None
            await _touch(session, found, now)
        self._known.remember(token_hash, found, asked_at=now)
        return found

    async def live(self, token_hashes: Collection[bytes]) -> set[bytes]:
        """Return which of many sessions are still good, asking the database once."""
        if not token_hashes:
            return set()
        async with self._sessions() as session:
            rows = await session.scalars(
                _good(self._clock())
                .with_only_columns(StaffSession.token_hash)
                .where(StaffSession.token_hash.in_(token_hashes))
            )
            return set(rows)

    async def revoke(self, token: str) -> None:
        """End one session: at once in this process, within 3 s in the others."""
        async with self._sessions.begin() as session:
            await self._revoke(session, StaffSession.token_hash == hash_token(token))
        self._forget(hash_token(token))

    async def revoke_all(self, person_id: UUID) -> None:
        """End every session of a person."""
        async with self._sessions.begin() as session:
            await self._revoke(session, StaffSession.person_id == person_id)
        self._known.forget(lambda _hash, known: known.person_id == person_id)

    async def _revoke(self, session: AsyncSession, which: ColumnElement[bool]) -> None:
        live = StaffSession.revoked_at.is_(None)
        await session.execute(update(StaffSession).where(which, live).values(revoked_at=self._clock()))

    def _forget(self, token_hash: bytes) -> None:
        self._known.forget(lambda known_hash, _: known_hash == token_hash)


def hash_token(token: str) -> bytes:
    """Return what the table keeps of a token."""
    return hashlib.sha256(token.encode()).digest()


def _good(now: datetime) -> Select[bytes, UUID, datetime, datetime, datetime]:
    """Select the sessions that are good at an instant (the table holds `idle_until` within the life)."""
    return (
        select(
            StaffSession.token_hash,
            StaffSession.person_id,
            StaffSession.last_seen_at,
            StaffSession.idle_until,
            StaffSession.ends_at,
        )
        .join(Person, Person.id == StaffSession.person_id)
        .outerjoin(LocalAccount, LocalAccount.person_id == StaffSession.person_id)
        .where(
            StaffSession.revoked_at.is_(None),
            StaffSession.idle_until > now,
            or_(Person.left_at.is_(None), Person.left_at > now),
            LocalAccount.disabled_at.is_(None),
        )
    )


async def _read(session: AsyncSession, token_hash: bytes, now: datetime) -> LiveSession | None:
    row = (await session.execute(_good(now).where(StaffSession.token_hash == token_hash))).one_or_none()
    return None if row is None else LiveSession(*row)


async def _touch(session: AsyncSession, found: LiveSession, now: datetime) -> None:
    """Note that the session was seen, unless that was noted within the last minute."""
    if now - found.last_seen_at < TOUCHED_EVERY:
        return
    await session.execute(
        update(StaffSession)
        .where(StaffSession.token_hash == found.token_hash, StaffSession.last_seen_at <= now - TOUCHED_EVERY)
        .values(last_seen_at=now, idle_until=func.least(now + IDLE, StaffSession.ends_at))
    )


def _short(user_agent: str) -> str:
    return "".join(character for character in user_agent if character.isprintable())[:200]
