"""Sealing: AES-256-GCM over a text, bound to the one cell that it was made for.

What was sealed for one cell opens nowhere else: table, column, row and key version are the associated
data. Whatever cannot be opened (a wrong key, a moved, changed or cut ciphertext) raises `CannotOpen`;
nothing is ever returned for it.
"""

import secrets
from dataclasses import dataclass

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16


class CannotOpen(Exception):
    """A sealed text cannot be opened: it, its place or its key is not what it was. Says no content."""


@dataclass(frozen=True, slots=True)
class Place:
    """The cell that a sealed text belongs to."""

    table: str
    column: str
    row: str

    def associated(self, version: str) -> bytes:
        """Return the associated data of this cell under a version of a key: JSON, so that no two are alike."""
        return orjson.dumps([self.table, self.column, self.row, version])


def new_key() -> bytes:
    """Return 256 random bits."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, clear: bytes, associated: bytes) -> bytes:
    """Return nonce, ciphertext and tag in one."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, clear, associated)


def unseal(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    """Return what was sealed; raise `CannotOpen` if anything is not as it was."""
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise CannotOpen("a sealed text is too short")
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated)
    except InvalidTag:
        raise CannotOpen("a sealed text, its place or its key is not what it was") from None
