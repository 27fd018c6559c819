"""The keys that sign access tokens: Ed25519, made once, shared by every process through the database.

The newest key signs; every key that is not retired verifies. A change reaches every process
within 3 s. The private keys lie in the database as they are: whoever can read that table can
already read everything that a token opens.
"""

import asyncio
from datetime import datetime

import orjson
from joserfc.jwk import KeySet, OKPKey
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth.brief_memory import REVOCATION_DELAY
from auth.models import SigningKey
from retail.kernel.clock import Clock

ALGORITHM = "Ed25519"

_FIRST_KEY_LOCK = 0x7472_7565_6B65_79  # any number that no other advisory lock of ours uses


class KeyRing:
    def __init__(self, sessions: async_sessionmaker[AsyncSession], clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._reading = asyncio.Lock()
        self._read_at: datetime | None = None
        self._keys: list[OKPKey] = []

    async def signing(self) -> OKPKey:
        """Return the key that signs now, making the first one if there is none yet."""
        keys = await self._current()
        if not keys:
            await self._make_first()
            self._read_at = None
            keys = await self._current()
        return keys[0]

    async def verifying(self) -> KeySet:
        """Return the keys whose tokens are good now."""
        return KeySet(list(await self._current()))

    async def _current(self) -> list[OKPKey]:
        async with self._reading:
            now = self._clock()
            if self._read_at is None or not self._read_at <= now < self._read_at + REVOCATION_DELAY:
                async with self._sessions() as session:
                    self._keys = await _unretired(session, now)
                self._read_at = now
            return self._keys

    async def _make_first(self) -> None:
        """Make a key unless another process was first."""
        async with self._sessions.begin() as session:
            await session.execute(select(func.pg_advisory_xact_lock(_FIRST_KEY_LOCK)))
            if not await _unretired(session, self._clock()):
                session.add(new_signing_key(self._clock()))


def new_signing_key(now: datetime) -> SigningKey:
    """Make a signing key; once added, it signs everything from then on."""
    key = OKPKey.generate_key("Ed25519", auto_kid=True)
    return SigningKey(kid=key.kid, private_jwk=orjson.dumps(key.as_dict(private=True)).decode(), created_at=now)


async def _unretired(session: AsyncSession, now: datetime) -> list[OKPKey]:
    """Read the keys that are not retired, the newest first."""
    rows = await session.scalars(
        select(SigningKey.private_jwk)
        .where(or_(SigningKey.retired_at.is_(None), SigningKey.retired_at > now))
        .order_by(SigningKey.created_at.desc(), SigningKey.kid)
    )
    return [OKPKey.import_key(orjson.loads(row)) for row in rows]
