"""Events: what commands announce. They leave only after the commit, and only wake readers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened; its truth is in the database, not in the event."""


@dataclass(frozen=True, slots=True)
class StockMoved(Event):
    """Some levels have changed."""


@dataclass(frozen=True, slots=True)
class CatalogueChanged(Event):
    """Stores, SKUs, codes or prices have changed: drop what is remembered of them."""


@dataclass(frozen=True, slots=True)
class AccessChanged(Event):
    """Somebody may do more or less than before: forget who may do what, and look at open sockets."""


Announcer = Callable[[Sequence[Event]], None]
