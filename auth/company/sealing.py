"""What a browser carries from the start of a sign-in to its end: sealed, short-lived, out of reach of scripts.

Nothing is kept on the server, so strangers who begin a thousand sign-ins fill no table, and any
process can finish what another began. The key comes from the secret that we share with the provider,
so what was sealed for one provider cannot be opened as another's.
"""

import base64
import secrets
from datetime import timedelta
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from starlette.requests import Request
from starlette.responses import Response

from auth.origin import is_https
from retail.kernel.clock import Clock

LIFE = timedelta(minutes=10)
_LONGEST = 4000
_NONCE = 12


class SealedCookie:
    """The cookie of a sign-in under way; the newest one counts."""

    def __init__(self, public_url: str, clock: Clock) -> None:
        self._clock = clock
        self._secure = is_https(public_url)
        self.name = "__Host-trueshelf_company" if self._secure else "trueshelf_company"

    def write(self, response: Response, provider_id: str, secret: str, kept: dict[str, Any]) -> None:
        """Let the browser keep something for this provider's `secret` to open."""
        until = (self._clock() + LIFE).timestamp()
        nonce = secrets.token_bytes(_NONCE)
        sealed = _cipher(secret).encrypt(nonce, orjson.dumps([until, kept]), provider_id.encode())
        response.set_cookie(
            self.name,
            base64.urlsafe_b64encode(nonce + sealed).decode(),
            max_age=int(LIFE.total_seconds()),
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def read(self, request: Request, provider_id: str, secret: str) -> dict[str, Any] | None:
        """Return what was kept for this provider, unless it is forged, too old or another's."""
        value = request.cookies.get(self.name, "")
        if not value or len(value) > _LONGEST or not value.isascii():
            return None
        try:
            raw = base64.urlsafe_b64decode(value)
            opened = _cipher(secret).decrypt(raw[:_NONCE], raw[_NONCE:], provider_id.encode())
        except (ValueError, InvalidTag):
            return None
        until, kept = orjson.loads(opened)
        return kept if self._clock().timestamp() < until else None

    def clear(self, response: Response) -> None:
        response.delete_cookie(self.name, path="/", secure=self._secure, httponly=True, samesite="lax")


def _cipher(secret: str) -> AESGCM:
    key = HKDF(SHA256(), 32, salt=None, info=b"trueshelf: company sign-in under way").derive(secret.encode())
    return AESGCM(key)
