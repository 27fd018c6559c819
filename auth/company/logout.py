"""The provider's word that somebody has signed out there (OpenID Connect Back-Channel Logout 1.0).

A logout token ends every session that the provider has vouched for: of its own session `sid`, or
else of its subject. It is obeyed once, and only while it is fresh. Sessions that are closed
here are closed everywhere within 5 s, open sockets too.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry
from sqlalchemy import ColumnElement, and_, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth.company.models import HeardLogout
from auth.company.oidc import LEEWAY_SECONDS, LONGEST_ID, OidcProvider
from auth.company.port import CompanySignInFailed, Problem, Proof
from auth.models import HalfSession, StaffSession
from auth.sessions import end_sessions
from retail.audit.log import append
from retail.kernel.clock import Clock

FRESH = timedelta(minutes=5)
EVENT = "http://schemas.openid.net/event/backchannel-logout"
_LEEWAY = timedelta(seconds=LEEWAY_SECONDS)


@dataclass(frozen=True, slots=True)
class SignedOut:
    """Who has signed out at a provider: its subject, its session, or both."""

    jti: str
    subject: str | None
    sid: str | None


class BackChannel:
    def __init__(self, sessions: async_sessionmaker[AsyncSession], clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def hear(self, provider: OidcProvider, logout_token: str) -> set[bytes]:
        """Obey a logout token and return what names the sessions that it has ended; raise `CompanySignInFailed`."""
        heard = await self._check(provider, logout_token)
        async with self._sessions.begin() as session:
            await self._require_first(session, provider, heard)
            ended = await self._end(session, way_of(provider.id), heard)
            if ended:
                details = {"provider": provider.id, "sessions_ended": len(ended)}
                await append(session, act="session.revoked", actor_id=None, details=details, clock=self._clock)
        return ended

    async def _check(self, provider: OidcProvider, logout_token: str) -> SignedOut:
        """Return what a good logout token says (2.6)."""
        try:
            claims = await self._verified(provider, logout_token)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as forged:
            raise _bad(type(forged).__name__) from None
        events = claims["events"]
        if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict) or "nonce" in claims:
            raise _bad("it is no logout token")
        now = self._clock().timestamp()
        if now - claims["iat"] > (FRESH + _LEEWAY).total_seconds():
            raise _bad("it is stale")
        subject, sid = claims.get("sub"), claims.get("sid")
        if not any(_is_id(each) for each in (subject, sid)) or not _is_id(claims["jti"]):
            raise _bad("it names nobody")
        return SignedOut(claims["jti"], subject if _is_id(subject) else None, sid if _is_id(sid) else None)

    async def _verified(self, provider: OidcProvider, logout_token: str) -> Mapping[str, Any]:
        metadata = await provider.discovery.metadata()
        registry = JWSRegistry(algorithms=metadata["id_token_signing_alg_values_supported"], strict_check_header=False)
        try:
            keys = KeySet.import_key_set(await provider.discovery.keys())  # type: ignore[arg-type]  # checked there
            token = jwt.decode(logout_token, keys, registry=registry)
        except InvalidKeyIdError:
            keys = KeySet.import_key_set(await provider.discovery.keys(again=True))  # type: ignore[arg-type]  # same
            token = jwt.decode(logout_token, keys, registry=registry)
        JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": provider.settings.issuer},
            aud={"essential": True, "value": provider.settings.client_id},
            iat={"essential": True},
            jti={"essential": True},
            events={"essential": True},
        ).validate(token.claims)
        if str(token.header.get("typ", "logout+jwt")).lower() not in {"logout+jwt", "jwt"}:
            raise _bad("its type is another")
        return token.claims

    async def _require_first(self, session: AsyncSession, provider: OidcProvider, heard: SignedOut) -> None:
        """Refuse a token that was obeyed before, in whichever process; forget those too old to come again."""
        now = self._clock()
        await session.execute(delete(HeardLogout).where(HeardLogout.forget_at <= now))
        name_hash = hashlib.sha256(f"{provider.id} {heard.jti}".encode()).digest()
        first = await session.scalar(
            insert(HeardLogout)
            .values(name_hash=name_hash, forget_at=now + FRESH + 2 * _LEEWAY)
            .on_conflict_do_nothing()
            .returning(HeardLogout.name_hash)
        )
        if first is None:
            raise _bad("it was heard before")

    async def _end(self, session: AsyncSession, way: str, heard: SignedOut) -> set[bytes]:
        ended = await end_sessions(session, _of(StaffSession, way, heard), self._clock())
        await session.execute(delete(HalfSession).where(_of(HalfSession, way, heard)))
        return ended


def way_of(provider_id: str) -> str:
    """Return how a session says that a provider has vouched for it."""
    return f"company:{provider_id}"


def reference_of(proof: Proof) -> str:
    """Return what a session keeps of the provider's names for the person and for its session: hashes."""
    return f"{_name(proof.subject)}.{_name(proof.sid)}"


def _of(table: type[StaffSession | HalfSession], way: str, heard: SignedOut) -> ColumnElement[bool]:
    wanted = []
    if heard.subject is not None:
        wanted.append(table.reference.startswith(f"{_name(heard.subject)}.", autoescape=True))
    if heard.sid is not None:
        wanted.append(table.reference.endswith(f".{_name(heard.sid)}", autoescape=True))
    return and_(table.way == way, *wanted)


def _name(value: str | None) -> str:
    return "" if value is None else urlsafe_b64encode(hashlib.sha256(value.encode()).digest()).decode().rstrip("=")


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ID


def _bad(reason: str) -> CompanySignInFailed:
    return CompanySignInFailed(Problem.NOT_TRUSTED, f"logout token: {reason}")
