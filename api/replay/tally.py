"""What became of what was sent, counted so that every basket and line counts once, over all runs."""

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(slots=True)
class Tally:
    """Counts of baskets, lines, units and money (hundredths); `reasons` counts refused lines by code.

    `split_lines` are lines whose price is no whole number a unit: they are sent as two, so that
    the money is exact. `mended_baskets` were refused with some bad lines and accepted without them.
    """

    baskets: int = 0
    accepted_baskets: int = 0
    repeated_baskets: int = 0
    mended_baskets: int = 0
    refused_baskets: int = 0
    lines: int = 0
    accepted_lines: int = 0
    repeated_lines: int = 0
    refused_lines: int = 0
    split_lines: int = 0
    unpriced_lines: int = 0
    below_zero_lines: int = 0
    clock_errors: int = 0
    units: int = 0
    money: int = 0
    refused_units: int = 0
    refused_money: int = 0
    requests: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Add another's counts."""
        for each in fields(self):
            if each.name == "reasons":
                self.reasons.update(other.reasons)
            else:
                setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    def as_json(self) -> dict[str, Any]:
        """Return the counts as JSON can hold them."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def of_json(cls, stored: dict[str, Any]) -> "Tally":
        """Return stored counts."""
        return cls(**{**stored, "reasons": Counter(stored["reasons"])})
