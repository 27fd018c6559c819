"""How often people count wrong, told from what was looked at again: also of the figures that nobody doubted."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from retail.kernel.base import new_id
from retail.stocktakes.book import Book
from retail.stocktakes.checks import Checks, checks_of
from retail.stocktakes.models import CountMode
from retail.stocktakes.policy import CountPolicy
from retail.stocktakes.tally import Line, count

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
LINA, WANG, ZHAO = new_id(), new_id(), new_id()
FRONT, BACK = new_id(), new_id()
FEN, POLICY = 100, CountPolicy()


def line(units: int, by: UUID = LINA, *, round: int = 0, place: UUID | None = FRONT, minute: int = 0) -> Line:
    return Line(new_id(), 1, units, CountMode.ADD, round, place, by, NOON + timedelta(minutes=minute))


def checks(*lines: Line, book: int = 40, sums: bool = False) -> Checks:
    shelf = Book(book)
    counted = count(lines, shelf, sums=sums)
    assert counted is not None
    return checks_of(counted, shelf, price_fen=FEN, policy=POLICY)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([line(39)], Checks(1)),  # nobody doubted it, nobody looked
        ([line(20)], Checks(1, suspect=1)),  # a recount was wanted, and none came
        ([line(20), line(40, WANG, round=1)], Checks(1, suspect=1, suspect_checked=1, suspect_wrong=1)),
        ([line(20), line(20, WANG, round=1)], Checks(1, suspect=1, suspect_checked=1)),
        ([line(40), line(40, WANG)], Checks(2, control=2)),
        ([line(39), line(40, WANG)], Checks(2)),  # they differ, and nobody has said who is right
        ([line(39), line(40, WANG), line(40, ZHAO, round=1)], Checks(2, control=2, control_wrong=1)),
        ([line(39), line(40, WANG, round=1)], Checks(1)),  # asked for by hand: no random sample
        (
            [line(20), line(40, WANG), line(40, ZHAO, round=1)],
            Checks(2, suspect=1, suspect_checked=1, suspect_wrong=1, control=1),
        ),
        ([line(30), line(10, WANG, place=BACK), line(40, ZHAO, round=1, place=None)], Checks(2)),
        ([line(20), line(40, ZHAO, round=1, place=None)], Checks(1, 1, 1, 1)),
        ([line(5, round=1)], Checks()),
    ],
)
def test_each_first_figure_is_of_one_kind(lines: list[Line], told: Checks) -> None:
    assert checks(*lines) == told


def test_parts_of_one_place_do_not_check_each_other() -> None:
    assert checks(line(30), line(10, WANG), sums=True) == Checks(2)


def test_without_a_control_only_what_was_found_is_told() -> None:
    assert Checks(100, suspect=10, suspect_checked=10, suspect_wrong=3).wrong == 3
    assert Checks(100, suspect=10, suspect_checked=5, suspect_wrong=3).wrong == 6
    assert Checks(110, suspect=10, suspect_checked=10, suspect_wrong=3, control=20, control_wrong=1).wrong == 8
    assert Checks().wrong == 0


def test_the_estimate_is_true_where_the_share_of_what_was_checked_is_not() -> None:
    """Small slips, of which the rule sees few, and a quarter of the figures counted by two."""
    chance = random.Random(4)
    total, wrong, seen, seen_wrong = Checks(), 0, 0, 0
    for _ in range(12_000):
        truth, off = 40, chance.choice((0, 0, 0, -6))  # a quarter of the books is wrong
        people = (LINA, WANG) if chance.random() < 0.25 else (LINA,)
        figures = [truth + (chance.choice((-1, 1, 9)) if chance.random() < 0.03 else 0) for _ in people]
        wrong += sum(each != truth for each in figures)
        lines = [line(units, by) for units, by in zip(figures, people, strict=True)]
        if len(set(figures)) > 1 or abs(figures[0] - truth - off) >= 4:
            lines.append(line(truth, ZHAO, round=1))
            seen, seen_wrong = seen + len(figures), seen_wrong + sum(each != truth for each in figures)
        total += checks(*lines, book=truth + off)

    assert total.wrong / total.figures == pytest.approx(wrong / total.figures, rel=0.15)
    assert not 0.5 < (seen_wrong / seen) / (wrong / total.figures) < 1.5
