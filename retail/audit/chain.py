"""How entries of a chain are bound to one another: the same arithmetic as `log_link` in SQL."""

from dataclasses import dataclass
from hashlib import sha256
from struct import pack
from uuid import UUID

NO_HASH = bytes(32)
"""What stands before the first entry of a chain."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands: its newest entry's number and hash."""

    store_id: UUID
    seq: int
    hash: bytes

    def leaf(self) -> bytes:
        """Return the leaf of the tree over all heads."""
        return self.store_id.bytes + pack(">q", self.seq) + self.hash


def entry_hash(before: bytes, store_id: UUID, seq: int, body: str) -> bytes:
    """Return the hash of an entry that follows one with the hash `before`."""
    return link_hash(before, store_id.bytes, seq, body)


def link_hash(before: bytes, store: bytes, seq: int, body: str) -> bytes:
    """Return the same for a store given as bytes, which a long chain needs only once."""
    return sha256(before + store + pack(">q", seq) + sha256(body.encode()).digest()).digest()
