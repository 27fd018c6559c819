"""Merkle trees as RFC 9162 (section 2.1) has them: roots, inclusion proofs and consistency proofs.

A leaf's hash is SHA-256(0x00 || leaf), a node's SHA-256(0x01 || left || right); a tree of n leaves splits
at the largest power of two below n. `Frontier` grows a tree leaf by leaf in the space of one path, and
`Levels` keeps the root of many leaves of which few change. The proofs need the hashes of all leaves; whoever checks one
needs nothing of ours (docs/operation-log.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256().digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over two others."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Frontier:
    """A tree that only grows: its size, and the roots of its full subtrees from left to right."""

    size: int = 0
    roots: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes) -> None:
        """Put a leaf's hash at the end."""
        self.roots.append(leaf)
        # A full subtree on the left is joined as often as the old size has ones at its end.
        size = self.size
        while size & 1:
            right, left = self.roots.pop(), self.roots.pop()
            self.roots.append(node_hash(left, right))
            size >>= 1
        self.size += 1

    def root(self) -> bytes:
        """Return the root of all leaves."""
        if not self.roots:
            return EMPTY_ROOT
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = node_hash(left, root)
        return root

    def pack(self) -> bytes:
        """Return the roots as bytes, for keeping."""
        return b"".join(self.roots)

    @classmethod
    def unpack(cls, size: int, packed: bytes) -> "Frontier":
        """Return a tree of a size whose roots were packed."""
        if len(packed) != HASH_BYTES * size.bit_count():
            raise ValueError("a frontier has one root for each one in the binary size")
        return cls(size, [packed[n : n + HASH_BYTES] for n in range(0, len(packed), HASH_BYTES)])


class Levels:
    """A tree whose leaves may change: a change costs one path."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            self._levels.append([_joined(below, n) for n in range((len(below) + 1) // 2)])

    def change(self, place: int, leaf: bytes) -> None:
        """Put another leaf's hash at a place that is there already."""
        self._levels[0][place] = leaf
        for below, above in zip(self._levels, self._levels[1:], strict=False):
            place //= 2
            above[place] = _joined(below, place)

    def root(self) -> bytes:
        """Return the root of all leaves."""
        return self._levels[-1][0] if self._levels[-1] else EMPTY_ROOT


def _joined(below: Sequence[bytes], place: int) -> bytes:
    """Return the node over two neighbours; the last without a neighbour goes up as it is."""
    left = below[2 * place]
    return node_hash(left, below[2 * place + 1]) if 2 * place + 1 < len(below) else left


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    return Levels(leaves).root()


def inclusion_proof(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """Return what proves that a leaf stands at a place, from the leaf upwards (RFC 9162, 2.1.3.1)."""
    if not 0 <= place < len(leaves):
        raise IndexError(place)
    path: list[bytes] = []
    level = list(leaves)
    while len(level) > 1:
        neighbour = place ^ 1
        if neighbour < len(level):
            path.append(level[neighbour])
        level = [_joined(level, n) for n in range((len(level) + 1) // 2)]
        place //= 2
    return path


def consistency_proof(leaves: Sequence[bytes], size: int) -> list[bytes]:
    """Return what proves that a tree has grown out of that of its first leaves (RFC 9162, 2.1.4.1)."""
    if not 0 < size <= len(leaves):
        raise IndexError(size)
    return _subproof(leaves, size, whole=True)


def _subproof(leaves: Sequence[bytes], size: int, *, whole: bool) -> list[bytes]:
    count = len(leaves)
    if size == count:
        return [] if whole else [root_of(leaves)]
    split = 1 << ((count - 1).bit_length() - 1)
    if size <= split:
        return [*_subproof(leaves[:split], size, whole=whole), root_of(leaves[split:])]
    return [*_subproof(leaves[split:], size - split, whole=False), root_of(leaves[:split])]
