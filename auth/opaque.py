"""Opaque tokens: 256 random bits that a cookie carries, of which the database keeps the SHA-256."""

import hashlib
import re
import secrets

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    return secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """Say whether a text could be one of ours; what could not be never reaches the database."""
    return _TOKEN.fullmatch(text) is not None


def hash_token(token: str) -> bytes:
    """Return what a table keeps of a token."""
    return hashlib.sha256(token.encode()).digest()
