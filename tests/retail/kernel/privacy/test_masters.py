"""The ring: the first key seals, all open, none shows itself, and each use has a key of its own."""

import base64

import pytest

from retail.kernel.privacy.masters import BadMasterKeys, MasterKeys, Wrapped, new_master_key
from retail.kernel.privacy.sealing import CannotOpen, Place

OLD, NEW = new_master_key("old"), new_master_key("new")
HERE = Place("data_key", "wrapped", "1 1")


def ring(*entries: str) -> MasterKeys:
    return MasterKeys.parse(",".join(entries))


def test_the_first_key_seals_and_all_open() -> None:
    wrapped = ring(OLD).wrap(b"secret", HERE)

    rotating = ring(NEW, OLD)

    assert (wrapped.master_id, rotating.first, rotating.ids) == ("old", "new", ("new", "old"))
    assert rotating.unwrap(wrapped, HERE) == b"secret"
    assert rotating.wrap(b"secret", HERE).master_id == "new"


def test_a_key_that_is_not_on_the_ring_opens_nothing() -> None:
    wrapped = ring(OLD).wrap(b"secret", HERE)

    with pytest.raises(CannotOpen, match="old is not on the ring"):
        ring(NEW).unwrap(wrapped, HERE)


def test_another_key_of_the_same_name_opens_nothing() -> None:
    wrapped = ring(OLD).wrap(b"secret", HERE)

    with pytest.raises(CannotOpen):
        ring(new_master_key("old")).unwrap(wrapped, HERE)


def test_a_wrapped_secret_opens_in_its_own_row_only() -> None:
    wrapped = ring(OLD).wrap(b"secret", HERE)

    with pytest.raises(CannotOpen):
        ring(OLD).unwrap(wrapped, Place("data_key", "wrapped", "2 1"))


def test_a_renamed_wrapping_key_is_noticed() -> None:
    key = OLD.partition(":")[2]
    both = ring(OLD, f"copy:{key}")
    wrapped = both.wrap(b"secret", HERE)

    with pytest.raises(CannotOpen):
        both.unwrap(Wrapped("copy", wrapped.sealed), HERE)


def test_a_secret_in_a_text_column_names_its_key_and_opens_in_its_place() -> None:
    text = ring(OLD).wrap_text("秘密", HERE)

    assert text.startswith("wrapped:old:")
    assert ring(NEW, OLD).unwrap_text(text, HERE) == "秘密"
    assert not ring(NEW, OLD).wraps_first(text)
    for wrong in ("秘密", "wrapped:old:%%%", "wrapped:old:", "wrapped:", text[:-8], text.replace("old", "new")):
        with pytest.raises(CannotOpen):
            ring(NEW, OLD).unwrap_text(wrong, HERE)


def test_each_use_has_a_key_of_its_own() -> None:
    keys = ring(OLD)
    derived = {keys.derive(label) for label in ("operation log", "blind index phone", "request")}

    assert len(derived) == 3
    assert base64.b64decode(OLD.partition(":")[2]) not in derived
    assert keys.derive("operation log") == ring(OLD, NEW).derive("operation log")
    assert keys.derive("operation log") == ring(NEW, OLD).derive("operation log", master_id="old")
    assert len(keys.derive("operation log", length=64)) == 64
    with pytest.raises(CannotOpen):
        keys.derive("operation log", master_id="new")


def test_a_blind_index_finds_a_value_also_after_a_rotation() -> None:
    written = ring(OLD).blind("phone", "+8613800000001")

    assert written in ring(NEW, OLD).blinds("phone", "+8613800000001")
    assert written not in ring(NEW, OLD).blinds("phone", "+8613800000002")
    assert written not in ring(NEW, OLD).blinds("name", "+8613800000001")
    assert written not in ring(NEW).blinds("phone", "+8613800000001")


def test_no_key_shows_in_a_text() -> None:
    keys = ring(OLD, NEW)
    secrets = [entry.partition(":")[2] for entry in (OLD, NEW)]

    shown = f"{keys} {keys!r} {keys.wrap(b'secret', HERE)!r}"

    assert shown.startswith("MasterKeys(old, new) MasterKeys(old, new)")
    assert not any(secret in shown for secret in secrets)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "key 1 is not like id:base64"),
        ("nonsense", "key 1 is not like id:base64"),
        ("a b:QUJD", "key 1 is not like id:base64"),
        ("k:QUJD", "key k is not 32 bytes"),
        ("k:not base64!", "key k is not 32 bytes"),
        (f"{OLD},{OLD}", "key old is there twice"),
        (f"{OLD},", "key 2 is not like id:base64"),
    ],
)
def test_a_ring_that_cannot_be_read_says_why_and_shows_nothing(text: str, why: str) -> None:
    with pytest.raises(BadMasterKeys, match=why) as said:
        MasterKeys.parse(text)

    assert OLD.partition(":")[2] not in str(said.value)


def test_the_printed_key_of_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(BadMasterKeys):
        new_master_key("my key")
