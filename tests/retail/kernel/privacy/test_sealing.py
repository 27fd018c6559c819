"""What is sealed opens in its own place, whole and unchanged, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.kernel.privacy.sealing import CannotOpen, Place, new_key, seal, unseal

HERE = Place("personal_value", "phone", "1")
KEY = new_key()


@given(st.text())
def test_what_was_sealed_opens_again(clear: str) -> None:
    sealed = seal(KEY, clear.encode(), HERE.associated("1"))

    assert unseal(KEY, sealed, HERE.associated("1")).decode() == clear


@pytest.mark.parametrize(
    ("place", "version"),
    [
        (Place("personal_values", "phone", "1"), "1"),
        (Place("personal_value", "name", "1"), "1"),
        (Place("personal_value", "phone", "2"), "1"),
        (Place("personal_valuephone", "", "1"), "1"),
        (HERE, "2"),
    ],
)
def test_a_sealed_text_that_was_moved_to_another_cell_does_not_open(place: Place, version: str) -> None:
    sealed = seal(KEY, b"+8613800000001", HERE.associated("1"))

    with pytest.raises(CannotOpen):
        unseal(KEY, sealed, place.associated(version))


def test_another_key_does_not_open_it() -> None:
    sealed = seal(KEY, b"+8613800000001", HERE.associated("1"))

    with pytest.raises(CannotOpen):
        unseal(new_key(), sealed, HERE.associated("1"))


@given(st.integers(min_value=0, max_value=41), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_is_noticed(place: int, change: int) -> None:
    sealed = bytearray(seal(KEY, b"+8613800000001", HERE.associated("1")))
    sealed[place] ^= change

    with pytest.raises(CannotOpen):
        unseal(KEY, bytes(sealed), HERE.associated("1"))


@pytest.mark.parametrize("length", range(42))
def test_a_cut_text_does_not_open(length: int) -> None:
    sealed = seal(KEY, b"+8613800000001", HERE.associated("1"))

    with pytest.raises(CannotOpen) as said:
        unseal(KEY, sealed[:length], HERE.associated("1"))

    assert "138" not in str(said.value)


def test_the_same_text_is_never_sealed_alike() -> None:
    assert len({seal(KEY, b"+8613800000001", HERE.associated("1")) for _ in range(100)}) == 100
