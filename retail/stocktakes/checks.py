"""How often people count wrong, estimated without a bias from what was looked at again. Pure.

The *count error* is the share of first figures that are wrong (a figure is what one person counted of an SKU at one
place before any recount). Nobody knows it of all figures: most are believed. Of those that were looked at again a
share says nothing, because the rule sends people again to what looks wrong. So the figures fall into two kinds:

- *suspect* ones differ so much from the book that the rule wants them checked (`policy.grade`). Of these all, or
  nearly all, are looked at again.
- the others are believed, wrong or not. Some of them were counted by a second person at the same place, who did not
  know what the first had found: who meets whom has nothing to do with the figure, so those are a random sample, the
  *control*.

Each kind's share of wrong ones, weighted by how many figures are of the kind, is the estimate (stratified sampling:
Cochran, Sampling Techniques, 5.3). Without a control nothing is known of the others, and what was found is all that
is told: then it is a lower bound, and says so by a control of 0.
"""

from dataclasses import astuple, dataclass, fields
from typing import Self

from retail.stocktakes.book import Book
from retail.stocktakes.policy import CountPolicy, Grade, grade
from retail.stocktakes.tally import Counted, Figure, PlaceCount, Tally, agree
from retail.stocktakes.verdict import difference


@dataclass(frozen=True, slots=True)
class Checks:
    """First figures: all, the suspect ones, and of both kinds those that were checked and those that were wrong."""

    figures: int = 0
    suspect: int = 0
    suspect_checked: int = 0
    suspect_wrong: int = 0
    control: int = 0
    control_wrong: int = 0

    def __add__(self, other: Self) -> "Checks":
        return Checks(*(one + more for one, more in zip(astuple(self), astuple(other), strict=True)))

    @property
    def wrong(self) -> float:
        """Return how many of the figures are wrong, as far as can be told."""
        suspects = self.suspect * _share(self.suspect_wrong, self.suspect_checked)
        return suspects + (self.figures - self.suspect) * _share(self.control_wrong, self.control)


CHECKS = tuple(each.name for each in fields(Checks))


def checks_of(counted: Counted, book: Book, *, price_fen: int | None, policy: CountPolicy) -> Checks:
    """Return how the first figures of an SKU were checked; none if there was no first round."""
    first = next((tally for tally in (*counted.earlier, counted.tally) if tally.round == 0), None)
    if first is None:
        return Checks()
    total = Checks()
    for place in first.places:
        for figure in place.figures:
            parts = _are_parts(place)
            stands = first.units if parts else first.units - place.units + figure.units
            suspect = _is_suspect(figure, stands, first, book, price_fen, policy)
            wrong = None if parts else _is_wrong(figure, place, first, counted, book)
            doubled = len(place.figures) > 1
            total += Checks(
                figures=1,
                suspect=int(suspect),
                suspect_checked=int(suspect and wrong is not None),
                suspect_wrong=int(suspect and wrong is True),
                control=int(not suspect and doubled and wrong is not None),
                control_wrong=int(not suspect and doubled and wrong is True),
            )
    return total


def _are_parts(place: PlaceCount) -> bool:
    """Say whether people counted parts of what stands at a place: then their figures do not check each other."""
    return len(place.figures) > 1 and not place.confirmed and not place.conflict


def _is_suspect(
    figure: Figure, units: int, first: Tally, book: Book, price_fen: int | None, policy: CountPolicy
) -> bool:
    """Say whether the rule would want a figure checked if it stood at its place alone, so that there are so many."""
    found = difference(units, figure.first, max(figure.last, first.last), book)
    return any(
        grade(each, book=found.book, price_fen=price_fen, policy=policy) is not Grade.FINE
        for each in (found.low, found.high)
    )


def _is_wrong(figure: Figure, place: PlaceCount, first: Tally, counted: Counted, book: Book) -> bool | None:
    """Say whether a first figure proved wrong; None if nobody looked again."""
    latest = counted.tally
    if latest is first:
        return False if place.confirmed else None
    again = {each.figures[0].place: each for each in latest.places}
    if again.keys() == {each.figures[0].place for each in first.places}:
        there = again[figure.place]
        return not agree(figure, Figure(latest.round, figure.place, None, there.units, there.first, there.last), book)
    # The places are others: the sums tell whether all is right. If not, it is known whose fault it is of one alone.
    if agree(first, latest, book):
        return False
    return True if len(first.places) == 1 == len(place.figures) else None


def _share(wrong: int, of: int) -> float:
    return wrong / of if of else 0.0
