"""What becomes of whatever somebody sends as a picture."""

import struct
import zlib
from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import ExifTags, Image

from retail.photos.developing import (
    LONGEST_KEPT,
    LONGEST_SMALL,
    MOST_PIXELS,
    MOST_SCANS,
    Undevelopable,
    develop,
)
from retail.photos.headers import header_of
from retail.photos.models import PhotoProblem
from tests.support.pictures import BEIJING, encoded, jpeg, scene


def opened(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


def refused(data: bytes) -> PhotoProblem:
    with pytest.raises(Undevelopable) as why:
        develop(data)
    return why.value.problem


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_that_says(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


def webp_that_says(width: int, height: int) -> bytes:
    extended = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + (width - 1).to_bytes(3, "little")
    body = b"WEBP" + extended + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_clean_jpeg_with_a_small_version(kind: str) -> None:
    done = develop(encoded(scene(1600, 1200), kind))

    assert opened(done.picture).format == opened(done.small).format == "JPEG"
    assert (done.width, done.height) == opened(done.picture).size == (1600, 1200)
    assert opened(done.small).size == (LONGEST_SMALL, 240)


def test_a_picture_that_is_larger_than_anybody_needs_is_kept_smaller() -> None:
    done = develop(jpeg(4000, 3000))

    assert (done.width, done.height) == (LONGEST_KEPT, 1536)


@pytest.mark.parametrize("lossless", [True, False])
def test_every_sort_of_webp_says_its_size(lossless: bool) -> None:
    header = header_of(encoded(scene(641, 333), "WEBP", lossless=lossless))

    assert header == ("WEBP", 641, 333)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "I;16", "1"])
def test_every_sort_of_colour_becomes_a_plain_picture(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    source = Image.new("I;16", (64, 48), 40_000) if mode == "I;16" else scene(64, 48).convert(mode)

    assert opened(develop(encoded(source, kind)).picture).mode == "RGB"


def test_what_is_transparent_becomes_white() -> None:
    done = develop(encoded(Image.new("RGBA", (64, 64), (255, 0, 0, 0)), "PNG"))

    assert opened(done.picture).getpixel((32, 32)) == (255, 255, 255)


# ------------------------------------------------------------ what the file held beside its pixels


def test_place_and_time_of_the_camera_are_handed_back_and_are_in_no_picture() -> None:
    sent = jpeg(800, 600, place=BEIJING, taken="2026:11:22 10:15:00", zone="+08:00", model="Lin's phone")

    done = develop(sent)

    assert b"Lin's phone" in sent
    assert (done.camera_latitude, done.camera_longitude) == pytest.approx(BEIJING, abs=1e-6)
    assert done.camera_time == "2026-11-22 10:15:00+08:00"
    for data in (done.picture, done.small):
        assert b"Exif" not in data
        assert b"Lin's phone" not in data
        assert not opened(data).getexif()


def test_south_and_west_are_negative() -> None:
    done = develop(jpeg(64, 64, place=(-33.5, -70.25)))

    assert (done.camera_latitude, done.camera_longitude) == pytest.approx((-33.5, -70.25))


@pytest.mark.parametrize("place", [(123.0, 10.0), (10.0, 190.0), (float("nan"), 1.0)])
def test_a_place_that_is_none_is_none(place: tuple[float, float]) -> None:
    done = develop(jpeg(64, 64, place=place))

    assert (done.camera_latitude, done.camera_longitude) == (None, None)


@pytest.mark.parametrize("taken", ["yesterday", "2026:11:22", "\0" * 19, "2026:11:22 10:15:00<script>"])
def test_a_time_that_is_none_is_none(taken: str) -> None:
    assert develop(jpeg(64, 64, taken=taken)).camera_time is None


@pytest.mark.parametrize(
    ("turned", "corner"), [(1, (0, 0)), (2, (1, 0)), (3, (1, 1)), (4, (0, 1)), (6, (1, 0)), (8, (0, 1))]
)
def test_a_picture_stands_upright_whatever_the_phone_lay_like(turned: int, corner: tuple[int, int]) -> None:
    lying = Image.new("RGB", (200, 100), "white")
    lying.paste((200, 0, 0), (0, 0, 50, 25))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turned

    done = develop(encoded(lying, "JPEG", exif=exif))

    assert (done.width, done.height) == ((100, 200) if turned in {6, 8} else (200, 100))
    red, green, _ = opened(done.picture).getpixel((corner[0] * (done.width - 1), corner[1] * (done.height - 1)))  # type: ignore[misc]  # three numbers
    assert red > 150 > green


def test_comments_profiles_and_a_second_file_behind_are_gone() -> None:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.writestr("evil.html", "<script>alert(1)</script>")
    sent = encoded(scene(300, 200), "JPEG", comment=b"<script>alert(2)</script>", icc_profile=b"x" * 300)

    done = develop(sent + buffer.getvalue())

    for data in (done.picture, done.small):
        assert b"<script>" not in data
        assert b"PK\x03\x04" not in data
        assert "icc_profile" not in opened(data).info


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_what_moves_the_first_picture_is_kept(kind: str) -> None:
    frames = [Image.new("RGB", (120, 90), colour) for colour in ("red", "green", "blue")]
    buffer = BytesIO()
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:], duration=100)

    done = develop(buffer.getvalue())

    kept = opened(done.picture)
    assert getattr(kept, "n_frames", 1) == 1
    red, green, blue = kept.getpixel((60, 45))  # type: ignore[misc]  # three numbers
    assert red > 200 > green + blue


