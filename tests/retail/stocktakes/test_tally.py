"""What people count comes together to one figure, whatever order its lines arrive in."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.kernel.base import new_id
from retail.stocktakes.book import Book, Moved
from retail.stocktakes.models import CountMode
from retail.stocktakes.tally import Line, checked, count

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
LINA, WANG = new_id(), new_id()
FRONT, BACK = new_id(), new_id()
EMPTY = Book()


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def line(
    units: int,
    minute: float = 0,
    *,
    by: UUID = LINA,
    place: UUID | None = FRONT,
    replace: bool = False,
    round: int = 0,
    seq: int = 1,
) -> Line:
    mode = CountMode.REPLACE if replace else CountMode.ADD
    return Line(new_id(), seq, units, mode, round, place, by, at(minute))


def test_scans_of_one_place_add_up() -> None:
    counted = count([line(1, 0), line(1, 1), line(10, 2)], EMPTY)

    assert counted is not None
    assert counted.tally.units == 12
    assert (counted.tally.first, counted.tally.last) == (at(0), at(2))


def test_who_corrects_herself_counts_from_there() -> None:
    counted = count([line(7, 0), line(5, 1, replace=True), line(2, 2)], EMPTY)

    assert counted is not None
    assert counted.tally.units == 7
    assert counted.tally.first == at(1)


@given(st.permutations(range(6)))
def test_the_order_of_arrival_says_nothing(order: list[int]) -> None:
    told = [
        line(3, 0),
        line(9, 1, replace=True),
        line(1, 2),
        line(4, 3, place=BACK),
        line(10, 4, by=WANG),
        line(4, 5, by=WANG, place=BACK),
    ]

    counted = count([told[n] for n in order], EMPTY)

    assert counted is not None
    assert counted.tally.units == 14
    assert not counted.tally.conflict
    assert counted.proven


def test_several_places_add_up_and_two_people_at_one_place_do_not() -> None:
    counted = count([line(6), line(4, place=BACK), line(6, 3, by=WANG)], EMPTY)

    assert counted is not None
    assert counted.tally.units == 10
    assert not counted.proven, "the back room was counted by one person only"


def test_two_people_who_differ_at_one_place_are_a_conflict() -> None:
    counted = count([line(6), line(5, 3, by=WANG)], EMPTY)

    assert counted is not None
    assert counted.tally.conflict
    assert not counted.proven


def test_two_people_may_have_counted_a_part_each() -> None:
    counted = count([line(6), line(5, 3, by=WANG)], EMPTY, sums=True)

    assert counted is not None
    assert not counted.tally.conflict
    assert counted.tally.units == 11
    assert counted.tally.first == at(0)
    assert not counted.proven, "two parts are not two counts"


@pytest.mark.parametrize(("later", "agrees"), [(6, True), (5, True), (4, False), (7, False)])
def test_what_sold_between_two_counts_may_be_missing_from_the_second(later: int, agrees: bool) -> None:
    book = Book(5, [Moved(-1, at(2), goods=True)])

    counted = count([line(6), line(later, 3, by=WANG)], book)

    assert counted is not None
    assert counted.tally.conflict is not agrees
    assert counted.tally.units == later


def test_a_recount_takes_the_place_of_the_first_count() -> None:
    counted = count([line(6), line(8, 9, by=WANG, round=1)], EMPTY)

    assert counted is not None
    assert counted.tally.units == 8
    assert (counted.proven, counted.repeated) == (False, False)


def test_a_recount_by_somebody_else_proves_and_by_the_same_person_repeats() -> None:
    somebody_else = count([line(6), line(6, 9, by=WANG, round=1)], EMPTY)
    the_same = count([line(6), line(6, 9, round=1)], EMPTY)

    assert somebody_else is not None
    assert the_same is not None
    assert (somebody_else.proven, somebody_else.repeated) == (True, True)
    assert (the_same.proven, the_same.repeated) == (False, True)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([line(6)], (0, 0)),
        ([line(6), line(6, 1, by=WANG)], (1, 0)),
        ([line(6), line(6, 9, by=WANG, round=1)], (1, 0)),
        ([line(6), line(8, 9, by=WANG, round=1)], (1, 1)),
        ([line(6), line(8, 1, by=WANG), line(8, 9, round=1)], (2, 1)),
        ([line(6), line(4, 1, place=BACK), line(10, 9, by=WANG, place=None, round=1)], (1, 0)),
        ([line(6), line(4, 1, place=BACK), line(9, 9, by=WANG, place=None, round=1)], (1, 1)),
    ],
)
def test_a_figure_is_wrong_when_somebody_who_looked_again_found_another(
    lines: list[Line], told: tuple[int, int]
) -> None:
    counted = count(lines, EMPTY)

    assert counted is not None
    assert checked(counted, EMPTY) == told
