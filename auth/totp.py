"""Codes of an authenticator app (TOTP, RFC 6238): 6 digits, SHA-1, a new one every 30 seconds. Pure.

A code counts from one step before its own to one after, for clocks that differ, and once only.
"""

import hmac
import secrets
from base64 import b32decode, b32encode
from datetime import datetime

import pyotp
import segno

STEP_SECONDS = 30
WINDOW = 1
SECRET_BYTES = 20
ISSUER = "Trueshelf"


def new_secret() -> str:
    """Return 160 random bits in base32 (RFC 4226, 4, R6)."""
    return in_base32(secrets.token_bytes(SECRET_BYTES))


def in_base32(secret: bytes) -> str:
    return b32encode(secret).decode()


def from_base32(secret: str) -> bytes:
    return b32decode(secret)


def step_of(now: datetime) -> int:
    """Return the number of the 30-second step that an instant lies in."""
    return int(now.timestamp()) // STEP_SECONDS


def code_of(secret: str, step: int) -> str:
    """Return the code of a step."""
    code: str = pyotp.TOTP(secret, interval=STEP_SECONDS).generate_otp(step)
    return code


def matching_step(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """Return the step whose code this is, if it is near enough and newer than the last one used."""
    around = range(step_of(now) - WINDOW, step_of(now) + WINDOW + 1)
    matching = [step for step in around if hmac.compare_digest(code_of(secret, step).encode(), code.encode())]
    return next((step for step in matching if step > last_step), None)


def unused_step(now: datetime, last_step: int) -> int:
    """Return the step whose code would be accepted now though the last ones were used, if there is one."""
    present = step_of(now)
    return next((step for step in (present, present + WINDOW) if step > last_step), present + WINDOW)


def enrolment_uri(secret: str, account: str) -> str:
    """Return what an authenticator app reads from the QR code."""
    uri: str = pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=account, issuer_name=ISSUER)
    return uri


def qr_svg(uri: str) -> str:
    """Return the QR code as an SVG that has no size of its own, no style and no script."""
    svg: str = segno.make_qr(uri, error="m").svg_inline(omitsize=True, border=2, light="#fff")
    return svg
