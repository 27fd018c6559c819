"""What is printed on goods, and what a scanner makes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.catalogue.codes import check_digit, is_gtin, plain_gtin

bodies = st.one_of(*(st.text("0123456789", min_size=n - 1, max_size=n - 1) for n in (8, 12, 13, 14)))


@pytest.mark.parametrize("gtin", ["4006381333931", "96385074", "036000291452", "10614141000415"])
def test_codes_of_real_goods_are_known(gtin: str) -> None:
    assert is_gtin(gtin)


@given(bodies)
def test_a_single_misread_digit_is_noticed(body: str) -> None:
    gtin = body + check_digit(body)
    wrong = [gtin[:n] + str((int(digit) + 1) % 10) + gtin[n + 1 :] for n, digit in enumerate(gtin)]

    assert is_gtin(gtin)
    assert not any(is_gtin(each) for each in wrong)


@given(bodies)
def test_zeros_that_scanners_add_change_nothing(body: str) -> None:
    gtin = body + check_digit(body)

    assert plain_gtin(gtin) == plain_gtin(gtin.rjust(14, "0"))
    assert len(plain_gtin(gtin)) in {13, 14}


@pytest.mark.parametrize(
    "text", ["", "tea", "400638133393", "４００６３８１３３３９３１", "4006381333931 ", "-006381333931"]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert not is_gtin(text)
