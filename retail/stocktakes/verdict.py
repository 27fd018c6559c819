"""What becomes of a count: fine, to be counted again, or for a second person to accept. Pure.

The formula, in base units. A count of an SKU speaks of the instant `t` at which the last of it was counted, and
says `counted`. Between its first and last line goods may have moved where somebody had counted already, or where
nobody had: of `out` units that left and `into` that came meanwhile it cannot know. So the truth at `t` lies in

    counted - out <= truth(t) <= counted + into

and the difference to the book lies between `low = counted - out - ledger(t)` and `high = counted + into - ledger(t)`.
What is posted is the part of it that is certain: 0 if that lies between, else the end that is nearer to 0. The
verdict looks at the end that is farther: where it would be another there it depends on what nobody knows, and asks
for a recount. Where goods move all the time a second count knows no more; found again, what is certain is posted.
"""

from dataclasses import dataclass
from datetime import datetime

from retail.stocktakes.book import Book
from retail.stocktakes.models import CountState
from retail.stocktakes.policy import CountPolicy, Grade, grade
from retail.stocktakes.tally import Counted

OPEN_STATES = frozenset({CountState.CONFLICT, CountState.RECOUNT, CountState.SECOND_PERSON})


@dataclass(frozen=True, slots=True)
class Difference:
    """What a count says of the book at its instant: the bounds of the difference, in base units."""

    book: int
    low: int
    high: int

    @property
    def certain(self) -> int:
        """Return what is posted: the difference that is nearest to 0 of those that are possible."""
        return max(self.low, min(0, self.high))

    @property
    def unsure(self) -> int:
        """Return by how many units the count may be wrong, because goods moved while it was made."""
        return self.high - self.low


def difference(counted: int, first: datetime, last: datetime, book: Book) -> Difference:
    """Return what a count between two instants says of the book."""
    out, into = book.moved_between(first, last)
    ledger = book.at(last)
    return Difference(ledger, counted - out - ledger, counted + into - ledger)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the verdict on an SKU depends on beside its count.

    `asked`: the round that was asked for last. `complete`: all places where it stands belong to the scope or were
    counted; a part of it says only that there is at least so much.
    """

    asked: int = 0
    accepted: bool = False
    left_out: bool = False
    inside: bool = True
    complete: bool = True
    price_fen: int | None = None


def verdict(counted: Counted, found: Difference, about: Circumstances, policy: CountPolicy) -> CountState:
    """Say what becomes of a count; the first that applies."""
    for applies, state in (
        (about.left_out, CountState.LEFT_OUT),
        (counted.tally.conflict, CountState.CONFLICT),
        (about.accepted, CountState.READY),
        (counted.tally.round < about.asked, CountState.RECOUNT),
        (not about.inside, CountState.OUTSIDE),
        (not about.complete and found.low <= 0, CountState.PART),
    ):
        if applies:
            return state
    return _checked(counted, found, about.price_fen, policy)


def _checked(counted: Counted, found: Difference, price_fen: int | None, policy: CountPolicy) -> CountState:
    """Say whether the larger of the possible differences has been looked at often enough."""
    worst = max(grade(units, book=found.book, price_fen=price_fen, policy=policy) for units in (found.low, found.high))
    if worst is Grade.FINE or counted.proven or (counted.repeated and worst is Grade.RECOUNT):
        return CountState.READY
    return CountState.SECOND_PERSON if counted.repeated else CountState.RECOUNT
