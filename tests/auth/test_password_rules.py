import pytest

from auth.password_rules import WORDS, Weakness, weakness


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "Password1!",
        "PASSWORD2026",
        "qwerty123",
        "qwertyuiop",
        "asdfghjkl",
        "1qaz2wsx",
        "12345678",
        "87654321",
        "abcdefgh",
        "abcdefg1",
        "aaaaaaaa",
        "abababab",
        "abcabcabc",
        "11111111",
        "woaini1314",
        "5201314!",
        "iloveyou",
        "admin123",
        "Trueshelf2026",
        "１２３４５６７８",
    ],
)
def test_what_anybody_would_try_first_is_refused(password: str) -> None:
    assert weakness(password, "li.na") is Weakness.COMMON


@pytest.mark.parametrize("password", ["li.na.2026", "xxLI.NAxx", "my-li.na-pass"])
def test_the_login_is_no_password(password: str) -> None:
    assert weakness(password, "li.na") is Weakness.LIKE_LOGIN


def test_a_short_login_may_occur_by_chance() -> None:
    assert weakness("jasmine-green-tea", "na") is None


@pytest.mark.parametrize(("password", "expected"), [("x7!k", Weakness.LENGTH), ("k7" * 129, Weakness.LENGTH)])
def test_too_short_and_too_long_is_refused(password: str, expected: Weakness) -> None:
    assert weakness(password, "li.na") is expected


@pytest.mark.parametrize(
    "password",
    [
        "jasmine-green-tea",
        "oolong7!",
        "绿茶在雨中煮了一夜",
        "k3F9-zq1",
        "shopkeepers dance",
        "20260101-tea",
        "Xk29dLq7",
    ],
)
def test_what_somebody_thought_of_is_taken(password: str) -> None:
    assert weakness(password, "li.na") is None


def test_every_refusal_has_words_in_both_languages() -> None:
    assert set(WORDS) == set(Weakness)
    assert all(english and chinese for english, chinese in WORDS.values())
