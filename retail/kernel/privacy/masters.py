"""The ring of master keys: the first seals, all open. Nothing of a key shows in a text of this object.

A master key itself seals nothing: every use has a key of its own, derived by HKDF-SHA-256 (RFC 5869)
under a label, so that no two uses can be confused. What a key of the ring has derived changes when
another key becomes the first; whoever compares derived values therefore compares with each key's.
"""

import hmac
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from retail.kernel.privacy.sealing import KEY_BYTES, CannotOpen, Place, new_key, seal, unseal

_ID = re.compile(r"[a-zA-Z0-9._-]{1,32}")
_WRAP = "wrap"
WRAPPED = "wrapped:"
"""What a text that is wrapped begins with."""


class BadMasterKeys(ValueError):
    """A text is no ring of master keys; the message says why and shows nothing of it but ids."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """Something sealed by a master key of the ring."""

    master_id: str
    sealed: bytes


class MasterKeys:
    """The keys of the ring by id, the one that seals first."""

    __slots__ = ("_keys", "_wrapping")

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise BadMasterKeys("holds no key")
        self._keys = dict(keys)
        self._wrapping = {master_id: _derived(key, _WRAP, KEY_BYTES) for master_id, key in keys.items()}

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `id:base64,id2:base64`, each of 32 bytes; raise `BadMasterKeys` for anything else."""
        keys: dict[str, bytes] = {}
        for number, entry in enumerate(text.split(","), 1):
            master_id, colon, coded = entry.strip().partition(":")
            if not colon or not _ID.fullmatch(master_id):
                raise BadMasterKeys(f"key {number} is not like id:base64 (an id has letters, digits, '.', '_', '-')")
            try:
                key = b64decode(coded, validate=True)
            except (NotBase64, ValueError):
                key = b""
            if len(key) != KEY_BYTES:
                raise BadMasterKeys(f"key {master_id} is not {KEY_BYTES} bytes of base64")
            if master_id in keys:
                raise BadMasterKeys(f"key {master_id} is there twice")
            keys[master_id] = key
        return cls(keys)

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the ids, the one that seals first."""
        return tuple(self._keys)

    @property
    def first(self) -> str:
        """Return the id of the key that seals."""
        return self.ids[0]

    def wrap(self, clear: bytes, place: Place) -> Wrapped:
        """Seal a secret for one cell with the first key."""
        return Wrapped(self.first, seal(self._wrapping[self.first], clear, place.associated(self.first)))

    def unwrap(self, wrapped: Wrapped, place: Place) -> bytes:
        """Open a secret of a cell; raise `CannotOpen` if its key is not on the ring or anything has changed."""
        key = self._wrapping.get(wrapped.master_id)
        if key is None:
            raise CannotOpen(f"the master key {wrapped.master_id} is not on the ring")
        return unseal(key, wrapped.sealed, place.associated(wrapped.master_id))

    def wrap_text(self, clear: str, place: Place) -> str:
        """Seal a secret for a text column, with the id of the key."""
        wrapped = self.wrap(clear.encode(), place)
        return f"{WRAPPED}{wrapped.master_id}:{b64encode(wrapped.sealed).decode()}"

    def unwrap_text(self, text: str, place: Place) -> str:
        """Open what `wrap_text` sealed; raise `CannotOpen` if it is not that, or anything has changed."""
        if not text.startswith(WRAPPED):
            raise CannotOpen("not a wrapped text")
        master_id, _, coded = text.removeprefix(WRAPPED).partition(":")
        try:
            sealed = b64decode(coded, validate=True)
        except (NotBase64, ValueError):
            raise CannotOpen("a wrapped text is not base64") from None
        return self.unwrap(Wrapped(master_id, sealed), place).decode()

    def wraps_first(self, text: str) -> bool:
        """Say whether the first key has wrapped a text."""
        return text.startswith(f"{WRAPPED}{self.first}:")

    def derive(self, label: str, *, master_id: str | None = None, length: int = KEY_BYTES) -> bytes:
        """Return a key for another use, from the first or a named key of the ring; the same for the same label.

        A named key that is not on the ring raises `CannotOpen`.
        """
        key = self._keys.get(master_id or self.first)
        if key is None:
            raise CannotOpen(f"the master key {master_id} is not on the ring")
        return _derived(key, f"use {label}", length)

    def blind(self, label: str, value: str) -> bytes:
        """Return what finds a value again without showing it: HMAC-SHA-256 under a key of the label."""
        return _blind(self.derive(f"blind index {label}"), value)

    def blinds(self, label: str, value: str) -> list[bytes]:
        """Return what `blind` is under each key of the ring, to find what was written before a rotation."""
        return [_blind(self.derive(f"blind index {label}", master_id=each), value) for each in self.ids]

    def __repr__(self) -> str:
        return f"MasterKeys({', '.join(self.ids)})"


def new_master_key(master_id: str) -> str:
    """Return a fresh entry for the ring."""
    if not _ID.fullmatch(master_id):
        raise BadMasterKeys("an id has 1 to 32 letters, digits, '.', '_' or '-'")
    return f"{master_id}:{b64encode(new_key()).decode()}"


def _derived(key: bytes, label: str, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=f"trueshelf {label}".encode()).derive(key)


def _blind(key: bytes, value: str) -> bytes:
    return hmac.new(key, value.encode(), sha256).digest()
