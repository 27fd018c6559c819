"""What a code that nobody knows may be: pure guesses from the digits, for somebody to choose from.

One digit misread, or two neighbours exchanged, makes another code of the same length; codes of one maker begin with
the same digits (the GS1 company prefix has 6 to 12, so nine are a fair sign of it).
"""

from enum import StrEnum
from itertools import pairwise

MAKER_DIGITS = 9
_LONGEST = 14


class Likeness(StrEnum):
    """Why an item is suggested; the first is the better reason."""

    ONE_DIGIT_OFF = "one_digit_off"
    SAME_MAKER = "same_maker"


def misread(code: str) -> set[str]:
    """Return every code of digits that differs in one digit, or in two neighbours that changed places."""
    if not (code.isascii() and code.isdigit() and len(code) <= _LONGEST):
        return set()
    near = {f"{code[:n]}{digit}{code[n + 1 :]}" for n in range(len(code)) for digit in "0123456789"}
    near |= {f"{code[:n]}{b}{a}{code[n + 2 :]}" for n, (a, b) in enumerate(pairwise(code))}
    return near - {code}


def maker(code: str) -> str | None:
    """Return the digits by which codes of the same maker begin; None for what is no maker's GTIN-13."""
    is_makers = len(code) == 13 and code.isascii() and code.isdigit() and not code.startswith(("2", "02"))  # noqa: PLR2004 -- GTIN-13
    return code[:MAKER_DIGITS] if is_makers else None
