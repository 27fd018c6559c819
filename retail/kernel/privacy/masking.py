"""Masking: personal data in memory, which shows itself masked unless it is asked for by name.

Log lines, error messages, f-strings and traces get the mask; only `.clear` is the value.
"""

from typing import final

HIDDEN = "****"
_MAINLAND_PREFIX = "+86"
_MAINLAND_MOBILE = 14
_LEAST_TO_SHOW_ANY = 8


@final
class Personal:
    """One personal datum of somebody."""

    __slots__ = ("clear",)

    def __init__(self, clear: str) -> None:
        self.clear = clear

    @property
    def masked(self) -> str:
        """Return it as it may be shown."""
        return mask(self.clear)

    def __repr__(self) -> str:
        return f"Personal({self.masked})"

    def __str__(self) -> str:
        return self.masked

    def __format__(self, spec: str) -> str:
        return format(self.masked, spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Personal) and self.clear == other.clear

    def __hash__(self) -> int:
        return hash(self.clear)


def mask(clear: str) -> str:
    """Return a value with its middle hidden: 138****5678 of a mainland mobile, else at most two from each end.

    A short value shows nothing. What is masked already stays as it is.
    """
    if HIDDEN in clear:
        return clear
    if clear.startswith(_MAINLAND_PREFIX) and len(clear) == _MAINLAND_MOBILE:
        return f"{clear[3:6]}{HIDDEN}{clear[-4:]}"
    if len(clear) < _LEAST_TO_SHOW_ANY:
        return HIDDEN
    return f"{clear[:2]}{HIDDEN}{clear[-2:]}"
