"""Writing down how a client fares at the door: its last token, last use, last refusal and why.

One row a client, whoever knocks: nobody can fill the disk by being refused. In the operation log a client's
refusals stand at most once a minute, those of nobody that we know at most once a minute of this process.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth.brief_memory import BriefMemory
from retail.audit import log
from retail.audit.acts import Act
from retail.channels.models import ChannelHealth, ChannelKey, ChannelSecret
from retail.kernel.clock import Clock

NOTED_EVERY = timedelta(minutes=1)
FAILED: Act = "client.authentication_failed"


class ClientHealth:
    def __init__(self, sessions: async_sessionmaker[AsyncSession], clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._used: BriefMemory[UUID, bool] = BriefMemory(life=NOTED_EVERY)
        self._overdue: BriefMemory[UUID, bool] = BriefMemory(life=NOTED_EVERY)
        self._strangers = 0
        self._strangers_logged_at: datetime | None = None

    async def got_token(self, channel_id: UUID, *, secret_id: UUID | None, kid: str | None) -> None:
        """Note that a client has got a token, and by which secret or key."""
        now = self._clock()
        async with self._sessions.begin() as session:
            await _note(session, channel_id, last_token_at=now, refusals=0)
            if secret_id is not None:
                await session.execute(
                    update(ChannelSecret).where(ChannelSecret.id == secret_id).values(last_used_at=now)
                )
            if kid is not None:
                mine = (ChannelKey.channel_id == channel_id) & (ChannelKey.kid == kid)
                await session.execute(update(ChannelKey).where(mine).values(last_used_at=now))

    async def used_token(self, channel_id: UUID) -> None:
        """Note that a client asks with a good token, once a minute in this process."""
        now = self._clock()
        if self._used.recall(channel_id, now) is None:
            self._used.remember(channel_id, value=True, asked_at=now)
            async with self._sessions.begin() as session:
                await _note(session, channel_id, last_used_at=now)

    async def used_ended_token(self, channel_id: UUID) -> None:
        """Note that a client asks with a token of its own that has ended, once a minute in this process."""
        now = self._clock()
        if self._overdue.recall(channel_id, now) is None:
            self._overdue.remember(channel_id, value=True, asked_at=now)
            async with self._sessions.begin() as session:
                await _refuse(session, channel_id, "token_ended", now)

    async def refused(self, channel_id: UUID, why: str) -> None:
        """Note that a client was refused a token; a failure to prove itself goes to the operation log."""
        now = self._clock()
        async with self._sessions.begin() as session:
            await _refuse(session, channel_id, why, now)
            due = or_(ChannelHealth.logged_at.is_(None), ChannelHealth.logged_at <= now - NOTED_EVERY)
            count = await session.scalar(
                update(ChannelHealth)
                .where(ChannelHealth.channel_id == channel_id, due)
                .values(logged_at=now)
                .returning(ChannelHealth.refusals)
            )
            if count is not None:
                details = {"channel": channel_id, "reason": why, "refusals": count}
                await log.append(session, act=FAILED, actor_id=None, details=details, clock=self._clock)

    async def refused_stranger(self) -> None:
        """Note that somebody was refused who is no client; what they called themselves is kept nowhere."""
        now = self._clock()
        self._strangers += 1
        if self._strangers_logged_at is not None and now - self._strangers_logged_at < NOTED_EVERY:
            return
        count, self._strangers, self._strangers_logged_at = self._strangers, 0, now
        async with self._sessions.begin() as session:
            details = {"reason": "unknown_client", "refusals": count}
            await log.append(session, act=FAILED, actor_id=None, details=details, clock=self._clock)


async def _note(session: AsyncSession, channel_id: UUID, **values: object) -> None:
    statement = insert(ChannelHealth).values(channel_id=channel_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=[ChannelHealth.channel_id], set_=values))


async def _refuse(session: AsyncSession, channel_id: UUID, why: str, now: datetime) -> None:
    said = {"last_refused_at": now, "last_refusal": why}
    statement = insert(ChannelHealth).values(channel_id=channel_id, refusals=1, **said)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[ChannelHealth.channel_id], set_={**said, "refusals": ChannelHealth.refusals + 1}
        )
    )
