"""GTINs: what is printed on goods, and how a scanned one is read.

Source of the check digit: GS1 General Specifications, section 7.9 (weights 3 and 1 from the
right, modulo 10).
"""

GTIN_LENGTHS = frozenset({8, 12, 13, 14})


def check_digit(body: str) -> str:
    """Return the check digit of a GTIN's digits without their last one."""
    total = sum(int(d) * (3 if n % 2 == 0 else 1) for n, d in enumerate(reversed(body)))
    return str(-total % 10)


def is_gtin(text: str) -> bool:
    """Say whether a text is a GTIN-8, -12, -13 or -14 with a right check digit."""
    return len(text) in GTIN_LENGTHS and text.isascii() and text.isdigit() and check_digit(text[:-1]) == text[-1]


def plain_gtin(text: str) -> str:
    """Return a GTIN without the zeros that scanners add: UPC-A and GTIN-14 forms meet as EAN-13."""
    bare = text.lstrip("0")
    return bare.rjust(13, "0") if len(bare) <= 13 else bare  # noqa: PLR2004 -- EAN-13
