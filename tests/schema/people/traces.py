"""Looking for phone numbers in anything: files, dumps, logs, a browser's stores, whatever way they are spelled."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator

PREFIX = "1390713"
"""What every planted number begins with, so that looking for them all is looking for a few words."""


def _hex(number: str) -> bytes:
    return number.encode().hex().encode()


def _base64(shift: int) -> Callable[[str], bytes]:
    """The part of a base64 text that stays the same whatever stands around the number, at one of three shifts."""

    def spell(number: str) -> bytes:
        coded = base64.b64encode(b"\0" * shift + number.encode())
        return coded[-(-shift * 8 // 6) : (shift + len(number)) * 8 // 6]

    return spell


SPELLINGS: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "with spaces": lambda number: f"{number[:3]} {number[3:7]} {number[7:]}".encode(),
    "with dashes": lambda number: f"{number[:3]}-{number[3:7]}-{number[7:]}".encode(),
    "backwards": lambda number: number[::-1].encode(),
    "hex": _hex,
    "HEX": lambda number: _hex(number).upper(),
    "UTF-16": lambda number: number.encode("utf-16-le"),
    "wide digits": lambda number: number.translate({ord("0") + n: ord("０") + n for n in range(10)}).encode(),
    "base64": _base64(0),
    "base64 shifted by one": _base64(1),
    "base64 shifted by two": _base64(2),
}
_TOKEN = re.compile(rb"(?<![0-9a-f])[0-9a-f]{32,128}(?![0-9a-f])")


class Traces:
    """Knows the planted numbers, and finds each of them in a text."""

    def __init__(self, numbers: Iterable[str]) -> None:
        self.numbers = frozenset(numbers)
        self._spelled = {name: {spell(number): number for number in self.numbers} for name, spell in SPELLINGS.items()}
        self._digests = {digest: number for number in self.numbers for digest in _digests(number)}

    def found_in(self, text: bytes) -> set[tuple[str, str]]:
        """Return each planted number that stands in a text, and how it is spelled there."""
        found = {
            (number, name)
            for name, spelled in self._spelled.items()
            for place, length in _places(text, spelled)
            if (number := spelled.get(text[place : place + length])) is not None
        }
        hashed = {(self._digests[token], "hash") for token in _TOKEN.findall(text) if token in self._digests}
        return found | hashed


def _places(text: bytes, spelled: dict[bytes, str]) -> Iterator[tuple[int, int]]:
    """Yield where one of many spellings of the same length may stand: where the part stands that they share."""
    words = list(spelled)
    length = len(words[0])
    shared = _beginning(words)
    before = 0
    if len(shared) < length // 2:
        shared = _beginning([word[::-1] for word in words])[::-1]
        before = length - len(shared)
    place = text.find(shared)
    while place >= 0:
        yield place - before, length
        place = text.find(shared, place + 1)


def _beginning(words: list[bytes]) -> bytes:
    """Return what all words begin with."""
    first, last = min(words), max(words)
    same = next((n for n, (one, other) in enumerate(zip(first, last, strict=True)) if one != other), len(first))
    return first[:same]


def _digests(number: str) -> Iterator[bytes]:
    """Yield what a hash without a key makes of a number: whoever tries all numbers turns it back."""
    for spelled in (number, f"+86{number}", f"86{number}"):
        for algorithm in ("md5", "sha1", "sha256", "sha512", "blake2b"):
            yield hashlib.new(algorithm, spelled.encode()).hexdigest().encode()
        yield hashlib.blake2b(spelled.encode(), digest_size=16).hexdigest().encode()
