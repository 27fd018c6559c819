"""What to count today follows from what the books know: the pure rule, at its edges."""

from datetime import timedelta
from uuid import UUID

import pytest

from retail.stocktakes.cycle import Grade, Known, Why, grades, items_in, minutes_for, pace_of, proposals

DAY = timedelta(days=1)


def sku(n: int) -> UUID:
    return UUID(int=n)


def known(n: int, *, on_hand: int = 10, moved: int = 0, days: float | None = 1, **more: int) -> Known:
    return Known(sku(n), on_hand, moved, None if days is None else days * DAY, **more)


def reasons(*some: Known) -> list[tuple[int, Why]]:
    return [(each.sku_id.int, each.why) for each in proposals(some, None)]


def test_goods_are_graded_by_their_share_of_the_value_moved() -> None:
    # 70 + 12 cross 80 %, 10 + 4 cross 95 %, then 4; what moved nothing is C.
    moved = {sku(1): 70, sku(2): 12, sku(3): 10, sku(4): 4, sku(5): 4, sku(6): 0}

    assert grades(moved) == {
        sku(1): Grade.A,
        sku(2): Grade.A,
        sku(3): Grade.B,
        sku(4): Grade.B,
        sku(5): Grade.C,
        sku(6): Grade.C,
    }


def test_where_nothing_was_sold_everything_is_c_and_the_best_seller_is_always_a() -> None:
    assert grades({sku(1): 0, sku(2): 0}) == {sku(1): Grade.C, sku(2): Grade.C}
    assert grades({sku(1): 100}) == {sku(1): Grade.A}
    assert grades({}) == {}


@pytest.mark.parametrize(("days", "due"), [(13.9, False), (14, True)])
def test_a_goods_are_due_after_two_weeks(days: float, due: bool) -> None:
    assert reasons(known(1, moved=100, days=days)) == ([(1, Why.DUE)] if due else [])


@pytest.mark.parametrize(("days", "due"), [(89, False), (90, True)])
def test_c_goods_are_due_after_ninety_days(days: float, due: bool) -> None:
    assert reasons(known(1, days=days)) == ([(1, Why.DUE)] if due else [])


def test_a_large_difference_makes_goods_due_twice_as_often() -> None:
    assert reasons(known(1, moved=100, days=7)) == []
    assert reasons(known(1, moved=100, days=7, large=1)) == [(1, Why.LARGE_DIFFERENCE)]


def test_what_is_surely_wrong_comes_first_then_what_was_set_by_hand_then_what_is_most_overdue() -> None:
    found = reasons(
        known(1, moved=20, days=15),
        known(2, moved=20, days=40),
        known(3, on_hand=-1, days=0),
        known(4, days=0, by_hand=2),
        known(5, moved=20, days=None),
        known(6, moved=20, days=1),
    )

    assert found == [
        (3, Why.NEGATIVE),
        (4, Why.SET_BY_HAND),
        (2, Why.DUE),
        (5, Why.NEVER_COUNTED),
        (1, Why.DUE),
    ]


def test_a_quarter_of_an_hour_holds_as_much_as_the_store_counts_in_it() -> None:
    many = [known(n, days=None) for n in range(400)]

    assert len(proposals(many, timedelta(seconds=30))) == 30
    assert len(proposals(many, None)) == items_in(timedelta(minutes=15), None) == 45
    assert items_in(timedelta(minutes=15), timedelta(hours=2)) == 5
    assert items_in(timedelta(minutes=15), timedelta(0)) == 150


def test_the_pace_is_the_median_so_that_one_long_break_does_not_slow_it() -> None:
    pace = pace_of(timedelta(seconds=n) for n in (10, 300, 12) * 200)

    assert pace is not None
    assert round(pace.total_seconds()) == 12
    assert pace_of([]) is None


def test_a_handful_of_quick_scans_does_not_promise_a_quick_count() -> None:
    quick = pace_of([timedelta(seconds=2)] * 5)

    assert quick is not None
    assert quick > timedelta(seconds=16)
    assert items_in(timedelta(minutes=15), quick) < 60


def test_what_fills_a_quarter_of_an_hour_takes_a_quarter_of_an_hour_at_every_pace() -> None:
    for pace in (None, *(timedelta(seconds=n) for n in (1, 6, 12, 20, 60, 600))):
        many = items_in(timedelta(minutes=15), pace)
        assert minutes_for(many, pace) == 15
        assert minutes_for(2 * many, pace) == 30
    assert minutes_for(0, None) == 0


def test_every_reason_is_said_in_both_languages() -> None:
    every = [
        known(1, on_hand=-1),
        known(2, by_hand=3),
        known(3, moved=100, days=14, large=1),
        known(4, days=91),
        known(5, days=None),
    ]

    said = {each.why: (each.words, each.words_zh) for each in proposals(every, None)}

    assert set(said) == set(Why)
    assert said[Why.SET_BY_HAND] == (
        "Set by hand 3 times since it was last counted.",
        "上次盘点后，账面被手工改过 3 次。",
    )
    assert "91" in said[Why.DUE][0]
    assert "91" in said[Why.DUE][1]
