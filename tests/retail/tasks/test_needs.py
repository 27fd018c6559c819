"""What cannot be a number is refused; one that lies outside its range is a fact."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.tasks.needs import (
    Answer,
    Need,
    NeedKind,
    answer_problems,
    answers_as_json,
    answers_of,
    is_outside,
    needs_as_json,
    needs_of,
)
from retail.tasks.readings import in_words

FRIDGE = Need(UUID(int=1), "冷柜", "Fridge", NeedKind.NUMBER, "°C", 0.0, 8.0)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf"), 1e10])
def test_what_cannot_be_a_number_is_refused(number: float) -> None:
    [wrong] = answer_problems([FRIDGE], [Answer(FRIDGE.id, number=number)], frozenset())

    assert (wrong.path, wrong.code) == ("answers[0].number", "NOT_A_NUMBER")


@pytest.mark.parametrize("unit", ["件", "瓶"])
@pytest.mark.parametrize("number", [2.5, -1.0])
def test_a_count_of_pieces_is_whole_and_not_below_zero(number: float, unit: str) -> None:
    pieces = Need(UUID(int=4), "临期商品", "Expiring", NeedKind.NUMBER, unit)

    [wrong] = answer_problems([pieces], [Answer(pieces.id, number=number)], frozenset())

    assert (wrong.path, wrong.code) == ("answers[0].number", "NOT_WHOLE")
    assert answer_problems([pieces], [Answer(pieces.id, number=999_999_999.0)], frozenset()) == []
    assert answer_problems([FRIDGE], [Answer(FRIDGE.id, number=number)], frozenset()) == []


@pytest.mark.parametrize(
    ("number", "unit", "chinese", "english"),
    [
        (999_999_999.0, "件", "999,999,999 件", "999,999,999 pieces"),
        (1.0, "瓶", "1 瓶", "1 bottle"),
        (15.5, "°C", "15.5 °C", "15.5 °C"),
        (-18.0, "°C", "-18 °C", "-18 °C"),
        (123_456.789, None, "123,456.789", "123,456.789"),
        (0.0000001, "g", "0.0000001 g", "0.0000001 g"),
        (-0.0, "件", "0 件", "0 pieces"),
        (100.0, "", "100", "100"),
    ],
)
def test_a_reading_is_told_to_the_last_digit_in_both_languages(
    number: float, unit: str | None, chinese: str, english: str
) -> None:
    assert (in_words(number, unit), in_words(number, unit, english=True)) == (chinese, english)


@given(number=st.floats(-1e9, 1e9), low=st.none() | st.floats(-1e3, 1e3), high=st.none() | st.floats(-1e3, 1e3))
def test_every_number_is_kept_and_flagged_exactly_when_it_is_outside(
    number: float, low: float | None, high: float | None
) -> None:
    need = Need(FRIDGE.id, "x", "x", NeedKind.NUMBER, None, low, high)
    answer = Answer(need.id, number=number)

    assert answer_problems([need], [answer], frozenset()) == []
    inside = (low is None or number >= low) and (high is None or number <= high)
    assert is_outside(need, answer) is not inside


def test_a_box_that_stays_open_is_no_answer_to_what_must_be_ticked() -> None:
    box = Need(UUID(int=2), "锁门", "Lock", NeedKind.TICK)

    [wrong] = answer_problems([box], [Answer(box.id, tick=False)], frozenset())

    assert wrong.code == "ANSWER_MISSING"


@given(text=st.none() | st.text(max_size=9), number=st.none() | st.floats(-9, 9), tick=st.none() | st.booleans())
def test_what_was_answered_is_read_as_it_was_kept(text: str | None, number: float | None, tick: bool | None) -> None:
    answer = Answer(FRIDGE.id, tick, number, text, (UUID(int=3),))

    assert answers_of(answers_as_json([answer])) == (answer,)
    assert needs_of(needs_as_json([FRIDGE])) == (FRIDGE,)
