"""What may be announced as a photo, how much of it, and which act it belongs to."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from retail.access.permissions import Permission
from retail.kernel.refusal import InvalidInput, Problem
from retail.photos.models import PhotoAbout, PhotoProblem

MOST_BYTES = 4 * 1024 * 1024
"""Of one picture; the phone makes them some 300 kB."""
MOST_OF_ONE_ACT = 12

ACT_OF: Mapping[PhotoAbout, Permission] = {
    PhotoAbout.HAND_OVER: Permission.DAY_WORK,
    PhotoAbout.HELP: Permission.DAY_WORK,
    PhotoAbout.RETURN: Permission.RETURN_RECORD,
    PhotoAbout.TASK: Permission.TASK_DO,
    PhotoAbout.UNKNOWN_CODE: Permission.COUNT_RECORD,
}
"""Who may do the act may also bring its pictures, whoever has announced them."""

WORDS: Mapping[PhotoProblem, tuple[str, str]] = {
    PhotoProblem.DAMAGED: ("The picture is damaged: take it again.", "照片已损坏，请重拍。"),
    PhotoProblem.NOT_A_PICTURE: ("This is no JPEG, PNG or WebP picture: take it again.", "不是可用的照片，请重拍。"),
    PhotoProblem.TOO_MANY_PIXELS: ("The picture has too many pixels: take it again.", "照片像素过多，请重拍。"),
    PhotoProblem.TOO_SMALL: ("The picture is too small to see anything: take it again.", "照片太小，看不清，请重拍。"),
}
"""Why a picture was not kept, in English and Chinese."""

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """A picture as whoever took it describes it; `sha256` is of the very bytes that will come, in hex."""

    id: UUID
    sha256: str
    bytes: int
    taken_at: datetime
    latitude: float | None = None
    longitude: float | None = None


def check(photos: Sequence[NewPhoto], path: str = "photos") -> None:
    """Refuse descriptions that cannot be; every problem is named, under `path`."""
    problems = [problem for index, photo in enumerate(photos) for problem in problems_of(photo, f"{path}[{index}]")]
    if len(photos) > MOST_OF_ONE_ACT:
        problems.append(
            Problem(path, "TOO_MANY", f"At most {MOST_OF_ONE_ACT} photos.", f"最多 {MOST_OF_ONE_ACT} 张照片。")
        )
    seen: set[UUID] = set()
    for index, photo in enumerate(photos):
        if photo.id in seen:
            problems.append(Problem(f"{path}[{index}].id", "REPEATED", "This photo is named twice.", "照片重复。"))
        seen.add(photo.id)
    if problems:
        raise InvalidInput(problems)


def check_one(photo: NewPhoto, path: str) -> None:
    """Refuse a description that cannot be, naming its fields under `path`."""
    if problems := list(problems_of(photo, path)):
        raise InvalidInput(problems)


def problems_of(photo: NewPhoto, path: str) -> Iterator[Problem]:
    """Return what cannot be in a description, naming its fields under `path`."""
    if not _SHA256.fullmatch(photo.sha256):
        yield Problem(f"{path}.sha256", "NOT_A_HASH", "This must be 64 hex digits.", "须为 64 位十六进制摘要。")
    if not 1 <= photo.bytes <= MOST_BYTES:
        limit = MOST_BYTES // 2**20
        yield Problem(f"{path}.bytes", "OUT_OF_RANGE", f"1 byte to {limit} MB.", f"须在 1 字节到 {limit} MB 之间。")
    for name, value, most in (("latitude", photo.latitude, 90.0), ("longitude", photo.longitude, 180.0)):
        if value is not None and not (math.isfinite(value) and abs(value) <= most):
            yield Problem(f"{path}.{name}", "OUT_OF_RANGE", f"-{most:g} to {most:g} degrees.", "坐标超出范围。")
    if (photo.latitude is None) != (photo.longitude is None):
        missing = "latitude" if photo.latitude is None else "longitude"
        yield Problem(f"{path}.{missing}", "INCOMPLETE", "A place needs both numbers.", "经纬度须同时给出。")
