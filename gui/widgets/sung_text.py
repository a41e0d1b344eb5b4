"""A text in rows that changes its colour up to where it has been sung."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PyQt6.QtGui import QColor, QFont, QPainter, QPixmap, QTextLayout, QTextLine, QTextOption

SHRINK = 0.92
"""A text that needs too many rows becomes smaller in steps of this."""
SMALLEST_PIXELS = 8
_LINE = 0.06
"""Thickness of the line below what was sung, in font sizes."""


@dataclass(frozen=True)
class Ink:
    """The colours of a text, of what of it was sung, and of the ground, and how many pixels of the
    screen are one of Qt's."""

    plain: QColor
    sung: QColor
    ground: QColor
    ratio: float


class SungText:
    """A text of ``pixels`` font size, wrapped to ``width`` and centred; smaller where it needs more
    than ``rows``.

    Both looks of it are painted once: large letters take longer than a frame of the display.
    """

    def __init__(
        self, text: str, font: QFont, pixels: float, width: float, rows: int, ink: Ink
    ) -> None:
        font = QFont(font)
        while True:
            font.setPixelSize(max(SMALLEST_PIXELS, round(pixels)))
            self._layout = _laid_out(text, font, width)
            if self._layout.lineCount() <= rows or pixels <= SMALLEST_PIXELS:
                break
            pixels *= SHRINK
        self._text = text
        self._size = QSizeF(width, self._layout.boundingRect().height())
        self._plain = self._painted(ink.plain, ink)
        self._sung = self._painted(ink.sung, ink, _LINE * font.pixelSize())

    @property
    def height(self) -> float:
        """In pixels."""
        return self._size.height()

    def draw(self, painter: QPainter, at: QPointF, sung: float) -> None:
        """Draw it, with its first ``sung`` characters in their own colour and underlined."""
        painter.drawPixmap(at, self._plain)
        painter.save()
        for part in self._parts(sung):
            painter.setClipRect(part.translated(at))
            painter.drawPixmap(at, self._sung)
        painter.restore()

    def _rows(self) -> Iterator[QTextLine]:
        return (self._layout.lineAt(number) for number in range(self._layout.lineCount()))

    def _painted(self, colour: QColor, ink: Ink, underline: float = 0.0) -> QPixmap:
        pixmap = QPixmap((self._size * ink.ratio).toSize().expandedTo(QSize(1, 1)))
        pixmap.setDevicePixelRatio(ink.ratio)
        pixmap.fill(ink.ground)
        painter = QPainter(pixmap)
        painter.setPen(colour)
        self._layout.draw(painter, QPointF(0, 0))
        for row in self._rows():
            text = row.naturalTextRect()
            below = row.y() + row.ascent() + 0.45 * row.descent()
            painter.fillRect(QRectF(text.left(), below, text.width(), underline), colour)
        painter.end()
        return pixmap

    def _parts(self, sung: float) -> Iterator[QRectF]:
        """The part of each row that was sung."""
        whole = int(sung)
        now, following = _units(self._text[:whole]), _units(self._text[: whole + 1])
        for row in self._rows():
            first, last = row.textStart(), row.textStart() + row.textLength()
            if sung > 0 and first <= now and first < following:
                before, after = (_x(row, min(where, last)) for where in (now, following))
                start, edge = _x(row, first), before + (sung - whole) * (after - before)
                yield QRectF(min(start, edge), row.y(), abs(edge - start), row.height())


def _laid_out(text: str, font: QFont, width: float) -> QTextLayout:
    layout = QTextLayout(text, font)
    option = QTextOption(Qt.AlignmentFlag.AlignHCenter)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.setCacheEnabled(True)
    layout.beginLayout()
    y = 0.0
    while (row := layout.createLine()).isValid():
        row.setLineWidth(width)
        row.setPosition(QPointF(0, y))
        y += row.height()
    layout.endLayout()
    return layout


def _x(row: QTextLine, unit: int) -> float:
    return float(row.cursorToX(unit)[0])


def _units(text: str) -> int:
    """Qt counts in units of UTF-16."""
    return len(text.encode("utf-16-le")) // 2
