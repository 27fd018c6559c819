"""Who is asking: the identity that a cookie or a bearer token proves.

A token that is sent is the only thing looked at: a bad one makes a stranger, never the cookie's
person. Nothing here says what the identity may do.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from retail.access.actor import ActorKind, Limits


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks. `session_key` names what proves it (and opens nothing); it holds until `ends_at` at most.

    `limits` narrow what the actor may do otherwise: to a token's scope, or to the shop of a shared device.
    """

    kind: ActorKind
    id: UUID
    session_key: str
    ends_at: datetime
    limits: Limits | None = None


def bearer_token(authorization: str) -> str | None:
    """Return the token of a `Bearer ...` value (RFC 6750, 2.1), or None if it is another scheme."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
