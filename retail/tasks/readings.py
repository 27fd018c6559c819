"""A number that was answered, in words: every digit as it was typed, and its unit in the reader's language.

What is counted in pieces is a whole number and never below zero.
"""

from decimal import Decimal

PIECES = {
    "杯": ("cup", "cups"),
    "瓶": ("bottle", "bottles"),
    "罐": ("can", "cans"),
    "桶": ("tub", "tubs"),
    "盒": ("box", "boxes"),
    "包": ("pack", "packs"),
    "袋": ("bag", "bags"),
    "份": ("portion", "portions"),
    "支": ("stick", "sticks"),
    "根": ("stick", "sticks"),
    "条": ("bar", "bars"),
    "块": ("piece", "pieces"),
    "把": ("piece", "pieces"),
    "个": ("piece", "pieces"),
    "件": ("piece", "pieces"),
    "只": ("piece", "pieces"),
    "套": ("set", "sets"),
    "副": ("pair", "pairs"),
    "双": ("pair", "pairs"),
    "排": ("strip", "strips"),
    "卡": ("card", "cards"),
    "板": ("tray", "trays"),
    "卷": ("roll", "rolls"),
    "提": ("pack", "packs"),
    "箱": ("case", "cases"),
}


def counts_pieces(unit: str | None) -> bool:
    """Say whether a unit counts things, so that there is no half of one."""
    return unit in PIECES


def in_words(number: float, unit: str | None, *, english: bool = False) -> str:
    """Return a number with its unit, as "999,999,999 件" or "15.5 °C"; never rounded, never with an exponent."""
    digits = f"{Decimal(repr(number + 0.0)):,f}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    if not unit:
        return digits
    one, several = PIECES.get(unit, (unit, unit)) if english else (unit, unit)
    return f"{digits} {one if number == 1 else several}"