# ------------------------------------------------------------ rubbish


@pytest.mark.parametrize(
    "rubbish",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"PK\x03\x04" + b"\0" * 100,
        b"%PDF-1.7\n",
        b"GIF89a" + struct.pack("<HH", 60_000, 60_000) + b"\0" * 50,
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"\xff\xd8" + b"\xff" * 5000,
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\0\0\0\0WEBP",
        b"RIFF\0\0\0\0WEBPVP8X",
        b"BM" + b"\0" * 60,
        b"II*\0" + b"\0" * 60,
    ],
)
def test_what_is_no_picture_is_said_to_be_none(rubbish: bytes) -> None:
    assert refused(rubbish) is PhotoProblem.NOT_A_PICTURE


def test_a_gif_that_moves_is_no_photo() -> None:
    assert refused(encoded(scene(64, 64), "GIF")) is PhotoProblem.NOT_A_PICTURE


@pytest.mark.parametrize("says", [png_that_says, webp_that_says])
@pytest.mark.parametrize("size", [(16_000, 16_000), (30_000, 1000), (2**24, 2**24)])
def test_a_bomb_is_refused_by_what_it_says_before_it_is_opened(
    monkeypatch: pytest.MonkeyPatch, says: object, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("it was opened"))

    assert callable(says)
    assert refused(says(*size)) is PhotoProblem.TOO_MANY_PIXELS


def test_a_jpeg_that_says_two_sizes_is_held_to_the_larger() -> None:
    small = jpeg(64, 64)
    at = small.index(b"\xff\xc0")
    length = int.from_bytes(small[at + 2 : at + 4])
    frame = small[at : at + 2 + length]
    huge = frame[:5] + struct.pack(">HH", 60_000, 60_000) + frame[9:]

    both = small[: at + 2 + length] + huge + small[at + 2 + length :]

    assert refused(both) is PhotoProblem.TOO_MANY_PIXELS


def test_a_picture_of_a_few_pixels_shows_nothing() -> None:
    assert refused(encoded(scene(15, 400), "PNG")) is PhotoProblem.TOO_SMALL


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_breaks_off_is_damaged(kind: str) -> None:
    whole = encoded(scene(400, 300), kind)

    assert refused(whole[: len(whole) // 2]) is PhotoProblem.DAMAGED


def test_a_text_that_unpacks_to_much_more_is_damaged() -> None:
    whole = encoded(scene(64, 64), "PNG")
    bomb = chunk(b"zTXt", b"k\0\0" + zlib.compress(b"\0" * 70_000_000))

    assert refused(whole[:33] + bomb + whole[33:]) is PhotoProblem.DAMAGED


def test_the_largest_picture_that_is_taken_is_taken() -> None:
    done = develop(encoded(Image.new("L", (6000, MOST_PIXELS // 6000)), "PNG"))

    assert done.width == LONGEST_KEPT
    assert refused(encoded(Image.new("L", (6000, MOST_PIXELS // 6000 + 1)), "PNG")) is PhotoProblem.TOO_MANY_PIXELS


def test_a_jpeg_that_goes_over_its_pixels_without_end_is_damaged() -> None:
    picture = encoded(scene(64, 64), "JPEG", progressive=True)
    scan, end = picture.rindex(b"\xff\xda"), picture.rindex(b"\xff\xd9")
    scans = picture.count(b"\xff\xda")

    def with_scans(many: int) -> bytes:
        return picture[:end] + picture[scan:end] * (many - scans) + picture[end:]

    assert develop(with_scans(MOST_SCANS)).width == 64
    assert refused(with_scans(MOST_SCANS + 1)) is PhotoProblem.DAMAGED
