"""Access tokens of channels: JWTs in the shape of RFC 9068 that live for five to ten minutes.

Issuer, audience, type and algorithm are pinned. A token that was verified once is not verified
again, but its expiry and the standing of its key are looked at every time; whether its client
still stands, and has not given it back, is for `auth.clients`.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import KeySet, OKPKey
from joserfc.jwt import JWTClaimsRegistry

from auth.brief_memory import BriefMemory
from auth.keys import ALGORITHM, KeyRing
from retail.access.permissions import Permission
from retail.kernel.clock import Clock

LIFE = timedelta(minutes=10)
TYPE = "at+jwt"
STORES_AT_MOST = 50
"""Stores that a token may name one by one, so that it still fits into a header."""

_LONGEST = 4096
_PERMISSIONS = {permission.value: permission for permission in Permission}


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """What a good token says: which client asks, for what, where, until when; signed by which key."""

    client_id: str
    ends_at: datetime
    kid: str
    jti: str
    scopes: frozenset[Permission]
    store_ids: frozenset[UUID] | None
    issued_at: int
    proof: str
    """By which secret (its id) or key (its kid) it was got; it opens nothing once that is taken away."""


class AccessTokens:
    def __init__(self, public_url: str, keys: KeyRing, clock: Clock, life: timedelta = LIFE) -> None:
        self.issuer = public_url.rstrip("/")
        self.audience = f"{self.issuer}/graphql"
        self.life = life
        self._keys = keys
        self._clock = clock
        self._verified: BriefMemory[str, VerifiedToken] = BriefMemory(life=LIFE, most=4096)

    def sign(
        self,
        client_id: str,
        key: OKPKey,
        *,
        scopes: Iterable[str],
        proof: str,
        store_ids: Iterable[UUID] | None = None,
    ) -> str:
        """Make a token for a client (RFC 9068, 2.2; without a user, `sub` is the client)."""
        now = int(self._clock().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": client_id,
            "client_id": client_id,
            "iat": now,
            "exp": now + int(self.life.total_seconds()),
            "jti": secrets.token_urlsafe(16),
            "scope": " ".join(sorted(scopes)),
            "proof": proof,
        }
        if store_ids is not None:
            claims["store_ids"] = sorted(map(str, store_ids))
        return jwt.encode({"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])

    async def verify(self, token: str) -> VerifiedToken | None:
        """Return what a token says, or None if it is not good now."""
        now = self._clock()
        keys = await self._keys.verifying()
        known = self._verified.recall(token, now)
        if known is None and len(token) <= _LONGEST:
            known = self._check(token, keys, now)
            if known is not None:
                self._verified.remember(token, known, asked_at=now)
        if known is None or now >= known.ends_at or all(key.kid != known.kid for key in keys):
            return None
        return known

    async def ended(self, token: str) -> VerifiedToken | None:
        """Return what a token said that was good and is over now; None for anything that was never good."""
        if len(token) > _LONGEST:
            return None
        return self._check(token, await self._keys.verifying(), self._clock(), over=True)

    def _check(self, token: str, keys: KeySet, now: datetime, *, over: bool = False) -> VerifiedToken | None:
        rules = JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=1,  # the processes that sign and check may round the same instant differently
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.audience},
            sub={"essential": True},
            client_id={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
            scope={"essential": True},
        )
        try:
            decoded = jwt.decode(token, keys, algorithms=[ALGORITHM])
            rules.validate(decoded.claims)
        except ExpiredTokenError:
            return _read(decoded) if over else None
        except (JoseError, ValueError):
            return None
        return None if over else _read(decoded)


def _read(decoded: jwt.Token) -> VerifiedToken | None:
    """Return what the claims of a token say, if each is of its kind."""
    claims, kid = decoded.claims, decoded.header.get("kid")
    texts = [claims.get(name) for name in ("client_id", "jti", "scope", "proof")]
    if decoded.header.get("typ") != TYPE or not all(isinstance(text, str) for text in (*texts, kid)):
        return None
    try:
        stores = _store_ids(claims.get("store_ids"))
        ends_at = datetime.fromtimestamp(claims["exp"], UTC)
        return VerifiedToken(
            client_id=claims["client_id"],
            ends_at=ends_at,
            kid=str(kid),
            jti=claims["jti"],
            scopes=_scopes(claims["scope"]),
            store_ids=stores,
            issued_at=int(claims["iat"]),
            proof=claims["proof"],
        )
    except (ValueError, TypeError, KeyError, OverflowError, AttributeError):
        return None


def _scopes(text: str) -> frozenset[Permission]:
    return frozenset(_PERMISSIONS[scope] for scope in text.split() if scope in _PERMISSIONS)


def _store_ids(claim: Any) -> frozenset[UUID] | None:
    return None if claim is None else frozenset(map(UUID, claim))
