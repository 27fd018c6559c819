"""The form in which the demo chain's goods are written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Row(NamedTuple):
    """One SKU: names, price in fen, units in a case (0: no case), and a unit if not its shelf's."""

    name: str
    name_en: str
    fen: int
    case_units: int = 0
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A second-level category: its SKUs from the most to the least popular, and its own popularity."""

    code: str
    name: str
    name_en: str
    unit: str
    weight: float
    rows: Sequence[Row]
