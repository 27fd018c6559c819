"""Tags: the 96 bits of an SGTIN-96, read into the GTIN-14 of the item and the serial number of the one piece.

Source: GS1 EPC Tag Data Standard, sections 14.5.1 (SGTIN-96) and its partition table 14-2.
"""

import string
from dataclasses import dataclass

from retail.catalogue.codes import check_digit

HEX_DIGITS = 24
_HEADER = 0x30
_COMPANY_BITS = (40, 37, 34, 30, 27, 24, 20)
_COMPANY_DIGITS = (12, 11, 10, 9, 8, 7, 6)
_GTIN_BODY_DIGITS = 13
_BITS_OF_BOTH = 44
_SERIAL_BITS = 38


@dataclass(frozen=True, slots=True)
class Tag:
    """One tagged piece: its 12 bytes, the GTIN-14 of what it is, which one it is, and the packing level."""

    epc: bytes
    gtin: str
    serial: int
    filter: int


class MalformedEpc(ValueError):
    """The text is no EPC of an SGTIN-96; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_sgtin(text: str) -> Tag:
    """Return the tag of an EPC in 24 hexadecimal digits; raises `MalformedEpc`."""
    if len(text) != HEX_DIGITS or not set(text) <= set(string.hexdigits):
        raise MalformedEpc("NOT_AN_EPC")
    epc = bytes.fromhex(text)
    if epc[0] != _HEADER:
        raise MalformedEpc("NOT_AN_SGTIN")
    bits = int.from_bytes(epc)
    partition = bits >> (_SERIAL_BITS + _BITS_OF_BOTH) & 0b111
    if partition >= len(_COMPANY_BITS):
        raise MalformedEpc("PARTITION")
    item_bits = _BITS_OF_BOTH - _COMPANY_BITS[partition]
    company = bits >> (_SERIAL_BITS + item_bits) & (1 << _COMPANY_BITS[partition]) - 1
    item = bits >> _SERIAL_BITS & (1 << item_bits) - 1
    company_digits = _COMPANY_DIGITS[partition]
    item_digits = _GTIN_BODY_DIGITS - company_digits
    if company >= 10**company_digits or item >= 10**item_digits:
        raise MalformedEpc("OUT_OF_RANGE")
    # The item reference begins with the indicator digit, which comes first in a GTIN-14.
    reference = f"{item:0{item_digits}d}"
    body = f"{reference[0]}{company:0{company_digits}d}{reference[1:]}"
    serial = bits & (1 << _SERIAL_BITS) - 1
    level = bits >> (_SERIAL_BITS + _BITS_OF_BOTH + 3) & 0b111
    return Tag(epc, body + check_digit(body), serial, level)
