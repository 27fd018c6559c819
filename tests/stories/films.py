"""What a camera sees: films in the plain format that Chromium plays as its camera, again and again."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import zxingcpp

WIDTH, HEIGHT = 640, 480
COUNTER, PAPER = 96, 235

Shot = tuple[str | None, int]
"""A code that lies on the counter (none: the empty counter), and for how many pictures."""


def flags(film: Path) -> tuple[str, ...]:
    """Give Chromium a camera that plays a film, and leave to use it."""
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )


def film(shots: Iterable[Shot], path: Path, *, per_second: int = 10) -> Path:
    """Shoot a film."""
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{per_second}:1 Ip A1:1 C420jpeg\n".encode())
        for code, pictures in shots:
            file.write(picture(code) * pictures)
    return path


def picture(code: str | None) -> bytes:
    """One picture of the counter with a code on it, or of the counter alone."""
    counter = bytes([COUNTER])
    rows = [counter * WIDTH] * HEIGHT
    if code is not None:
        lines = printed(code)
        left, top = (WIDTH - len(lines[0])) // 2, (HEIGHT - len(lines)) // 2
        for at, line in enumerate(lines, top):
            rows[at] = counter * left + line + counter * (WIDTH - left - len(line))
    return b"FRAME\n" + b"".join(rows) + bytes([128]) * (WIDTH * HEIGHT // 2)


def printed(code: str) -> list[bytes]:
    """The rows of a code on white paper, one byte of brightness a pixel: bars for a number, else a QR code."""
    kind, scale = (zxingcpp.BarcodeFormat.EAN13, 3) if code.isdecimal() else (zxingcpp.BarcodeFormat.QRCode, 8)
    image: Any = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(code, kind), scale=scale, add_quiet_zones=True)
    height, width = image.shape
    pixels = memoryview(image).tobytes()
    return [pixels[row * width : (row + 1) * width].replace(b"\xff", bytes([PAPER])) for row in range(height)]
