"""Labels for shelves: a PDF of A4 sheets, each label with a QR code, the shelf's code, its zone and its store.

The QR code holds an address of this app (`<origin>/s/<token>`), so it works for any camera and for the app's own.
Chinese is set in a font that every PDF reader brings along, so that nothing needs to be embedded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from io import BytesIO

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
QUIET_MODULES = 4
"""The margin that a reader needs around a QR code (ISO/IEC 18004)."""
_MARGIN = 10 * mm
_PADDING = 3 * mm


class LabelSize(StrEnum):
    """How large labels are printed."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


GRIDS = {LabelSize.SMALL: (3, 8), LabelSize.MEDIUM: (2, 5), LabelSize.LARGE: (1, 3)}
"""Columns and rows on a sheet."""


@dataclass(frozen=True, slots=True)
class Label:
    """What one label says."""

    url: str
    code: str
    zone: str
    name: str
    store: str


def sheets(labels: Sequence[Label], size: LabelSize) -> bytes:
    """Return the PDF; at least one sheet, with thin lines to cut along."""
    _register()
    columns, rows = GRIDS[size]
    width, height = (A4[0] - 2 * _MARGIN) / columns, (A4[1] - 2 * _MARGIN) / rows
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    canvas.setTitle("货架标签 Shelf labels")
    for n, label in enumerate(labels):
        place = n % (columns * rows)
        if n and not place:
            canvas.showPage()
        x = _MARGIN + place % columns * width
        y = A4[1] - _MARGIN - (place // columns + 1) * height
        _draw(canvas, label, x, y, width, height)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


@cache
def _register() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def _draw(canvas: Canvas, label: Label, x: float, y: float, width: float, height: float) -> None:
    canvas.setStrokeGray(0.8)
    canvas.setLineWidth(0.3)
    canvas.rect(x, y, width, height)
    canvas.setFillGray(0)
    side = min(height - 2 * _PADDING, width * 0.45)
    _draw_qr(canvas, label.url, x + _PADDING, y + (height - side) / 2, side)
    left = x + 2 * _PADDING + side
    room = x + width - _PADDING - left
    line = side / 6
    top = y + (height + side) / 2
    _write(canvas, label.code, left, top - 1.5 * line, 1.7 * line, room)
    _write(canvas, label.zone, left, top - 3 * line, line, room)
    _write(canvas, label.name, left, top - 4.3 * line, 0.8 * line, room)
    _write(canvas, label.store, left, top - 5.6 * line, 0.8 * line, room)


def _draw_qr(canvas: Canvas, url: str, x: float, y: float, side: float) -> None:
    """Draw a QR code and its quiet zone into a square, one bar for each run of dark modules."""
    matrix = segno.make_qr(url, error="m").matrix
    module = side / (len(matrix) + 2 * QUIET_MODULES)
    for row, modules in enumerate(matrix):
        bottom = y + side - (row + 1 + QUIET_MODULES) * module
        start = None
        for column, dark in enumerate([*modules, 0]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                canvas.rect(x + (start + QUIET_MODULES) * module, bottom, (column - start) * module, module, 0, 1)
                start = None


def _write(canvas: Canvas, text: str, x: float, y: float, size: float, room: float) -> None:
    """Write a line, as small as it must be to fit."""
    if not text:
        return
    width = pdfmetrics.stringWidth(text, FONT, size)
    canvas.setFont(FONT, size * min(1.0, room / width) if width else size)
    canvas.drawString(x, y, text)
