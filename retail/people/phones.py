"""Phone numbers: one spelling for each (E.164), so that a number is found however it was written."""

import re
import unicodedata

_BETWEEN = re.compile(r"[\s().\-‐-―]+")
_ANY = re.compile(r"\+[1-9][0-9]{6,14}")
_CHINESE = re.compile(r"\+86(1[3-9][0-9]{9}|10[0-9]{8}|[2-9][0-9]{8,10})")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_DATE = re.compile(r"(?<![0-9])(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9](?![0-9])")
_LIKE_A_PHONE = re.compile(r"(?:[0-9][\s().\-‐-―]*){7}")


class NotAPhone(ValueError):
    """A text is no phone number; it is not repeated in the message."""

    def __init__(self) -> None:
        super().__init__("no phone number such as 13800000001 or +8613800000001")


def read_phone(text: str) -> str:
    """Return a number in E.164; eleven digits of a mainland mobile need no country. Raises `NotAPhone`."""
    number = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    if number.startswith("00"):
        number = "+" + number[2:]
    bare = number.removeprefix("86")
    if _MOBILE.fullmatch(bare):
        number = "+86" + bare
    right = _CHINESE if number.startswith("+86") else _ANY
    if not right.fullmatch(number):
        raise NotAPhone
    return number


def holds_a_number(text: str) -> bool:
    """Say whether a text that is kept in the clear could hold somebody's phone or identity number."""
    return _LIKE_A_PHONE.search(_DATE.sub("", unicodedata.normalize("NFKC", text))) is not None
