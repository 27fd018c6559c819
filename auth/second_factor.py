"""The second factor: an authenticator app, and ten codes for the day when it is lost.

The secret lies sealed under the master keys, bound to its person's row. A code counts once; a
recovery code goes when it is used. While a new device is being added the old one stays good.
"""

import hashlib
import re
import secrets
from base64 import b32encode, b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth import totp
from auth.models import LocalAccount, RecoveryCode, SecondFactor, StaffSession
from auth.sessions import StaffSessions, end_sessions
from retail.audit.acts import Act
from retail.audit.log import append
from retail.kernel.clock import Clock
from retail.kernel.privacy.masters import MasterKeys, Wrapped
from retail.kernel.privacy.sealing import Place

RECOVERY_CODES = 10
_RECOVERY_BYTES = 10
_DIGITS = re.compile(r"[0-9]{6}")
_RECOVERY = re.compile(r"[A-Z2-7]{16}")


class Means(StrEnum):
    """By what a second factor was proved."""

    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret for a device to keep; it counts for nothing until the device has proved that it has it."""

    secret: str
    uri: str
    qr_svg: str


class SecondFactors:
    def __init__(
        self,
        database: async_sessionmaker[AsyncSession],
        clock: Clock,
        sessions: StaffSessions,
        masters: MasterKeys,
    ) -> None:
        self._database = database
        self._clock = clock
        self._sessions = sessions
        self._masters = masters

    async def offer(self, person_id: UUID, name: str) -> Offer:
        """Make a secret for a new device."""
        secret = totp.new_secret()
        sealed = seal_secret(self._masters, person_id, secret)
        async with self._database.begin() as session:
            await session.execute(
                postgresql.insert(SecondFactor)
                .values(person_id=person_id, offered_secret=sealed)
                .on_conflict_do_update(index_elements=[SecondFactor.person_id], set_={"offered_secret": sealed})
            )
        uri = totp.enrolment_uri(secret, name)
        return Offer(secret, uri, totp.qr_svg(uri))

    async def confirm(self, person_id: UUID, code: str, *, session_to_keep: bytes | None = None) -> list[str] | None:
        """Take the offered device into use if this is its code; return fresh recovery codes.

        The person's other sessions end, and earlier recovery codes count no longer.
        """
        now = self._clock()
        async with self._database.begin() as session:
            factor = await session.get(SecondFactor, person_id, with_for_update=True)
            if factor is None or factor.offered_secret is None:
                return None
            secret = open_secret(self._masters, person_id, factor.offered_secret)
            step = totp.matching_step(secret, _plain(code), now, 0)
            if step is None:
                return None
            factor.sealed_secret, factor.offered_secret = factor.offered_secret, None
            factor.confirmed_at, factor.last_step = now, step
            codes = await _renew_codes(session, person_id)
            others = StaffSession.person_id == person_id
            if session_to_keep is not None:
                others &= StaffSession.token_hash != session_to_keep
            ended = await end_sessions(session, others, now)
            await self._log(session, "second_factor.enrolled", person_id, sessions_ended=len(ended))
        self._sessions.forget(ended)
        return codes

    async def prove(self, person_id: UUID, code: str) -> Means | None:
        """Return what a code proves, None if nothing; it is used up."""
        plain = _plain(code)
        async with self._database.begin() as session:
            factor = await session.get(SecondFactor, person_id, with_for_update=True)
            if factor is None or factor.confirmed_at is None or factor.sealed_secret is None:
                return None
            if _DIGITS.fullmatch(plain):
                secret = open_secret(self._masters, person_id, factor.sealed_secret)
                step = totp.matching_step(secret, plain, self._clock(), factor.last_step)
                if step is None:
                    return None
                factor.last_step = step
                return Means.TOTP
            if not await _use_code(session, person_id, plain):
                return None
            await self._log(session, "second_factor.recovery_code_used", person_id)
            return Means.RECOVERY_CODE

    async def remove(self, person_id: UUID) -> None:
        """Ask a person for no second factor any more."""
        async with self._database.begin() as session:
            await forget_second_factor(session, person_id)
            await self._log(session, "second_factor.removed", person_id)

    async def codes_left(self, person_id: UUID) -> int:
        """Return how many recovery codes a person has left."""
        async with self._database() as session:
            left = await session.scalar(
                select(func.count()).select_from(RecoveryCode).where(RecoveryCode.person_id == person_id)
            )
        return left or 0

    async def unused_codes(self, secrets_by_login: Mapping[str, str]) -> Mapping[str, str]:
        """Return for the logins of demo accounts, whose secrets are public, a code that is good now."""
        async with self._database() as session:
            rows = await session.execute(
                select(LocalAccount.login, SecondFactor.last_step)
                .join(SecondFactor, SecondFactor.person_id == LocalAccount.person_id)
                .where(LocalAccount.login.in_(secrets_by_login), SecondFactor.confirmed_at.is_not(None))
            )
        now = self._clock()
        return {
            login: totp.code_of(secrets_by_login[login], totp.unused_step(now, last_step)) for login, last_step in rows
        }

    async def _log(self, session: AsyncSession, act: Act, person_id: UUID, **details: object) -> None:
        await append(session, act=act, actor_id=person_id, details={"person": person_id, **details}, clock=self._clock)


def seal_secret(masters: MasterKeys, person_id: UUID, secret: str) -> str:
    """Return a TOTP secret as the table keeps it: the master key's id, and what it has sealed."""
    wrapped = masters.wrap(totp.from_base32(secret), _place(person_id))
    return f"{wrapped.master_id}:{b64encode(wrapped.sealed).decode()}"


