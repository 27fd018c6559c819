"""In-store codes: what a shop's own scale prints on what it has weighed, read into an item and a weight or a price.

A code has 13 digits: a prefix (02, or 2 and one or two digits), the item, perhaps a price check digit, the value in
grams or fen, and the check digit. The catalogue knows the item by its base code: the same code with nothing
weighed, that is with zeros for price check and value. `pwa/src/data/in-store-codes.ts` reads them in the same way;
one file of vectors tests both.

Source: GS1 General Specifications, sections 2.1.14.2 (variable measure) and 7.9 (check digits; the verifier of a
price or weight of four or five digits).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from retail.catalogue.codes import check_digit, is_gtin

LENGTH = 13
GRAMS_OF_PACK = 1000
"""A base code of weighed goods stands for a kilogram: its pack units are the base units of one."""
_PREFIX = re.compile(r"02|2[0-9][0-9]?")
_VALUE_DIGITS = range(4, 7)
_VERIFIED = {4, 5}
_ITEM_DIGITS = range(3, 8)

_TWO_MINUS = (0, 2, 4, 6, 8, 9, 1, 3, 5, 7)
_THREE = (0, 3, 6, 9, 2, 5, 8, 1, 4, 7)
_FIVE_PLUS = (0, 5, 1, 6, 2, 7, 3, 8, 4, 9)
_FIVE_MINUS = (0, 5, 9, 4, 8, 3, 7, 2, 6, 1)
_OF_FOUR = (_TWO_MINUS, _TWO_MINUS, _THREE, _FIVE_MINUS)
_OF_FIVE = (_FIVE_PLUS, _TWO_MINUS, _FIVE_MINUS, _FIVE_PLUS, _TWO_MINUS)


class Measure(StrEnum):
    """What the value in a code is."""

    GRAMS = "grams"
    FEN = "fen"


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a scale writes its codes."""

    prefix: str
    item_digits: int
    value_digits: int
    measure: Measure
    price_check: bool

    @property
    def is_sound(self) -> bool:
        """Say whether codes can be written and read like this."""
        digits = len(self.prefix) + self.item_digits + self.value_digits + self.price_check
        return (
            _PREFIX.fullmatch(self.prefix) is not None
            and self.item_digits in _ITEM_DIGITS
            and self.value_digits in _VALUE_DIGITS
            and (not self.price_check or self.value_digits in _VERIFIED)
            and digits == LENGTH - 1
        )


@dataclass(frozen=True, slots=True)
class Weighed:
    """A code that was read: the item by its base code, and how much of it, in grams or fen."""

    base: str
    measure: Measure
    value: int


def price_check_digit(value: str) -> str:
    """Return the verifier of a price or weight of four or five digits."""
    if len(value) == len(_OF_FOUR):
        total = sum(weights[int(digit)] for weights, digit in zip(_OF_FOUR, value, strict=True))
        return str(total * 3 % 10)
    total = sum(weights[int(digit)] for weights, digit in zip(_OF_FIVE, value, strict=True))
    return str(_FIVE_MINUS.index(-total % 10))


def read(code: str, patterns: Iterable[Pattern]) -> Weighed | None:
    """Return what a code says of the scale that printed it; None if no pattern fits or a check digit is wrong."""
    whole = f"0{code}" if len(code) == LENGTH - 1 else code  # a scanner may leave out the zero before UPC-A
    if len(whole) != LENGTH or not is_gtin(whole):
        return None
    fitting = [each for each in patterns if whole.startswith(each.prefix)]
    if not fitting:
        return None
    pattern = max(fitting, key=lambda each: len(each.prefix))
    value = whole[LENGTH - 1 - pattern.value_digits : LENGTH - 1]
    item_end = len(pattern.prefix) + pattern.item_digits
    if pattern.price_check and int(value) and whole[item_end] != price_check_digit(value):
        return None
    return Weighed(base_code(whole[:item_end]), pattern.measure, int(value))


def base_code(prefix_and_item: str) -> str:
    """Return the code by which the catalogue knows an item: nothing weighed."""
    body = prefix_and_item.ljust(LENGTH - 1, "0")
    return body + check_digit(body)


def units_of(weighed: Weighed, *, pack_units: int, unit_fen: int | None) -> int | None:
    """Return the base units in a package, at least one; None if it takes a price and there is none.

    Of a weight: `pack_units` base units are a kilogram. Of a price: `unit_fen` is the price of a base unit.
    A base code alone, without a value, stands for one base unit.
    """
    if weighed.value == 0:
        return 1
    if weighed.measure is Measure.GRAMS:
        return max(1, _rounded(weighed.value * pack_units, GRAMS_OF_PACK))
    if not unit_fen:
        return None
    return max(1, _rounded(weighed.value, unit_fen))


def _rounded(number: int, by: int) -> int:
    """Return a quotient of positive numbers, a half rounded up."""
    return (2 * number + by) // (2 * by)
