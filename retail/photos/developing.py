"""Making a clean picture of whatever somebody has sent, or saying why it is none.

What is kept is drawn anew: one still picture in JPEG, upright, with nothing beside its pixels. What else the file
held (animation, a second file behind it, EXIF, comments, colour profiles) is gone; when and where the camera says it
was taken is handed back apart. Nothing is decoded before its size is known to be bearable.
"""

import math
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps

from retail.photos.headers import header_of
from retail.photos.models import PhotoProblem

MOST_PIXELS = 24_000_000
LEAST_SIDE = 16
MOST_SCANS = 200
"""Of one JPEG: each goes over all pixels again, however few bytes it takes. A progressive picture has about ten."""
LONGEST_KEPT = 2048
LONGEST_SMALL = 320
_QUALITY, _QUALITY_SMALL = 85, 78
_WHITE = (255, 255, 255)
_SCAN = b"\xff\xda"

# Pillow's own limits stand behind ours; what it would only warn of is refused too.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

_CAMERA, _GPS, _ORIENTATION = 0x8769, 0x8825, 0x0112
_TAKEN, _TAKEN_ZONE = 36867, 36881
_TIME = re.compile(r"(\d{4}):(\d{2}):(\d{2}) (\d{2}:\d{2}:\d{2})")
_ZONE = re.compile(r"[+-]\d{2}:\d{2}")


class Undevelopable(Exception):
    """There is no picture in it that can be kept."""

    def __init__(self, problem: PhotoProblem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Developed:
    """A clean picture with a small version, both JPEG, and what the camera wrote into the file."""

    picture: bytes
    small: bytes
    width: int
    height: int
    camera_time: str | None
    camera_latitude: float | None
    camera_longitude: float | None


def develop(data: bytes) -> Developed:
    """Return the clean picture; raises `Undevelopable`. Takes up to a second of a processor: not for the event loop."""
    header = header_of(data)
    if header is None:
        raise Undevelopable(PhotoProblem.NOT_A_PICTURE)
    _check_size(header.width, header.height)
    if header.kind == "JPEG" and data.count(_SCAN) > MOST_SCANS:
        raise Undevelopable(PhotoProblem.DAMAGED)
    try:
        with Image.open(BytesIO(data), formats=(header.kind,)) as opened:
            _check_size(*opened.size)  # a file may name its size twice
            return _developed(opened)
    except Undevelopable:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Undevelopable(PhotoProblem.TOO_MANY_PIXELS) from None
    except Exception:  # noqa: BLE001 -- whatever a decoder stumbles over, the file is at fault
        raise Undevelopable(PhotoProblem.DAMAGED) from None


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise Undevelopable(PhotoProblem.TOO_MANY_PIXELS)
    if min(width, height) < LEAST_SIDE:
        raise Undevelopable(PhotoProblem.TOO_SMALL)


def _developed(opened: Image.Image) -> Developed:
    exif = opened.getexif()
    turned = exif.get(_ORIENTATION)
    opened.load()
    upright = _upright(_shrunk(opened, LONGEST_KEPT), turned)
    latitude, longitude = _place(exif.get_ifd(_GPS))
    return Developed(
        picture=_jpeg(upright, _QUALITY),
        small=_jpeg(_shrunk(upright, LONGEST_SMALL), _QUALITY_SMALL),
        width=upright.width,
        height=upright.height,
        camera_time=_time(exif.get_ifd(_CAMERA)),
        camera_latitude=latitude,
        camera_longitude=longitude,
    )


def _shrunk(picture: Image.Image, longest: int) -> Image.Image:
    """Return the picture no larger than that, as pixels on white and nothing else."""
    alpha = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
    pixels = picture.convert("RGBA" if alpha else "RGB")
    pixels.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=2.0)
    clean = Image.new("RGB", pixels.size, _WHITE)
    clean.paste(pixels, mask=pixels.getchannel("A") if alpha else None)
    return clean


def _upright(picture: Image.Image, turned: object) -> Image.Image:
    if not isinstance(turned, int) or not 2 <= turned <= 8:  # noqa: PLR2004 -- EXIF's ways of lying
        return picture
    picture.getexif()[_ORIENTATION] = turned
    return ImageOps.exif_transpose(picture)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    drawn = BytesIO()
    picture.save(drawn, "JPEG", quality=quality, optimize=True, exif=b"")
    return drawn.getvalue()


def _time(camera: Mapping[int, Any]) -> str | None:
    """Return when the camera says it was, `2026-11-22 10:15:00` with its zone if it knows one."""
    found = _TIME.fullmatch(str(camera.get(_TAKEN, "")).strip("\0 "))
    if found is None:
        return None
    zone = _ZONE.fullmatch(str(camera.get(_TAKEN_ZONE, "")).strip("\0 "))
    year, month, day, clock = found.groups()
    return f"{year}-{month}-{day} {clock}{zone.group() if zone else ''}"


def _place(gps: Mapping[int, Any]) -> tuple[float | None, float | None]:
    latitude, longitude = _degrees(gps.get(1), gps.get(2), "S", 90.0), _degrees(gps.get(3), gps.get(4), "W", 180.0)
    return (None, None) if latitude is None or longitude is None else (latitude, longitude)


def _degrees(side: object, parts: object, negative: str, most: float) -> float | None:
    try:
        degrees, minutes, seconds = (float(each) for each in parts)  # type: ignore[attr-defined]  # checked by trying
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value) or not 0 <= value <= most:
        return None
    return -value if str(side).strip("\0 ").upper() == negative else value
