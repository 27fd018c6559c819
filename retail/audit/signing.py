"""Signatures of seals: Ed25519, by a key that is named after itself."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY_BYTES = 32
LABEL = "operation log seals"
"""The label under which the ring of master keys derives the seed of a signing key."""


class Signer(Protocol):
    """Whoever signs seals."""

    @property
    def public_keys(self) -> Mapping[str, bytes]:
        """Return the public keys that have signed seals, by name; the first signs now."""

    def sign(self, text: bytes) -> bytes:
        """Return the 64 bytes of a signature by the first key."""


class SealKeys:
    """Private keys in this process, the one that signs first; nothing of them shows in a text of this object."""

    __slots__ = ("_private", "public_keys")

    def __init__(self, seeds: Sequence[bytes]) -> None:
        private = [Ed25519PrivateKey.from_private_bytes(seed) for seed in seeds]
        self._private = private[0]
        self.public_keys = {key_name(public): public for public in (k.public_key().public_bytes_raw() for k in private)}

    def sign(self, text: bytes) -> bytes:
        """Return the signature of a text by the first key."""
        return self._private.sign(text)

    def __repr__(self) -> str:
        return f"SealKeys({', '.join(self.public_keys)})"


def key_name(public_key: bytes) -> str:
    """Return the name by which a seal says what key has signed it."""
    return sha256(public_key).hexdigest()[:16]


def is_signed(public_key: bytes, text: bytes, signature: bytes) -> bool:
    """Say whether a signature of a text is that of a key."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True