def open_secret(masters: MasterKeys, person_id: UUID, kept: str) -> str:
    master_id, _, sealed = kept.partition(":")
    return totp.in_base32(masters.unwrap(Wrapped(master_id, b64decode(sealed)), _place(person_id)))


async def give_second_factors(
    session: AsyncSession, masters: MasterKeys, secrets_of: Mapping[UUID, str], now: datetime
) -> None:
    """Enrol people with secrets that are known already; for the demo, whose secrets are public."""
    rows = [
        {"person_id": person_id, "sealed_secret": seal_secret(masters, person_id, secret), "confirmed_at": now}
        for person_id, secret in secrets_of.items()
    ]
    await session.execute(insert(SecondFactor), rows)


async def reseal_secrets(session: AsyncSession, masters: MasterKeys) -> int:
    """Seal every secret with the first master key that another one has sealed; return how many rows."""
    factors = await session.scalars(select(SecondFactor).with_for_update())
    count = 0
    for factor in factors:
        kept = {each for each in (factor.sealed_secret, factor.offered_secret) if each is not None}
        if all(each.startswith(f"{masters.first}:") for each in kept):
            continue
        fresh = {
            each: seal_secret(masters, factor.person_id, open_secret(masters, factor.person_id, each)) for each in kept
        }
        factor.sealed_secret = fresh.get(factor.sealed_secret or "")
        factor.offered_secret = fresh.get(factor.offered_secret or "")
        count += 1
    return count


async def forget_second_factor(session: AsyncSession, person_id: UUID) -> None:
    await session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    await session.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))


def _place(person_id: UUID) -> Place:
    return Place("second_factor", "secret", str(person_id))


def _plain(code: str) -> str:
    """Return a code without the blanks and dashes that make it readable."""
    return re.sub(r"[\s-]", "", code).upper()


async def _renew_codes(session: AsyncSession, person_id: UUID) -> list[str]:
    codes = [b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode() for _ in range(RECOVERY_CODES)]
    await session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    rows = [{"person_id": person_id, "code_hash": _hash(person_id, code)} for code in codes]
    await session.execute(insert(RecoveryCode), rows)
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)).lower() for code in codes]


async def _use_code(session: AsyncSession, person_id: UUID, plain: str) -> bool:
    if not _RECOVERY.fullmatch(plain):
        return False
    used = await session.scalar(
        delete(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.code_hash == _hash(person_id, plain))
        .returning(RecoveryCode.person_id)
    )
    return used is not None


def _hash(person_id: UUID, plain: str) -> bytes:
    """Return what is kept of a recovery code; it has 80 random bits, so SHA-256 is enough."""
    return hashlib.sha256(person_id.bytes + plain.encode()).digest()
