"""What an unknown code may be is guessed from its digits alone."""

from retail.shelves.suggestions import maker, misread


def test_one_wrong_digit_and_two_exchanged_ones_are_near() -> None:
    near = misread("6901234567892")

    assert "6901234567897" in near  # the last digit
    assert "6910234567892" in near  # 0 and 1 exchanged
    assert "6901234567829" in near
    assert "6901234567892" not in near
    assert "6911234567893" not in near  # two digits
    assert len(near) == 13 * 9 + 12


def test_equal_neighbours_that_change_places_are_the_same_code() -> None:
    assert misread("11") == {f"{n}1" for n in range(10) if n != 1} | {f"1{n}" for n in range(10) if n != 1}


def test_words_and_endless_numbers_are_near_nothing() -> None:
    assert misread("ABC") == misread("1" * 15) == misread("６９０１２３４") == set()


def test_codes_of_one_maker_begin_alike_and_a_shops_own_have_no_maker() -> None:
    assert maker("6901234567892") == "690123456"
    assert maker("2012345000001") is maker("0212345000007") is maker("ABC") is maker("12345670") is None
