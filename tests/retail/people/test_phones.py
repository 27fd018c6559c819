"""One number has one spelling, and a text that is none is not repeated."""

import pytest

from retail.people.phones import NotAPhone, holds_a_number, read_phone


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+8613812345678",
        "+86 138 1234 5678",
        "008613812345678",
        "8613812345678",
        "（138）12345678",
        "１３８１２３４５６７８",
        " 13812345678\u3000",
    ],
)
def test_every_spelling_of_a_mobile_number_is_one(text: str) -> None:
    assert read_phone(text) == "+8613812345678"


@pytest.mark.parametrize(
    ("text", "number"), [("+86 10 8888 6666", "+861088886666"), ("+1 415 555 0100", "+14155550100")]
)
def test_other_numbers_name_their_country(text: str, number: str) -> None:
    assert read_phone(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "hello", "12812345678", "1381234567", "138123456789", "+0138", "88886666", "+8615", "138'; drop", "+" * 99],
)
def test_what_is_no_number_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(NotAPhone) as said:
        read_phone(text)

    assert not text or text not in str(said.value)


@pytest.mark.parametrize("text", ["打 138 1234 5678 找他", "id 110101199003070011", "１３８１２３４５６７８"])
def test_a_note_that_holds_a_number_is_noticed(text: str) -> None:
    assert holds_a_number(text)


@pytest.mark.parametrize("text", ["", "工资补发 2026-11-22", "case 123456", "3 times, 4 people, in 5 stores"])
def test_an_ordinary_note_is_not_a_number(text: str) -> None:
    assert not holds_a_number(text)
