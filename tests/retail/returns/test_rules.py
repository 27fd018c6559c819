"""The table decides about everything, once, and says why."""

from itertools import product
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from retail.returns.models import Condition, Disposition, Handling, ReturnReason
from retail.returns.rules import RULES, YOUNG_DAYS, Age, Question, Shelf, age_of, decide, questions, send_to, table

PAGE = Path(__file__).resolve().parents[3] / "docs" / "returns.md"
ALL = list(product(ReturnReason, Condition, Handling, Age))
DAYS = {Age.YOUNG: 0, Age.OLD: YOUNG_DAYS + 1, Age.UNKNOWN: None}

metres = st.one_of(st.none(), st.floats(0, 1e6))
shelves = st.builds(Shelf, st.text(max_size=3), st.text(max_size=3), st.integers(-50, 50), st.integers(0, 50), metres)


@given(
    st.sampled_from(ReturnReason),
    st.sampled_from(Condition),
    st.sampled_from(Handling),
    st.one_of(st.none(), st.integers(0, 4000)),
)
def test_every_combination_has_exactly_one_answer_that_explains_itself(
    reason: ReturnReason, condition: Condition, handling: Handling, days: int | None
) -> None:
    rule = decide(reason, condition, handling, days)

    fitting = [each for each in RULES if each.fits(reason, condition, handling, age_of(days))]
    assert rule is fitting[0]
    assert rule.why
    assert rule.why_en


def test_no_row_stands_in_vain() -> None:
    used = {decide(reason, condition, handling, DAYS[age]).name for reason, condition, handling, age in ALL}

    assert used == {rule.name for rule in RULES}
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_only_what_is_unopened_and_kept_as_a_shop_would_goes_straight_on_sale() -> None:
    for reason, condition, handling, age in ALL:
        if decide(reason, condition, handling, DAYS[age]).disposition is Disposition.BACK_ON_SALE:
            assert condition is Condition.SEALED
            assert age is Age.YOUNG
            assert handling in {Handling.AMBIENT, Handling.NON_FOOD}
            assert reason not in {ReturnReason.QUALITY, ReturnReason.EXPIRED, ReturnReason.DAMAGED}


def test_food_that_may_harm_is_never_sold_again_whatever_is_decided() -> None:
    for reason, handling, age in product(ReturnReason, (Handling.AMBIENT, Handling.CHILLED, Handling.MADE_HERE), Age):
        for condition in (Condition.EXPIRED, Condition.OPENED_GOOD, Condition.UNSELLABLE):
            rule = decide(reason, condition, handling, DAYS[age])
            assert rule.disposition not in {Disposition.BACK_ON_SALE, Disposition.QUARANTINE}
            assert rule.firm or rule.disposition is Disposition.SUPPLIER


def test_the_seventh_day_is_young_and_the_eighth_is_not() -> None:
    assert [age_of(days) for days in (0, 7, 8, None)] == [Age.YOUNG, Age.YOUNG, Age.OLD, Age.UNKNOWN]


def test_who_inspects_asks_what_the_goods_need() -> None:
    assert questions(Handling.AMBIENT, Condition.SEALED) == (Question.SEAL_INTACT, Question.IN_DATE, Question.CLEAN)
    assert questions(Handling.NON_FOOD, Condition.OPENED_GOOD) == (Question.COMPLETE, Question.WORKS, Question.CLEAN)
    assert Question.STAYED_COLD in questions(Handling.CHILLED, Condition.SEALED)


@given(shelves, st.lists(shelves, max_size=6), st.integers(1, 9))
def test_goods_leave_only_a_store_that_has_enough_for_one_that_has_too_little(
    here: Shelf, others: list[Shelf], units: int
) -> None:
    chosen = send_to(here, others, units)

    if chosen is not None:
        assert chosen.lacks > 0
        assert chosen.distance_m is not None
        assert here.available - units >= 2 * here.safety


def test_nearer_and_needier_comes_first() -> None:
    here = Shelf("望京", "Wangjing", 20, 5, 0.0)
    near, far = Shelf("近", "near", 0, 4, 900.0), Shelf("远", "far", 0, 6, 9000.0)
    needy = Shelf("缺", "needy", 0, 40, 9000.0)

    assert send_to(here, [far, near], 1) is near
    assert send_to(here, [far, near, needy], 1) is needy
    assert send_to(Shelf("望京", "Wangjing", 9, 5, 0.0), [near], 1) is None


def test_the_page_shows_the_table_as_it_is() -> None:
    assert table() in PAGE.read_text(encoding="utf-8")
