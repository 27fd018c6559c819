"""What is printed for a shelf can be scanned: the PDF is drawn again, dot by dot, and read by a barcode reader."""

import re
import zlib
from base64 import a85decode

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from api.shelf_labels import GRIDS, Label, LabelSize, picture, sheets

DOTS_A_POINT = 4
A4 = (595.2756, 841.8898)


def label(n: int) -> Label:
    return Label(f"https://demo.example/s/Tok3n-{n:04d}_ab", f"A-{n:02d}", "A 区", "茶饮与冲调", "望京店")


def contents(pdf: bytes) -> list[str]:
    """The drawing of each page."""
    streams = re.findall(rb"/ASCII85Decode /FlateDecode.*?stream\r?\n(.*?~>)", pdf, re.DOTALL)
    return [zlib.decompress(a85decode(b"<~" + stream, adobe=True)).decode("latin-1") for stream in streams]


def drawn(content: str) -> Image.Image:
    """A page with everything that is filled: rectangles, which is all that a QR code here is made of."""
    size = (round(A4[0] * DOTS_A_POINT), round(A4[1] * DOTS_A_POINT))
    image = Image.new("L", size, 255)
    pen = ImageDraw.Draw(image)
    for x, y, width, height in re.findall(r"n (\S+) (\S+) (\S+) (\S+) re f\*?\s", content):
        left, low = float(x), float(y)
        box = (left, A4[1] - low - float(height), left + float(width), A4[1] - low)
        pen.rectangle(
            [round(each * DOTS_A_POINT) for each in box[:2]] + [round(v * DOTS_A_POINT) - 1 for v in box[2:]], 0
        )
    return image


@pytest.mark.parametrize("size", LabelSize)
def test_every_code_on_a_sheet_can_be_scanned(size: LabelSize) -> None:
    columns, rows = GRIDS[size]
    labels = [label(n) for n in range(columns * rows + 1)]

    pages = contents(sheets(labels, size))

    assert len(pages) == 2
    scanned = [{each.text for each in zxingcpp.read_barcodes(drawn(page))} for page in pages]
    assert scanned == [{each.url for each in labels[:-1]}, {labels[-1].url}]


def test_a_label_says_in_chinese_where_it_belongs() -> None:
    pdf = sheets([label(7)], LabelSize.LARGE)

    assert b"/STSong-Light" in pdf
    shown = contents(pdf)[0]
    for text in ("A-07", "A 区", "茶饮与冲调", "望京店"):
        octal = "".join(
            chr(byte) if 32 <= byte < 127 and chr(byte) not in "()\\" else f"\\{byte:03o}"
            for byte in text.encode("utf-16-be")
        )
        assert f"({octal})" in shown, text


def test_a_long_name_is_set_small_instead_of_running_over_the_edge() -> None:
    long = Label("https://demo.example/s/x", "冷藏立柜左侧第三层靠里货架", "Z" * 20, "名" * 60, "店" * 100)

    shown = contents(sheets([long], LabelSize.SMALL))[0]

    sizes = [float(points) for points in re.findall(r"/F\d+ (\S+) Tf", shown)]
    assert min(sizes) < 2
    assert contents(sheets([label(1)], LabelSize.SMALL)) != [shown]


@pytest.mark.parametrize("size", LabelSize)
def test_the_picture_of_a_sheet_shows_what_the_paper_will(size: LabelSize) -> None:
    columns, rows = GRIDS[size]
    labels = [label(n) for n in range(columns * rows + 5)]

    shown = picture(labels, size).decode()

    dots = Image.new("L", (round(A4[0] * DOTS_A_POINT), round(A4[1] * DOTS_A_POINT)), 255)
    pen = ImageDraw.Draw(dots)
    for bar in re.findall(r'"M([0-9.]+) ([0-9.]+)h([0-9.]+)v([0-9.]+)h', shown):
        x, y, width, height = (float(each) * DOTS_A_POINT for each in bar)
        pen.rectangle([round(x), round(y), round(x + width) - 1, round(y + height) - 1], 0)
    assert {each.text for each in zxingcpp.read_barcodes(dots)} == {each.url for each in labels[: columns * rows]}
    assert shown.count(">茶饮与冲调</text>") == columns * rows
