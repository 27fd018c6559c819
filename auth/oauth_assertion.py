"""Clients that prove themselves by a signature (`private_key_jwt`, RFC 7523) instead of a secret.

Keys are those that were registered; nothing is fetched. An assertion names us as its audience, ends within five
minutes, and is taken once: its id is handed out here and remembered by whoever saves what was decided.
"""

from base64 import urlsafe_b64decode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import KeySet, import_key
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

METHOD = "private_key_jwt"
TYPE = JWTBearerClientAssertion.CLIENT_ASSERTION_TYPE
ALGORITHMS = ("EdDSA", "Ed25519", "ES256", "PS256", "RS256")
LONGEST_LIFE = timedelta(minutes=5)
_LEEWAY = timedelta(seconds=30)
_LONGEST = 4096
_LONGEST_ID = 256
_PARTS = 3


@dataclass(frozen=True, slots=True)
class TakenAssertion:
    """An assertion that proved a client: its id, by which key, and until when it must not be taken again."""

    jti: str
    kid: str
    ends_at: datetime


class Assertion(JWTBearerClientAssertion):  # type: ignore[misc]  # authlib has no types
    """authlib's decision about one assertion; whatever is wrong with it is told as any wrong secret is."""

    CLIENT_AUTH_METHOD = METHOD

    def __init__(self, audiences: Collection[str], keys: Collection[tuple[str, str]], now: datetime) -> None:
        super().__init__(leeway=int(_LEEWAY.total_seconds()))
        self._audiences = list(audiences)
        self._keys = keys
        self._now = now
        self.taken: TakenAssertion | None = None

    def __call__(self, query_client: Any, request: Any) -> Any:
        """Return the client that the request's assertion proves, or None."""
        if not is_readable(request.form.get("client_assertion", "")):
            return None
        try:
            return super().__call__(query_client, request)
        except (InvalidClientError, JoseError, ValueError, RecursionError):
            return None

    def resolve_client_public_key(self, client: Any) -> KeySet:  # noqa: ARG002 -- only the asking client's are here
        return KeySet([import_key(orjson.loads(jwk)) for _, jwk in self._keys])

    def process_assertion_claims(self, assertion: str, resolve_key: KeySet) -> dict[str, Any]:
        decoded = jwt.decode(assertion, resolve_key, registry=_Registry())
        self.verify_claims(decoded.claims)
        kid = decoded.header.get("kid") or next(iter(resolve_key)).kid
        ends_at = datetime.fromtimestamp(decoded.claims["exp"], UTC) + _LEEWAY
        self.taken = TakenAssertion(decoded.claims["jti"], str(kid), ends_at)
        return decoded.claims

    def verify_claims(self, claims: dict[str, Any]) -> None:
        rules = JWTClaimsRegistry(
            now=int(self._now.timestamp()),
            leeway=self.leeway,
            iss={"essential": True},
            sub={"essential": True},
            aud={"essential": True, "values": self._audiences},
            exp={"essential": True},
            jti={"essential": True},
        )
        rules.validate(claims)
        if claims["iss"] != claims["sub"]:
            raise InvalidClientError
        if claims["exp"] > (self._now + LONGEST_LIFE + _LEEWAY).timestamp():
            raise InvalidClientError
        if not isinstance(claims["jti"], str) or not 0 < len(claims["jti"]) <= _LONGEST_ID:
            raise InvalidClientError


class _Registry(JWSRegistry):
    """The algorithms that we take. "EdDSA" is the name that every library still writes; our keys are Ed25519 only."""

    def get_alg(self, name: str) -> Any:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(f"Algorithm of {name!r} is not taken")
        return self.algorithms[name]


def is_readable(assertion: str) -> bool:
    """Say whether a text may be read as an assertion at all: it is short, and its claims are no deep nest."""
    return subject_of(assertion) is not None


def subject_of(assertion: str) -> str | None:
    """Return which client an assertion claims to be of, before anything is proved."""
    parts = assertion.split(".")
    if len(assertion) > _LONGEST or len(parts) != _PARTS or not assertion.isascii():
        return None
    try:
        claims = orjson.loads(
            urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        )  # orjson bounds the depth, the parsers behind may not
    except ValueError:
        return None
    subject = claims.get("sub") if isinstance(claims, dict) else None
    return subject if isinstance(subject, str) else None
