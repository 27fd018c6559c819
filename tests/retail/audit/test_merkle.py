"""Trees and proofs against RFC 9162's own recursive definition, and against its published test vectors."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.audit.merkle import (
    Frontier,
    Levels,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
)
from tests.support.rfc9162 import has_grown, includes

# The leaves and roots that Certificate Transparency's implementations are tested with.
CT_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

# Of two that are equal, each is proven in the place of the other.
leaves_of = st.lists(st.binary(max_size=8).map(leaf_hash), min_size=1, max_size=80, unique=True)


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + by_definition(leaves[:k]) + by_definition(leaves[k:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    leaves = [leaf_hash(bytes.fromhex(leaf)) for leaf in CT_LEAVES[:size]]

    assert root_of(leaves).hex() == CT_ROOTS[size - 1]


@given(leaves_of)
def test_a_root_is_what_the_definition_says_however_the_tree_was_made(leaves: list[bytes]) -> None:
    grown = Frontier()
    for leaf in leaves:
        grown.add(leaf)
    kept = Frontier.unpack(grown.size, grown.pack())

    assert root_of(leaves) == grown.root() == kept.root() == by_definition(leaves)


@given(leaves_of, st.data())
def test_a_changed_leaf_changes_the_root_as_if_it_had_always_been_there(
    leaves: list[bytes], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    tree, other = Levels(leaves), leaf_hash(b"other")

    tree.change(place, other)

    assert tree.root() == by_definition([*leaves[:place], other, *leaves[place + 1 :]])


@given(leaves_of, st.data())
def test_a_leaf_is_proven_in_its_place_and_nowhere_else(leaves: list[bytes], data: st.DataObject) -> None:
    place, elsewhere = (data.draw(st.integers(0, len(leaves) - 1)) for _ in "ab")
    root, path = root_of(leaves), inclusion_proof(leaves, place)

    assert includes(root, len(leaves), place, leaves[place], path)
    assert includes(root, len(leaves), elsewhere, leaves[place], path) == (elsewhere == place)
    assert not includes(root, len(leaves), place, leaf_hash(b"another leaf"), path)
    assert not includes(leaf_hash(b"another root"), len(leaves), place, leaves[place], path)
    assert not includes(root, len(leaves), place, leaves[place], [*path, root])
    assert not path or not includes(root, len(leaves), place, leaves[place], path[:-1])


@given(leaves_of, st.data())
def test_a_tree_is_proven_to_have_grown_out_of_its_beginning_and_of_nothing_else(
    leaves: list[bytes], data: st.DataObject
) -> None:
    size = data.draw(st.integers(1, len(leaves)))
    before, root = root_of(leaves[:size]), root_of(leaves)
    path = consistency_proof(leaves, size)
    rewritten = root_of([leaf_hash(b"rewritten"), *leaves[1:size]])

    assert has_grown(size, before, len(leaves), root, path)
    assert not has_grown(size, rewritten, len(leaves), root, path)
    assert not has_grown(size, before, len(leaves), leaf_hash(b"another root"), path)
    assert not has_grown(size, before, len(leaves), root, [*path, root])
    assert not path or not has_grown(size, before, len(leaves), root, path[:-1])


def test_nothing_is_proven_outside_of_a_tree() -> None:
    leaves = [leaf_hash(b"a"), leaf_hash(b"b")]

    with pytest.raises(IndexError):
        inclusion_proof(leaves, 2)
    with pytest.raises(IndexError):
        consistency_proof(leaves, 3)
    assert not includes(root_of(leaves), 2, 2, leaves[1], [leaves[0]])
    assert not has_grown(3, root_of(leaves), 2, root_of(leaves), [])
    with pytest.raises(ValueError, match="frontier"):
        Frontier.unpack(2, b"")
