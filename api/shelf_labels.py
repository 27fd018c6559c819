"""Labels for shelves: a PDF of A4 sheets, each label with a QR code, the shelf's code, its zone and its store.

A picture (SVG) of the first sheet shows beforehand how it will look: the same lines at the same places.

The QR code holds an address of this app (`<origin>/s/<token>`), so it works for any camera and for the app's own.
Chinese is set in a font that every PDF reader brings along, so that nothing needs to be embedded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from html import escape
from io import BytesIO
from typing import Protocol

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


class Paper(Protocol):
    """What a label is drawn on; places and sizes in points, from the lower left corner."""

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        """Draw a thin line around a label, to cut along."""

    def bar(self, x: float, y: float, width: float, height: float) -> None:
        """Fill a dark part of a QR code."""

    def line(self, text: str, x: float, y: float, size: float) -> None:
        """Write a line of text that begins at a place."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A page of a PDF."""

    canvas: Canvas

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        self.canvas.setStrokeGray(0.8)
        self.canvas.setLineWidth(0.3)
        self.canvas.rect(x, y, width, height)
        self.canvas.setFillGray(0)

    def bar(self, x: float, y: float, width: float, height: float) -> None:
        self.canvas.rect(x, y, width, height, 0, 1)

    def line(self, text: str, x: float, y: float, size: float) -> None:
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(x, y, text)


@dataclass(frozen=True, slots=True)
class Pictured:
    """A page as an SVG, whose places count from the upper left corner."""

    parts: list[str] = field(default_factory=list)

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        box = f'x="{x:.1f}" y="{A4[1] - y - height:.1f}" width="{width:.1f}" height="{height:.1f}"'
        self.parts.append(f'<rect {box} fill="none" stroke="#ccc" stroke-width=".5"/>')

    def bar(self, x: float, y: float, width: float, height: float) -> None:
        self.parts.append(f'<path d="M{x:.2f} {A4[1] - y - height:.2f}h{width:.2f}v{height:.2f}h-{width:.2f}z"/>')

    def line(self, text: str, x: float, y: float, size: float) -> None:
        self.parts.append(f'<text x="{x:.1f}" y="{A4[1] - y:.1f}" font-size="{size:.1f}">{escape(text)}</text>')


def sheets(labels: Sequence[Label], size: LabelSize) -> bytes:
    """Return the PDF; at least one sheet, with thin lines to cut along."""
    _register()
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    canvas.setTitle("货架标签 Shelf labels")
    on_a_sheet = _on_a_sheet(size)
    for start in range(0, max(1, len(labels)), on_a_sheet):
        _draw_sheet(Printed(canvas), labels[start : start + on_a_sheet], size)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def picture(labels: Sequence[Label], size: LabelSize) -> bytes:
    """Return an SVG of the first sheet."""
    _register()
    paper = Pictured()
    _draw_sheet(paper, labels[: _on_a_sheet(size)], size)
    shown = f'viewBox="0 0 {A4[0]:.0f} {A4[1]:.0f}" font-family="Songti SC, STSong, Noto Serif CJK SC, SimSun, serif"'
    body = "".join(paper.parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {shown}>{body}</svg>'.encode()


def _on_a_sheet(size: LabelSize) -> int:
    columns, rows = GRIDS[size]
    return columns * rows


@cache
def _register() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def _draw_sheet(paper: Paper, labels: Sequence[Label], size: LabelSize) -> None:
    columns, rows = GRIDS[size]
    width, height = (A4[0] - 2 * _MARGIN) / columns, (A4[1] - 2 * _MARGIN) / rows
    for n, label in enumerate(labels):
        x = _MARGIN + n % columns * width
        y = A4[1] - _MARGIN - (n // columns + 1) * height
        _draw(paper, label, x, y, width, height)


def _draw(paper: Paper, label: Label, x: float, y: float, width: float, height: float) -> None:
    paper.frame(x, y, width, height)
    side = min(height - 2 * _PADDING, width * 0.45)
    _draw_qr(paper, label.url, x + _PADDING, y + (height - side) / 2, side)
    left = x + 2 * _PADDING + side
    room = x + width - _PADDING - left
    line = side / 6
    top = y + (height + side) / 2
    _write(paper, label.code, left, top - 1.5 * line, 1.7 * line, room)
    _write(paper, label.zone, left, top - 3 * line, line, room)
    _write(paper, label.name, left, top - 4.3 * line, 0.8 * line, room)
    _write(paper, label.store, left, top - 5.6 * line, 0.8 * line, room)


def _draw_qr(paper: Paper, url: str, x: float, y: float, side: float) -> None:
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
                paper.bar(x + (start + QUIET_MODULES) * module, bottom, (column - start) * module, module)
                start = None


def _write(paper: Paper, text: str, x: float, y: float, size: float, room: float) -> None:
    """Write a line, as small as it must be to fit."""
    if not text:
        return
    width = pdfmetrics.stringWidth(text, FONT, size)
    paper.line(text, x, y, size * min(1.0, room / width) if width else size)
