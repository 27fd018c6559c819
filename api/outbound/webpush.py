"""Web push (RFC 8030): wakes a browser through its push service, with a message that only it can open.

The message is "there is something for you" and a path of our own app, padded to one length (aes128gcm, RFC 8291); it
never holds data. The server shows who it is by a key derived from a master key (VAPID, RFC 8292), so there is nothing
to keep. Encryption and signing are pywebpush's, in a thread; the calling is ours, because the addresses are not.
"""

import asyncio
import base64
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.outbound.public_address import LeadsInside, pinned
from retail.kernel.privacy.masters import MasterKeys
from retail.kernel.privacy.sealing import CannotOpen
from retail.push.calls import Call, Outcome

log = structlog.get_logger(__name__)

LABEL = "web push (VAPID)"
MESSAGE_BYTES = 256
KEPT_SECONDS = 12 * 3600
"""For how long a push service may keep it for a phone that is off."""
TOKEN_SECONDS = 12 * 3600
PATIENCE_SECONDS = 10.0

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256."""


def server_key(masters: MasterKeys, key_id: str | None = None) -> ec.EllipticCurvePrivateKey:
    """Return the VAPID key under the first master key or a named one; raise `CannotOpen` if that is not there.

    16 bytes more than the order has, so that no key is likelier than another (FIPS 186-5, A.2.1).
    """
    number = int.from_bytes(masters.derive(LABEL, master_id=key_id, length=48)) % (_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


def public_text(key: ec.EllipticCurvePrivateKey) -> str:
    """Return a public key as browsers take it: the uncompressed point, base64url."""
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


class WebPush:
    """Sends calls. `site` is what push services may complain to."""

    def __init__(self, masters: MasterKeys, site: str, *, inside_allowed: bool = False) -> None:
        self._masters = masters
        self._contact = contact_of(site)
        self._inside_allowed = inside_allowed
        # No proxy from the environment: it would resolve the name again, and elsewhere.
        self._http = httpx.AsyncClient(timeout=PATIENCE_SECONDS, follow_redirects=False, trust_env=False)

    async def close(self) -> None:
        await self._http.aclose()

    async def send(self, call: Call) -> Outcome:
        """Send one call and say what became of it; raises nothing."""
        try:
            headers, body = await asyncio.to_thread(self._sealed, call)
            async with asyncio.timeout(PATIENCE_SECONDS):
                inside = self._inside_allowed
                request = await pinned(self._http, call.endpoint, headers, body, inside_allowed=inside)
                response = await self._http.send(request, stream=True)  # what it answers at length is not read
                await response.aclose()
        except (CannotOpen, LeadsInside) as never:
            log.info("push subscription dropped", subscription=call.id, reason=type(never).__name__)
            return Outcome.GONE
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as failed:
            log.info("push not delivered", subscription=call.id, reason=type(failed).__name__)
            return Outcome.NOT_NOW
        if response.status_code in {404, 410}:
            return Outcome.GONE
        if response.is_success:
            return Outcome.TAKEN
        log.info("push not delivered", subscription=call.id, status=response.status_code)
        return Outcome.NOT_NOW

    def _sealed(self, call: Call) -> tuple[dict[str, str], bytes]:
        # Loaded with the first call: two HTTP clients come with it that nobody else needs.
        from py_vapid import Vapid02
        from pywebpush import WebPusher

        keys = {"p256dh": _text(call.p256dh), "auth": _text(call.auth)}
        message = orjson.dumps({"path": call.path}).ljust(MESSAGE_BYTES)
        body: bytes = WebPusher({"endpoint": call.endpoint, "keys": keys}).encode(message)["body"]
        parts = urlsplit(call.endpoint)
        claims: dict[str, Any] = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "sub": self._contact,
            "exp": int(time.time()) + TOKEN_SECONDS,
        }
        signed: dict[str, str] = Vapid02(server_key(self._masters, call.server_key)).sign(claims)
        headers = {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_SECONDS),
            "Topic": "trueshelf",  # a newer call takes the place of one that waits
            "Urgency": "high",
        }
        return {**signed, **headers}, body


def contact_of(site: str) -> str:
    """Return whom a push service may turn to about us, as VAPID wants it."""
    parts = urlsplit(site)
    return f"https://{parts.hostname}" if parts.scheme == "https" else "mailto:operator@localhost"


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
