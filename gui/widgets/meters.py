"""Level meters: peaks in dB with hold, and a latching clip lamp."""

from __future__ import annotations

import time
from functools import lru_cache
from math import inf, log10

import numpy as np
from PyQt6.QtCore import QPoint, QRectF, QSize, Qt
from PyQt6.QtGui import QLinearGradient, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui.look.dark_and_light import Theme, mixed
from gui.look.theme import theme, themes
from gui.model.scales import MINUS

FLOOR_DB, TOP_DB = -60.0, 6.0
HOLD_SECONDS = 1.5
HOLD_FALL = 20.0
"""Fall in dB per second after the hold."""
HOT_DB = -3.0
LAMP = 12.0
CHANNELS = 2
BARS = 16
"""Width of the bars in pixels."""
FIGURES = 20
"""Width of the figures beside them."""
MARKS = (0, -6, -12, -18, -24, -30, -40, -50, -60)
"""The figures in dB of full scale; those that have no room are left out."""
_FIGURE_PIXELS = 10
_UP = QPoint(0, 3)
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Meter(QWidget):
    """A meter for the two channels of one signal. A click resets the clip lamp."""

    def __init__(self, label: str, colour: str, parent: QWidget | None = None) -> None:
        """``colour`` is the name of one of the theme's."""
        super().__init__(parent)
        self._colour = colour
        self._levels = [FLOOR_DB] * CHANNELS
        self._holds = [FLOOR_DB] * CHANNELS
        self._held_at = [0.0] * CHANNELS
        self._shown_holds = [FLOOR_DB] * CHANNELS
        self._muted = False
        self._clips: int | None = None
        self._clipped = False
        self._drawn: tuple[object, ...] = ()
        self._figures = True
        self.setMinimumHeight(60)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Level of {}").format(label))
        self.setToolTip(
            self.tr(
                "{}: peak level, -60 to +6 dB of full scale; the lamp on top means clipping, "
                "a click puts it out"
            ).format(label)
        )
        themes().changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """A fixed width, and all available height."""
        return QSize(BARS + (FIGURES if self._figures else 0), 60)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The same."""
        return self.sizeHint()

    def show_figures(self, shown: bool) -> None:
        """Show the figures in dB beside the bars, or leave them out."""
        self._figures = shown
        self.updateGeometry()

    @property
    def clipped(self) -> bool:
        """Whether the lamp is on."""
        return self._clipped

    def set_muted(self, muted: bool) -> None:
        """Of what is not heard, mark the level by a line; only what is heard fills the bars."""
        self._muted = muted
        self.update()

    def show_levels(
        self, amplitudes: np.ndarray[tuple[int], np.dtype[np.float64]], clips: int
    ) -> None:
        """Take new peaks (amplitudes, by channel) and the count of clipped blocks so far."""
        now = time.monotonic()
        self._levels = [20 * log10(max(amplitude, 1e-3)) for amplitude in amplitudes.tolist()]
        for channel, level in enumerate(self._levels):
            over = max(0.0, now - self._held_at[channel] - HOLD_SECONDS)
            hold = self._holds[channel] - HOLD_FALL * over
            if level >= hold:
                hold = self._holds[channel] = level
                self._held_at[channel] = now
            self._shown_holds[channel] = hold
        if self._clips is not None and clips > self._clips:
            self._clipped = True
        self._clips = clips
        drawn = self._pixels()
        if drawn != self._drawn:
            self._drawn = drawn
            self.update(0, 0, BARS, self.height())

    def _pixels(self) -> tuple[object, ...]:
        """All values that the painting depends on."""
        height = self._bar().height() * self.devicePixelRatioF()
        shown = (*self._levels, *self._shown_holds)
        return (*(round(height * _place(level)) for level in shown), self._clipped)

    def _bar(self) -> QRectF:
        return QRectF(1, LAMP + 3, BARS - 2, self.height() - LAMP - 4)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Reset the clip lamp."""
        self._clipped = False
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint lamp, background, bars and hold lines."""
        t = theme()
        painter = QPainter(self)
        bar = self._bar()
        lamp = QRectF(1, 1, BARS - 2, LAMP - 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(t.colour("line"), 1))
        painter.setBrush(t.colour("alarm" if self._clipped else "sunken"))
        painter.drawRoundedRect(lamp, 2, 2)
        if self._clipped:
            painter.setPen(QPen(t.colour("on_colour"), 2))
            painter.drawLine(lamp.center().toPoint() - _UP, lamp.center().toPoint() + _UP)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(bar, t.colour("sunken"))
        fill = _fill(t, self._colour, bar.bottom(), bar.top())
        width = (bar.width() - 1) / CHANNELS
        for channel in range(CHANNELS):
            left = bar.left() + channel * (width + 1)
            level, hold = (_place(x[channel]) for x in (self._levels, self._shown_holds))
            top = bar.bottom() - level * bar.height()
            if self._muted:
                if level > 0:
                    painter.fillRect(QRectF(left, top, width, 2), t.colour("dim"))
                continue
            painter.fillRect(QRectF(left, top, width, level * bar.height()), fill)
            if hold > 0:
                y = bar.bottom() - hold * bar.height()
                hot = self._shown_holds[channel] > 0
                painter.fillRect(
                    QRectF(left, y, width, 2), t.colour("alarm") if hot else t.colour("text")
                )
        painter.setPen(QPen(t.colour("dim"), 1))
        zero = bar.bottom() - _place(0.0) * bar.height()
        painter.drawLine(int(bar.left()), int(zero), int(bar.right()), int(zero))
        if self._figures and event is not None and event.rect().right() >= BARS:
            self._paint_figures(painter, bar)

    def _paint_figures(self, painter: QPainter, bar: QRectF) -> None:
        font = painter.font()
        font.setPixelSize(_FIGURE_PIXELS)
        painter.setFont(font)
        painter.setPen(theme().colour("dim"))
        lowest = -inf
        for mark in MARKS:
            y = bar.bottom() - _place(mark) * bar.height()
            y = min(y, bar.bottom() - _FIGURE_PIXELS / 2)
            if y - lowest < 1.4 * _FIGURE_PIXELS:
                continue
            lowest = y
            text = f"{MINUS}{-mark}" if mark else "0"
            box = QRectF(BARS, y - _FIGURE_PIXELS, FIGURES, 2 * _FIGURE_PIXELS)
            painter.drawText(box, _LEFT, text)


@lru_cache(maxsize=16)
def _fill(t: Theme, colour: str, bottom: float, top: float) -> QLinearGradient:
    """The signal's colour, and a warning colour for high levels."""
    own = t.colour(colour)
    fill = QLinearGradient(0, bottom, 0, top)
    fill.setColorAt(0, mixed(own, t.colour("sunken"), 0.45))
    fill.setColorAt(_place(-12.0), own)
    fill.setColorAt(_place(HOT_DB) - 0.001, own)
    fill.setColorAt(_place(HOT_DB), t.colour("warning"))
    fill.setColorAt(_place(0.0) - 0.001, t.colour("warning"))
    fill.setColorAt(_place(0.0), t.colour("alarm"))
    return fill


def _place(decibels: float) -> float:
    """The position of a level, from the bottom (0) to the top (1)."""
    return min(max((decibels - FLOOR_DB) / (TOP_DB - FLOOR_DB), 0.0), 1.0)
