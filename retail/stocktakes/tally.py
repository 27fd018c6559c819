"""What was counted of one SKU: figures of people at places, added up or set against each other. Pure.

A *figure* is what one person counted at one place in one round: the last REPLACE and every ADD after it, in the
order of the device's times (and of the lines' ids, which a device makes in order, where times are the same).
Figures of two people at one place are two counts of the same goods: they confirm each other if they are equal, or
differ by no more than what moved between them; else they are a conflict. Figures at several places add up.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from retail.stocktakes.book import Book
from retail.stocktakes.models import CountMode

MOST_COUNTED = 1_000_000_000
"""No store holds more of one SKU; a sum beyond it fits neither the books nor the API, and would stop the closing."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one SKU, in base units; a place is a shelf, or None for one without a name."""

    id: UUID
    seq: int
    units: int
    mode: CountMode
    round: int
    place: UUID | None
    person: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Figure:
    """What one person counted at one place in one round, and between which instants."""

    round: int
    place: UUID | None
    person: UUID | None
    units: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """What stands at a place: `units` is the latest figure, or the sum where each counted a part."""

    figures: tuple[Figure, ...]
    units: int
    first: datetime
    last: datetime
    confirmed: bool
    conflict: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """What one round says of an SKU over all places."""

    round: int
    places: tuple[PlaceCount, ...]

    @property
    def units(self) -> int:
        """Return how many were counted."""
        return _sum(place.units for place in self.places)

    @property
    def first(self) -> datetime:
        """Return when the oldest of what counts was counted."""
        return min(place.first for place in self.places)

    @property
    def last(self) -> datetime:
        """Return when the newest of what counts was counted: the instant that the count speaks of."""
        return max(place.last for place in self.places)

    @property
    def conflict(self) -> bool:
        """Say whether two people differ at one place."""
        return any(place.conflict for place in self.places)

    @property
    def confirmed(self) -> bool:
        """Say whether at every place two people found the same."""
        return all(place.confirmed for place in self.places)

    @property
    def people(self) -> frozenset[UUID | None]:
        """Return who counted."""
        return frozenset(figure.person for place in self.places for figure in place.figures)


@dataclass(frozen=True, slots=True)
class Counted:
    """What all rounds say of an SKU; `tally` is the latest round, the one that counts.

    `proven`: somebody who did not make this count found the same, at every place or in another round.
    `repeated`: another round found the same, but not without the same people.
    """

    tally: Tally
    earlier: tuple[Tally, ...]
    proven: bool
    repeated: bool


def figures(lines: Iterable[Line]) -> list[Figure]:
    """Return what each person counted at each place in each round."""
    of: dict[tuple[int, UUID | None, UUID | None], list[Line]] = defaultdict(list)
    for line in lines:
        of[line.round, line.place, line.person].append(line)
    return [_figure(*key, sorted(some, key=lambda line: (line.at, line.id))) for key, some in of.items()]


def _figure(round: int, place: UUID | None, person: UUID | None, lines: Sequence[Line]) -> Figure:
    begins = max((n for n, line in enumerate(lines) if line.mode is CountMode.REPLACE), default=0)
    counts = lines[begins:]
    return Figure(round, place, person, _sum(line.units for line in counts), counts[0].at, counts[-1].at)


def _sum(units: Iterable[int]) -> int:
    return min(sum(units), MOST_COUNTED)


def agree(one: Figure | Tally, other: Figure | Tally, book: Book) -> bool:
    """Say whether two counts of the same goods differ by no more than what moved between them.

    If `f` was counted before `g`, what left since then may explain that `g` is less, what came that it is more.
    """
    before, after = sorted((one, other), key=lambda each: each.last)
    out, into = book.moved_between(min(one.first, other.first), after.last)
    return before.units - out <= after.units <= before.units + into


def count(lines: Sequence[Line], book: Book, *, sums: bool = False) -> Counted | None:
    """Return what lines of one SKU come to; `sums`: it was said that people counted parts where they differ."""
    rounds: dict[int, list[Figure]] = defaultdict(list)
    for figure in figures(lines):
        rounds[figure.round].append(figure)
    if not rounds:
        return None
    tallies = [_tally(number, rounds[number], book, sums=sums) for number in sorted(rounds)]
    latest, earlier = tallies[-1], tuple(tallies[:-1])
    same = [each for each in earlier if not each.conflict and not latest.conflict and agree(each, latest, book)]
    others = any(not each.people & latest.people for each in same)
    return Counted(latest, earlier, proven=latest.confirmed or others, repeated=bool(same))


def _tally(number: int, found: Sequence[Figure], book: Book, *, sums: bool) -> Tally:
    places: dict[UUID | None, list[Figure]] = defaultdict(list)
    for figure in found:
        places[figure.place].append(figure)
    return Tally(number, tuple(_place(some, book, sums=sums) for some in places.values()))


def _place(found: Sequence[Figure], book: Book, *, sums: bool) -> PlaceCount:
    some = tuple(sorted(found, key=lambda figure: (figure.last, figure.first, str(figure.person))))
    latest = some[-1]
    same = all(agree(each, latest, book) for each in some[:-1])
    if same or not sums:
        units, first, last = latest.units, latest.first, latest.last
    else:
        units, first, last = _sum(each.units for each in some), min(each.first for each in some), latest.last
    return PlaceCount(some, units, first, last, confirmed=same and len(some) > 1, conflict=not (same or sums))


def checked(counted: Counted, book: Book) -> tuple[int, int]:
    """Return how many figures somebody counted again, and how many of those were wrong.

    A figure of an earlier round is set against the latest round: at its place, or where the places are others by
    its person's sum. A figure that a second person confirmed at its place was checked and right.
    """
    latest = counted.tally
    right = {place.figures[0].place: place for place in latest.places}
    many = wrong = 0
    for place in latest.places:
        if place.confirmed:
            many += len(place.figures) - 1
    for earlier in counted.earlier:
        same_places = {place.figures[0].place for place in earlier.places} == set(right)
        found = [figure for place in earlier.places for figure in place.figures]
        for figure in found if same_places else _sums(found):
            against: Figure | Tally = latest
            if same_places:
                place = right[figure.place]
                against = Figure(latest.round, figure.place, None, place.units, place.first, place.last)
            many += 1
            wrong += not agree(figure, against, book)
    return many, wrong


def _sums(found: Sequence[Figure]) -> list[Figure]:
    people: dict[UUID | None, list[Figure]] = defaultdict(list)
    for figure in found:
        people[figure.person].append(figure)
    return [
        Figure(
            some[0].round,
            None,
            person,
            sum(each.units for each in some),
            min(each.first for each in some),
            max(each.last for each in some),
        )
        for person, some in people.items()
    ]
