"""Checking Merkle proofs as a third party does: by RFC 9162's own steps, with nothing of ours."""

from collections.abc import Sequence
from hashlib import sha256


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def includes(root: bytes, size: int, place: int, leaf: bytes, path: Sequence[bytes]) -> bool:
    """Say whether a path proves that a leaf's hash stands at a place of a tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= place < size:
        return False
    number, last, found = place, size - 1, leaf
    for one in path:
        if last == 0:
            return False
        if number & 1 or number == last:
            found = node_hash(one, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, one)
        number, last = number >> 1, last >> 1
    return last == 0 and found == root


def has_grown(first_size: int, first_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Say whether a path proves that a tree has grown out of a smaller one (RFC 9162, 2.1.4.2)."""
    if not 0 < first_size <= size:
        return False
    if first_size == size:
        return not path and first_root == root
    rest = [first_root, *path] if first_size & (first_size - 1) == 0 else list(path)
    if not rest:
        return False
    number, last = first_size - 1, size - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    before = after = rest[0]
    for one in rest[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            before, after = node_hash(one, before), node_hash(one, after)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            after = node_hash(after, one)
        number, last = number >> 1, last >> 1
    return last == 0 and before == first_root and after == root
