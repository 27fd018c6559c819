"""Tags are read by the GS1 EPC Tag Data Standard: the right GTIN and serial number, or a reason why not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.catalogue.codes import is_gtin
from retail.shelves.epc import MalformedEpc, read_sgtin

# Bits and digits of the company prefix by partition: table 14-2 of the standard, written down once more.
TABLE = {0: (40, 12), 1: (37, 11), 2: (34, 10), 3: (30, 9), 4: (27, 8), 5: (24, 7), 6: (20, 6)}


def encoded(partition: int, company: int, item: int, serial: int, level: int = 1, header: int = 0x30) -> str:
    """Return an EPC in hexadecimal, put together as a text of bits."""
    company_bits, _ = TABLE.get(partition, (40, 12))
    bits = f"{header:08b}{level:03b}{partition:03b}{company:0{company_bits}b}{item:0{44 - company_bits}b}{serial:038b}"
    return f"{int(bits, 2):024X}"


def test_the_standards_own_example_is_read() -> None:
    tag = read_sgtin("3074257BF7194E4000001A85")

    # urn:epc:tag:sgtin-96:3.0614141.812345.6789
    assert (tag.gtin, tag.serial, tag.filter) == ("80614141123458", 6789, 3)
    assert tag.epc.hex() == "3074257bf7194e4000001a85"


def test_small_letters_are_the_same_tag() -> None:
    assert read_sgtin("3074257bf7194e4000001a85") == read_sgtin("3074257BF7194E4000001A85")


@given(data=st.data(), partition=st.sampled_from(sorted(TABLE)))
def test_every_tag_of_every_partition_comes_back(data: st.DataObject, partition: int) -> None:
    company_digits = TABLE[partition][1]
    company = data.draw(st.integers(0, 10**company_digits - 1))
    item = data.draw(st.integers(0, 10 ** (13 - company_digits) - 1))
    serial = data.draw(st.integers(0, 2**38 - 1))

    tag = read_sgtin(encoded(partition, company, item, serial))

    reference = f"{item:0{13 - company_digits}d}"
    assert tag.gtin[:-1] == reference[0] + f"{company:0{company_digits}d}" + reference[1:]
    assert is_gtin(tag.gtin)
    assert tag.serial == serial


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "NOT_AN_EPC"),
        ("3074257BF7194E4000001A8", "NOT_AN_EPC"),
        ("3074257BF7194E4000001A8500", "NOT_AN_EPC"),
        ("3074257BF7194E4000001A8G", "NOT_AN_EPC"),
        ("+074257BF7194E4000001A85", "NOT_AN_EPC"),
        ("３074257BF7194E4000001A85", "NOT_AN_EPC"),
        (encoded(5, 614141, 812345, 6789, header=0x31), "NOT_AN_SGTIN"),
        (encoded(7, 1, 1, 1), "PARTITION"),
        (encoded(5, 10_000_000, 1, 1), "OUT_OF_RANGE"),
        (encoded(5, 614141, 1_000_000, 1), "OUT_OF_RANGE"),
    ],
)
def test_what_is_no_tag_of_goods_says_why(text: str, code: str) -> None:
    with pytest.raises(MalformedEpc) as said:
        read_sgtin(text)

    assert said.value.code == code
