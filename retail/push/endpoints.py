"""What a subscription must look like before anything is ever sent to it.

The endpoint is an address that a browser gives us and our server then calls, so it must not lead inside: https only,
no user name in it, no odd port, a name or a public address. What a name leads to is looked at again at each call.
"""

import base64
import binascii
from dataclasses import dataclass
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from retail.kernel.refusal import InvalidInput, Problem

LONGEST = 1000
POINT_BYTES = 65
SECRET_BYTES = 16
INSIDE = (".local", ".internal", ".localhost", ".lan", ".home.arpa")


class Keys(NamedTuple):
    """What the browser encrypts with: a P-256 point and a secret (RFC 8291)."""

    p256dh: bytes
    auth: bytes


@dataclass(frozen=True, slots=True)
class PushRules:
    """The server's public key for push with its id, and whether a push service may be inside (a test's)."""

    public_key: str | None = None
    key_id: str = ""
    inside_allowed: bool = False


def read_subscription(endpoint: str, p256dh: str, auth: str, rules: PushRules) -> Keys:
    """Return the keys of a usable subscription; raise `InvalidInput` naming everything that is wrong."""
    problems = []
    if not is_usable(endpoint, inside_allowed=rules.inside_allowed):
        problems.append(
            Problem(
                "endpoint",
                "NOT_A_PUSH_SERVICE",
                f"This must be the https address of a push service, of at most {LONGEST} characters.",
                f"须为推送服务的 https 地址，不超过 {LONGEST} 个字符。",
            )
        )
    point, secret = _bytes(p256dh), _bytes(auth)
    if not _is_point(point):
        problems.append(Problem("p256dh", "NOT_A_KEY", "This is no P-256 public key.", "不是有效的 P-256 公钥。"))
    if len(secret) != SECRET_BYTES:
        problems.append(
            Problem("auth", "NOT_A_KEY", "This must be 16 bytes in base64url.", "须为 16 字节的 base64url 文本。")
        )
    if problems:
        raise InvalidInput(problems)
    return Keys(point, secret)


def is_usable(endpoint: str, *, inside_allowed: bool = False) -> bool:
    """Say whether an address could be a push service's, by its looks."""
    if len(endpoint) > LONGEST or not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint:
        return False
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None or not host:
        return False
    if inside_allowed:
        return parts.scheme in {"http", "https"}
    return parts.scheme == "https" and port in {None, 443} and _is_outside(host)


def _is_outside(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.rstrip(".").endswith(INSIDE)


def _bytes(text: str) -> bytes:
    if len(text) > LONGEST:
        return b""
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def _is_point(point: bytes) -> bool:
    if len(point) != POINT_BYTES:
        return False
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return True
