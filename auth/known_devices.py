"""Devices in which somebody has signed in before (OWASP's device cookies).

Guesses at a login from strange devices are slowed down together, so that ten thousand addresses
guess no faster than one. A device of the login's owner is counted apart, so that whoever guesses
elsewhere cannot lock its owner out. The cookie opens nothing.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ScalarSelect, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth.models import KnownDevice, LocalAccount
from auth.opaque import hash_token, is_token, new_token
from auth.passwords import is_login
from retail.kernel.clock import Clock

KNOWN_FOR = timedelta(days=180)


class KnownDevices:
    def __init__(self, database: async_sessionmaker[AsyncSession], clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def remember(self, token: str | None, person_id: UUID) -> str:
        """Note that a person has signed in here; return the token that names the device from now on."""
        named = token if token is not None and is_token(token) else new_token()
        now = self._clock()
        async with self._database.begin() as session:
            await session.execute(delete(KnownDevice).where(KnownDevice.last_used_at <= now - KNOWN_FOR))
            await session.execute(
                insert(KnownDevice)
                .values(device_hash=hash_token(named), person_id=person_id, last_used_at=now)
                .on_conflict_do_update(
                    index_elements=[KnownDevice.device_hash, KnownDevice.person_id], set_={"last_used_at": now}
                )
            )
        return named

    async def of_login(self, token: str | None, folded_login: str) -> bytes | None:
        """Return what names the device if the owner of a login has signed in on it within half a year."""
        if not is_login(folded_login):
            return None
        owner = select(LocalAccount.person_id).where(LocalAccount.login == folded_login).scalar_subquery()
        return await self._find(token, owner)

    async def of_person(self, token: str | None, person_id: UUID) -> bytes | None:
        """Return what names the device if a person has signed in on it within half a year."""
        return await self._find(token, person_id)

    async def _find(self, token: str | None, person: UUID | ScalarSelect[UUID]) -> bytes | None:
        if token is None or not is_token(token):
            return None
        async with self._database() as session:
            found: bytes | None = await session.scalar(
                select(KnownDevice.device_hash).where(
                    KnownDevice.device_hash == hash_token(token),
                    KnownDevice.person_id == person,
                    KnownDevice.last_used_at > self._clock() - KNOWN_FOR,
                )
            )
        return found
