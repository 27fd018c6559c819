"""What a file says of itself in its first bytes: which kind of picture, how wide and how high.

Read by ourselves before any library looks at it, so that a few bytes cannot ask for gigabytes of memory: some
decoders make room for the whole picture as soon as they open it. The name and the content type count for nothing.
"""

from typing import Literal, NamedTuple

Kind = Literal["JPEG", "PNG", "WEBP"]

_PNG = b"\x89PNG\r\n\x1a\n"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG's start-of-frame markers; the three others in their range are tables."""
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length."""
_ENDS = frozenset({0xD8, 0xD9, 0xDA})


class Header(NamedTuple):
    """The kind of a picture, and its size in pixels as it says."""

    kind: Kind
    width: int
    height: int


def header_of(data: bytes) -> Header | None:
    """Return what the first bytes say; None if they are those of no picture that we take."""
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data.startswith(_PNG) and data[12:16] == b"IHDR" and len(data) >= 24:  # noqa: PLR2004 -- where the height ends
        return Header("PNG", int.from_bytes(data[16:20]), int.from_bytes(data[20:24]))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    return None


def _jpeg(data: bytes) -> Header | None:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:  # noqa: PLR2004 -- each marker begins so
        marker = data[at + 1]
        if marker == 0xFF:  # noqa: PLR2004 -- fill
            at += 1
        elif marker in _ALONE:
            at += 2
        elif marker in _ENDS:
            return None
        elif marker in _FRAMES:
            frame = data[at + 5 : at + 9]
            return Header("JPEG", int.from_bytes(frame[2:]), int.from_bytes(frame[:2])) if len(frame) == 4 else None  # noqa: PLR2004 -- two sizes of two bytes
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return None


def _webp(data: bytes) -> Header | None:
    chunk, body = data[12:16], data[20:30]
    if chunk == b"VP8X" and len(body) == 10:  # noqa: PLR2004 -- flags, reserved, two sizes of three bytes
        return Header("WEBP", 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little"))
    if chunk == b"VP8L" and body[:1] == b"\x2f":
        bits = int.from_bytes(body[1:5], "little")
        return Header("WEBP", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if chunk == b"VP8 " and body[3:6] == b"\x9d\x01\x2a" and len(body) == 10:  # noqa: PLR2004 -- tag, start code, two sizes
        width, height = int.from_bytes(body[6:8], "little"), int.from_bytes(body[8:10], "little")
        return Header("WEBP", width & 0x3FFF, height & 0x3FFF)
    return None
