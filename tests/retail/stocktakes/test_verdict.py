"""A verdict says what a manager would: small things are posted, big ones looked at again, no word is enough alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.kernel.base import new_id
from retail.stocktakes.book import Book, Moved
from retail.stocktakes.models import CountMode, CountState
from retail.stocktakes.policy import CountPolicy, Grade, grade
from retail.stocktakes.tally import Counted, Line, PlaceCount, Tally, count
from retail.stocktakes.verdict import Circumstances, Difference, difference, verdict

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
POLICY = CountPolicy()
LINA, WANG = new_id(), new_id()


@pytest.mark.parametrize(
    ("difference", "book", "price", "told"),
    [
        (0, 100, 1500, Grade.FINE),
        (-3, 100, 1500, Grade.FINE),
        (-4, 100, 1500, Grade.RECOUNT),  # 60 yuan
        (-9, 100, 100, Grade.FINE),
        (-10, 100, 100, Grade.RECOUNT),  # 10 %
        (10, 100, 100, Grade.RECOUNT),
        (-2, 10, 100, Grade.FINE),  # 20 %, but of too few
        (-3, 10, 100, Grade.RECOUNT),
        (-34, 100, 1500, Grade.CONFIRM),  # 510 yuan
        (-50, 100, 100, Grade.CONFIRM),
        (-19, 20, 100, Grade.RECOUNT),  # 95 %, but of too few for a second person
        (20, 0, 1, Grade.CONFIRM),
        (2, -5, 1, Grade.FINE),
        (4, 1, 1, Grade.RECOUNT),
        (-100, 1000, None, Grade.RECOUNT),
    ],
)
def test_a_difference_is_checked_by_value_and_by_percentage(
    difference: int, book: int, price: int | None, told: Grade
) -> None:
    assert grade(difference, book=book, price_fen=price, policy=POLICY) is told


def test_a_figure_that_is_many_times_the_other_is_looked_at_again() -> None:
    generous = CountPolicy(
        recount_fen=10**9, recount_percent=100, recount_units=1000, confirm_fen=10**10, confirm_units=1000
    )

    assert grade(48, book=12, price_fen=1, policy=generous) is Grade.RECOUNT
    assert grade(47, book=12, price_fen=1, policy=generous) is Grade.FINE
    assert grade(-48, book=60, price_fen=1, policy=generous) is Grade.RECOUNT


@given(
    st.integers(-10_000, 10_000),
    st.integers(-100, 10_000),
    st.integers(0, 100_000),
)
def test_a_larger_difference_is_never_checked_less(difference: int, book: int, price: int) -> None:
    farther = difference + (1 if difference >= 0 else -1)
    plain = CountPolicy(odd_jump=100)

    assert grade(farther, book=book, price_fen=price, policy=plain) >= grade(
        difference, book=book, price_fen=price, policy=plain
    )


def counted(units: int, *, proven: bool = False, repeated: bool = False, conflict: bool = False) -> Counted:
    place = PlaceCount((), units, NOON, NOON, confirmed=False, conflict=conflict)
    return Counted(Tally(0, (place,)), (), proven, repeated)


def told(units: int, book: int = 100, *, of: Counted | None = None, unsure: int = 0, **about: Any) -> CountState:
    found = Difference(book, units - unsure - book, units - book)
    circumstances = Circumstances(price_fen=100, **about)
    return verdict(of or counted(units), found, circumstances, POLICY)


def test_what_is_right_or_nearly_is_ready() -> None:
    assert told(100) is told(95) is CountState.READY


def test_a_larger_difference_waits_until_somebody_finds_it_again() -> None:
    assert told(85) is CountState.RECOUNT
    assert told(85, of=counted(85, repeated=True)) is CountState.READY
    assert told(85, of=counted(85, proven=True)) is CountState.READY


def test_a_large_one_needs_a_second_person() -> None:
    assert told(40) is CountState.RECOUNT
    assert told(40, of=counted(40, repeated=True)) is CountState.SECOND_PERSON
    assert told(40, of=counted(40, proven=True)) is CountState.READY
    assert told(40, accepted=True) is CountState.READY


def test_people_who_differ_are_not_overruled_by_accepting() -> None:
    assert told(100, of=counted(100, conflict=True), accepted=True) is CountState.CONFLICT


def test_what_was_asked_for_again_waits_for_it() -> None:
    assert told(100, asked=1) is CountState.RECOUNT


def test_a_part_says_nothing_unless_it_is_more_than_all() -> None:
    assert told(40, complete=False) is CountState.PART
    assert told(100, complete=False) is CountState.PART
    assert told(101, complete=False) is CountState.READY


def test_what_does_not_belong_to_the_scope_stays_out() -> None:
    assert told(100, inside=False) is CountState.OUTSIDE
    assert told(100, left_out=True) is CountState.LEFT_OUT


def test_a_verdict_that_hangs_on_what_moved_meanwhile_asks_for_a_recount() -> None:
    assert told(100, unsure=5) is CountState.READY, "right at either end"
    assert told(100, unsure=30) is CountState.RECOUNT
    assert told(100, unsure=30, of=counted(100, repeated=True)) is CountState.READY, "only what is certain is posted"
    assert told(100, unsure=60, of=counted(100, repeated=True)) is CountState.SECOND_PERSON


@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 60)), max_size=12), st.integers(0, 40), st.integers(0, 40))
def test_the_truth_lies_between_the_bounds(moves: list[tuple[int, int]], front: int, back: int) -> None:
    """Two places are counted twenty minutes apart; who shops where and when is anybody's guess."""
    places = [front, back]
    moved: list[Moved] = []
    seen: dict[int, int] = {}
    for units, minute in sorted(moves, key=lambda move: move[1]):
        for place, when in ((0, 20), (1, 40)):
            if minute > when and place not in seen:
                seen[place] = places[place]
        place = abs(units) % 2
        taken = max(units, -places[place])
        places[place] += taken
        if taken:
            moved.append(Moved(taken, NOON + timedelta(minutes=minute), goods=True))
    seen = {0: seen.get(0, places[0]), 1: seen.get(1, places[1])}
    truth_at_40 = sum(places) - sum(each.units for each in moved if each.at > NOON + timedelta(minutes=40))
    shelves = [new_id(), new_id()]
    lines = [
        Line(new_id(), 1, seen[n], CountMode.ADD, 0, shelves[n], LINA, NOON + timedelta(minutes=20 * (n + 1)))
        for n in range(2)
    ]
    book = Book(sum(places), moved)

    tally = count(lines, book)
    assert tally is not None
    found = difference(tally.tally.units, tally.tally.first, tally.tally.last, book)

    assert found.book + found.low <= truth_at_40 <= found.book + found.high
    assert found.certain == 0, "the book is true, so nothing may be posted"
