"""Access tokens of channels: JWTs in the shape of RFC 9068 that live for 10 minutes.

Issuer, audience, type and algorithm are pinned. A token that was verified once is not verified
again, but its expiry and the standing of its key are looked at every time.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from joserfc.jwt import JWTClaimsRegistry

from auth.brief_memory import BriefMemory
from auth.keys import ALGORITHM, KeyRing
from retail.kernel.clock import Clock

LIFE = timedelta(minutes=10)
TYPE = "at+jwt"

_LONGEST = 2048


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """What a good token says: which client asks, until when, signed by which key."""

    client_id: str
    ends_at: datetime
    kid: str


class AccessTokens:
    def __init__(self, public_url: str, keys: KeyRing, clock: Clock) -> None:
        self.issuer = public_url.rstrip("/")
        self.audience = f"{self.issuer}/graphql"
        self._keys = keys
        self._clock = clock
        self._verified: BriefMemory[str, VerifiedToken] = BriefMemory(life=LIFE, most=4096)

    def sign(self, client_id: str, key: OKPKey) -> str:
        """Make a token for a client (RFC 9068, 2.2; without a user, `sub` is the client)."""
        now = int(self._clock().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": client_id,
            "client_id": client_id,
            "iat": now,
            "exp": now + int(LIFE.total_seconds()),
            "jti": secrets.token_urlsafe(16),
        }
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

    def _check(self, token: str, keys: KeySet, now: datetime) -> VerifiedToken | None:
        rules = JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=1,  # the processes that sign and check may round the same instant differently
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.audience},
            sub={"essential": True},
            client_id={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            decoded = jwt.decode(token, keys, algorithms=[ALGORITHM])
            rules.validate(decoded.claims)
        except (JoseError, ValueError):
            return None
        client_id, kid = decoded.claims["client_id"], decoded.header.get("kid")
        if decoded.header.get("typ") != TYPE or not isinstance(client_id, str) or not isinstance(kid, str):
            return None
        return VerifiedToken(client_id, datetime.fromtimestamp(decoded.claims["exp"], UTC), kid)
