"""Pictures for stories: a shelf with goods on it, as any camera would write it."""

import math
import random
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image, ImageDraw
from PIL.TiffImagePlugin import IFDRational

BEIJING = (39.908, 116.397)


def scene(width: int, height: int, *, seed: int = 1) -> Image.Image:
    """A made-up shelf: boxes of many colours."""
    chance = random.Random(seed)
    picture = Image.new("RGB", (width, height), (226, 218, 204))
    pen = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y = chance.randrange(width), chance.randrange(height)
        colour = tuple(chance.randrange(40, 230) for _ in range(3))
        pen.rectangle((x, y, x + width // 9, y + height // 7), fill=colour, outline=(60, 50, 40))
    return picture


def encoded(picture: Image.Image, kind: str, **how: Any) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, kind, **how)
    return buffer.getvalue()


def jpeg(
    width: int = 640,
    height: int = 480,
    *,
    seed: int = 1,
    place: tuple[float, float] | None = None,
    taken: str | None = None,
    zone: str | None = None,
    model: str | None = None,
    quality: int = 80,
) -> bytes:
    """A picture with what a phone writes beside it."""
    exif = Image.Exif()
    if model is not None:
        exif[ExifTags.Base.Model] = model
    camera: dict[int, str] = {
        tag: text
        for tag, text in ((ExifTags.Base.DateTimeOriginal, taken), (ExifTags.Base.OffsetTimeOriginal, zone))
        if text is not None
    }
    if camera:
        exif.get_ifd(ExifTags.IFD.Exif).update(camera)
    if place is not None:
        latitude, longitude = place
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(
            {
                1: "S" if latitude < 0 else "N",
                2: _parts(latitude),
                3: "W" if longitude < 0 else "E",
                4: _parts(longitude),
            }
        )
    return encoded(scene(width, height, seed=seed), "JPEG", exif=exif, quality=quality)


def _parts(degrees: float) -> tuple[IFDRational, ...]:
    """Degrees as EXIF writes them; no number at all is 0/0."""
    if math.isnan(degrees):
        return (IFDRational(0, 0), IFDRational(0), IFDRational(0))
    return (IFDRational(round(abs(degrees) * 1_000_000), 1_000_000), IFDRational(0), IFDRational(0))
