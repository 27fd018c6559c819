"""Who is asking: the one place that reads a cookie or a bearer token.

A token that is sent is the only thing looked at: a bad one makes a stranger, never the cookie's
person. Nothing here says what the identity may do.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from starlette.requests import HTTPConnection
from starlette.responses import Response

from auth.origin import is_https
from auth.sessions import LIFE
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


class SessionCookie:
    """The cookie of a staff session: out of reach of scripts and, over https, bound to this host."""

    def __init__(self, public_url: str) -> None:
        self._secure = is_https(public_url)
        self.name = "__Host-trueshelf_session" if self._secure else "trueshelf_session"

    def read(self, connection: HTTPConnection) -> str | None:
        return connection.cookies.get(self.name)

    def write(self, response: Response, token: str) -> None:
        response.set_cookie(
            self.name,
            token,
            max_age=int(LIFE.total_seconds()),
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def clear(self, response: Response) -> None:
        response.delete_cookie(self.name, path="/", secure=self._secure, httponly=True, samesite="lax")


def bearer_token(authorization: str) -> str | None:
    """Return the token of a `Bearer ...` value (RFC 6750, 2.1), or None if it is another scheme."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
