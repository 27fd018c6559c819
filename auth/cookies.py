"""Our cookies: out of reach of scripts and of other sites and, over https, bound to this host.

SameSite=Strict costs nothing here: the page that a link from outside opens holds no data, and what
it then asks for, it asks for itself.
"""

from datetime import timedelta

from starlette.requests import HTTPConnection
from starlette.responses import Response

from auth.origin import is_https


class Cookie:
    """One cookie by its name."""

    def __init__(self, name: str, *, secure: bool) -> None:
        self._secure = secure
        self.name = f"__Host-{name}" if secure else name

    def read(self, connection: HTTPConnection) -> str | None:
        return connection.cookies.get(self.name)

    def write(self, response: Response, value: str, lasts: timedelta) -> None:
        response.set_cookie(
            self.name,
            value,
            max_age=int(lasts.total_seconds()),
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="strict",
        )

    def clear(self, response: Response) -> None:
        response.delete_cookie(self.name, path="/", secure=self._secure, httponly=True, samesite="strict")


class Cookies:
    """All of them, for a site."""

    def __init__(self, public_url: str) -> None:
        secure = is_https(public_url)
        self.session = Cookie("trueshelf_session", secure=secure)
        self.half = Cookie("trueshelf_step", secure=secure)
        self.known_device = Cookie("trueshelf_device", secure=secure)
        self.shared_device = Cookie("trueshelf_shop", secure=secure)
