"""What the OAuth endpoints keep in and read from the database, for every process at once."""

import hashlib
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth.oauth_assertion import TakenAssertion
from auth.oauth_models import RevokedToken, UsedAssertion
from auth.tokens import VerifiedToken
from retail.access.models import Assignment
from retail.access.scope import stores_of
from retail.audit import log
from retail.kernel.clock import Clock
from retail.kernel.content import as_uuid
from retail.stores.models import Store


class OAuthMemory:
    def __init__(self, sessions: async_sessionmaker[AsyncSession], clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def take(self, channel_id: UUID, assertion: TakenAssertion) -> bool:
        """Take an assertion; False if it was taken before, by whichever process. Those that have ended are swept."""
        hashed = hashlib.sha256(assertion.jti.encode()).digest()
        async with self._sessions.begin() as session:
            await session.execute(
                delete(UsedAssertion).where(
                    UsedAssertion.channel_id == channel_id, UsedAssertion.ends_at < self._clock()
                )
            )
            taken = insert(UsedAssertion).values(channel_id=channel_id, jti_hash=hashed, ends_at=assertion.ends_at)
            first = await session.scalar(taken.on_conflict_do_nothing().returning(UsedAssertion.channel_id))
        return first is not None

    async def give_back(self, channel_id: UUID, token: VerifiedToken) -> None:
        """Remember that a token is nothing from now on, until it would have ended. Those that have are swept."""
        async with self._sessions.begin() as session:
            await session.execute(
                delete(RevokedToken).where(RevokedToken.channel_id == channel_id, RevokedToken.ends_at < self._clock())
            )
            back = insert(RevokedToken).values(jti=token.jti, channel_id=channel_id, ends_at=token.ends_at)
            first = await session.scalar(back.on_conflict_do_nothing().returning(RevokedToken.jti))
            if first is not None:
                details = {"channel": channel_id, "token": token.jti}
                await log.append(session, act="token.revoked", actor_id=channel_id, details=details, clock=self._clock)

    async def stores(self, channel_id: UUID, codes: Collection[str]) -> frozenset[UUID] | None:
        """Return the stores of these codes; None if one is not there, or not this client's now."""
        now = self._clock()
        async with self._sessions() as session:
            rows = await session.execute(select(Store.id, Store.region_id).where(Store.code.in_(codes)))
            region_of = {as_uuid(id): as_uuid(region) for id, region in rows}
            held = await session.scalars(
                select(Assignment).where(
                    Assignment.channel_id == channel_id,
                    Assignment.valid_from <= now,
                    or_(Assignment.valid_until.is_(None), Assignment.valid_until > now),
                )
            )
            mine = frozenset[UUID]().union(*(stores_of(assignment, region_of) for assignment in held))
        return mine if len(mine) == len(set(codes)) else None
