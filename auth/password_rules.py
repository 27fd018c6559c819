"""Which passwords are refused though they are long enough. Pure.

Not a list of ten thousand: what is tried first (the login itself, a keyboard's row, one character
over and over, the commonest words with digits behind them) is refused by rule; the rest is left to
the slowing down of guesses (NIST SP 800-63B, 3.1.1.2).
"""

import re
import unicodedata
from enum import StrEnum
from itertools import pairwise

from auth.passwords import PASSWORD_LENGTHS

_COMMON_WORDS = """
    password passwort passw0rd p@ssw0rd p@ssword iloveyou welcome letmein admin administrator root abc abcd abcdef
    qwe qwer qwert qwerty asdf asdfgh zxcv qazwsx qazwsxedc woaini woaiwojia wodemima mima nihao zhangsan monkey
    dragon sunshine princess football baseball superman iloveu loveyou changeme default secret test guest user login
    store shop clerk manager trueshelf
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_ROWS = ("01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "1qaz2wsx3edc4rfv5tgb")
_WORDS = ("5201314", "1314520", "147258369", "741852963", "123123123", "112233", "520520")
_SHORTEST_LOGIN = 3


class Weakness(StrEnum):
    """Why a new password is refused."""

    LENGTH = "LENGTH"
    LIKE_LOGIN = "LIKE_LOGIN"
    COMMON = "COMMON"
    SAME_AS_OLD = "SAME_AS_OLD"


WORDS = {
    Weakness.LENGTH: (
        f"A password has {PASSWORD_LENGTHS.start} to {PASSWORD_LENGTHS.stop - 1} characters.",
        f"密码须为 {PASSWORD_LENGTHS.start} 到 {PASSWORD_LENGTHS.stop - 1} 个字符。",
    ),
    Weakness.LIKE_LOGIN: ("The password must not contain the login.", "密码不能包含账号。"),
    Weakness.COMMON: ("This password is among the first that anybody would try.", "这个密码太常见，容易被猜到。"),
    Weakness.SAME_AS_OLD: ("Choose another password than the present one.", "新密码不能与当前密码相同。"),
}


def weakness(password: str, login: str) -> Weakness | None:
    """Return why a password is refused for a login, None if it is not."""
    folded = unicodedata.normalize("NFKC", password).casefold()
    if len(password) not in PASSWORD_LENGTHS:
        return Weakness.LENGTH
    if len(login) >= _SHORTEST_LOGIN and (login in folded or folded in login):
        return Weakness.LIKE_LOGIN
    if _is_common(folded):
        return Weakness.COMMON
    return None


def _is_common(folded: str) -> bool:
    word = re.sub(r"[\W\d_]+$|^[\W\d_]+", "", folded)
    digits = re.sub(r"\D", "", folded)
    return word in _COMMON or (not word and digits in _WORDS) or _repeats(folded) or _runs_along_a_row(folded)


def _repeats(text: str) -> bool:
    """Say whether a text is a short piece (up to 4 characters) over and over."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, 5))


def _runs_along_a_row(text: str) -> bool:
    """Say whether nearly every character is a row's neighbour of the one before, forwards or backwards."""
    neighbours = {pair for row in _ROWS for way in (row, row[::-1]) for pair in pairwise(way)}
    breaks = sum(pair not in neighbours for pair in pairwise(text))
    return breaks <= 1
