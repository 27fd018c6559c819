"""The keys that sign access tokens: Ed25519, made once, shared by every process through the database.

The newest key signs; every key that is not retired verifies. A change reaches every process
within 3 s. In the database a private key is wrapped by a master key, so that a copy of the table
signs nothing. Rows from before that are read as they are, and wrapped as soon as they are seen.
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
from retail.kernel.privacy.masters import MasterKeys
from retail.kernel.privacy.sealing import Place

ALGORITHM = "Ed25519"

_FIRST_KEY_LOCK = 0x7472_7565_6B65_79  # any number that no other advisory lock of ours uses


class KeyRing:
    def __init__(self, sessions: async_sessionmaker[AsyncSession], clock: Clock, masters: MasterKeys) -> None:
        self._sessions = sessions
        self._masters = masters
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
                    rows = await _unretired(session, now)
                self._keys = [OKPKey.import_key(orjson.loads(_clear(row, self._masters))) for row in rows]
                if any(map(_is_clear, rows)):
                    async with self._sessions.begin() as session:
                        await wrap_signing_keys(session, self._masters)
                self._read_at = now
            return self._keys

    async def _make_first(self) -> None:
        """Make a key unless another process was first."""
        async with self._sessions.begin() as session:
            await session.execute(select(func.pg_advisory_xact_lock(_FIRST_KEY_LOCK)))
            if not await _unretired(session, self._clock()):
                session.add(new_signing_key(self._clock(), self._masters))


def new_signing_key(now: datetime, masters: MasterKeys) -> SigningKey:
    """Make a signing key; once added, it signs everything from then on."""
    key = OKPKey.generate_key("Ed25519", auto_kid=True)
    kid = str(key.kid)
    wrapped = masters.wrap_text(orjson.dumps(key.as_dict(private=True)).decode(), _place(kid))
    return SigningKey(kid=kid, private_jwk=wrapped, created_at=now)


async def wrap_signing_keys(session: AsyncSession, masters: MasterKeys) -> int:
    """Wrap every signing key with the first master key; return how many were not. The caller commits."""
    changed = 0
    for row in await session.scalars(select(SigningKey).order_by(SigningKey.kid).with_for_update()):
        if not masters.wraps_first(row.private_jwk):
            row.private_jwk = masters.wrap_text(_clear(row, masters), _place(row.kid))
            changed += 1
    await session.flush()
    return changed


async def require_signing_keys(session: AsyncSession, masters: MasterKeys) -> None:
    """Raise `CannotOpen` unless the ring opens every signing key."""
    for row in await session.scalars(select(SigningKey)):
        _clear(row, masters)


def _clear(row: SigningKey, masters: MasterKeys) -> str:
    """Return a private key (JWK)."""
    jwk = row.private_jwk
    return jwk if _is_clear(row) else masters.unwrap_text(jwk, _place(row.kid))


def _is_clear(row: SigningKey) -> bool:
    return row.private_jwk.startswith("{")


def _place(kid: str) -> Place:
    return Place("signing_key", "private_jwk", kid)


async def _unretired(session: AsyncSession, now: datetime) -> list[SigningKey]:
    """Read the keys that are not retired, the newest first."""
    rows = await session.scalars(
        select(SigningKey)
        .where(or_(SigningKey.retired_at.is_(None), SigningKey.retired_at > now))
        .order_by(SigningKey.created_at.desc(), SigningKey.kid)
    )
    return list(rows)
