"""When a count must be checked: thresholds that a chain may set, and the pure rule that reads them.

The rule looks at one difference in base units. It wants a recount from a value (at the list price) or from a
percentage of the book on, or when one figure is many times the other (a slip of the finger); and a second person
from higher ones on. A percentage alone says nothing of few units, so it counts only from some units on.
"""

from dataclasses import asdict, dataclass, fields
from enum import IntEnum
from typing import Any

from retail.kernel.refusal import Problem

PERCENT_AT_MOST = 100
UNITS_AT_MOST = 1_000_000
JUMP_AT_LEAST = 2
JUMP_AT_MOST = 100
FEN_AT_MOST = 100_000_000_000


@dataclass(frozen=True, slots=True)
class CountPolicy:
    """Money in fen, percentages of the book, units in base units."""

    recount_fen: int = 5_000
    recount_percent: int = 10
    recount_units: int = 3
    confirm_fen: int = 50_000
    confirm_percent: int = 50
    confirm_units: int = 20
    odd_jump: int = 5

    def problems(self) -> list[Problem]:
        """Return what is wrong with thresholds that somebody wants to set."""
        found = []
        for path, least, value, most in (
            ("recountValue", 1, self.recount_fen, FEN_AT_MOST),
            ("recountPercent", 1, self.recount_percent, PERCENT_AT_MOST),
            ("recountUnits", 1, self.recount_units, UNITS_AT_MOST),
            ("confirmValue", self.recount_fen, self.confirm_fen, FEN_AT_MOST),
            ("confirmPercent", self.recount_percent, self.confirm_percent, PERCENT_AT_MOST),
            ("confirmUnits", self.recount_units, self.confirm_units, UNITS_AT_MOST),
            ("oddJump", JUMP_AT_LEAST, self.odd_jump, JUMP_AT_MOST),
        ):
            if not least <= value <= most:
                words = (f"{least:,} to {most:,}.", f"须在 {least:,} 到 {most:,} 之间。")
                found.append(Problem(path, "OUT_OF_RANGE", *words))
        return found

    def stored(self) -> dict[str, int]:
        """Return it as JSON."""
        return asdict(self)


def restored_policy(stored: Any) -> CountPolicy:
    """Return a stored policy; thresholds that it does not know have their defaults."""
    return CountPolicy(**{each.name: stored[each.name] for each in fields(CountPolicy) if each.name in stored})


class Grade(IntEnum):
    """How much a difference has to be checked."""

    FINE = 0
    RECOUNT = 1
    CONFIRM = 2


def grade(difference: int, *, book: int, price_fen: int | None, policy: CountPolicy) -> Grade:
    """Say how much a difference from the book has to be checked; an unknown price leaves out the value."""
    units = abs(difference)
    if units == 0:
        return Grade.FINE
    fen = 0 if price_fen is None else units * price_fen
    # Of a book that holds nothing, any difference is more than all.
    percent = units * 100 / book if book > 0 else PERCENT_AT_MOST
    if fen >= policy.confirm_fen or (percent >= policy.confirm_percent and units >= policy.confirm_units):
        return Grade.CONFIRM
    if fen >= policy.recount_fen or (percent >= policy.recount_percent and units >= policy.recount_units):
        return Grade.RECOUNT
    return Grade.RECOUNT if _is_odd_jump(book + difference, book, policy) else Grade.FINE


def _is_odd_jump(counted: int, book: int, policy: CountPolicy) -> bool:
    """Say whether one figure is so many times the other that a key was pressed twice or a case taken for one."""
    less, more = sorted((counted, book))
    return less > 0 and more >= less * policy.odd_jump
