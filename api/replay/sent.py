"""What both ways of sending have in common: a unit of work, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from api.replay.source import Line
from api.replay.tally import Tally


class Seen(NamedTuple):
    """A level that was just written, to look for on a subscriber's screen; the SKU's id may not be known."""

    store_id: str
    code: str
    sku_id: str | None
    on_hand: int


@dataclass(slots=True)
class Sent:
    """A unit of work that has been answered."""

    tally: Tally
    seen: Seen | None = None


class Sender(Protocol):
    """A way of sending a source: units of work in time order, each safe to send again."""

    @property
    def units(self) -> int:
        """Return how many units of work there are."""

    def due(self, number: int) -> int:
        """Return the source's time of a unit of work, in seconds."""

    def baskets_before(self, number: int) -> int:
        """Return how many baskets the units of work before this one hold."""

    async def send(self, number: int) -> Sent:
        """Send a unit of work until the server has taken it or refused it for good."""


def refuse(tally: Tally, lines: Sequence[Line], code: str) -> None:
    """Count lines as refused for a reason."""
    tally.refused_lines += len(lines)
    tally.refused_units += sum(line.quantity for line in lines)
    tally.refused_money += sum(line.hundredths or 0 for line in lines)
    tally.reasons[code] += len(lines)
