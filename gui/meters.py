"""Level meters: peaks in dB with hold, and a lamp that stays on after clipping."""

from __future__ import annotations

import time

import numpy as np
from PyQt6.QtCore import QCoreApplication, QPoint, QRectF, QSize
from PyQt6.QtGui import QColor, QLinearGradient, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui.theme import theme, themes

FLOOR_DB, TOP_DB = -60.0, 6.0
HOLD_SECONDS = 1.5
HOLD_FALL = 20.0
"""dB per second, once the hold is over."""
HOT_DB = -3.0
LAMP = 12.0
CHANNELS = 2
_UP = QPoint(0, 3)


def _tr(text: str) -> str:
    return QCoreApplication.translate("meters", text)


class Meter(QWidget):
    """The two channels of one signal. A click puts the clip lamp out."""

    def __init__(self, label: str, colour: str, parent: QWidget | None = None) -> None:
        """``colour`` is the name of one of the theme's."""
        super().__init__(parent)
        self._label = label
        self._colour = colour
        self._levels = np.full(CHANNELS, FLOOR_DB)
        self._holds = np.full(CHANNELS, FLOOR_DB)
        self._held_at = np.zeros(CHANNELS)
        self._clips: int | None = None
        self._clips_seen = 0
        self._clipped = False
        self._drawn: tuple[object, ...] = ()
        self.setMinimumSize(16, 60)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(_tr("Level of {}").format(label))
        self.setToolTip(
            _tr(
                "{}: peak level, -60 to +6 dB of full scale; the lamp on top means clipping, "
                "a click puts it out"
            ).format(label)
        )
        themes().changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Narrow, and as high as there is room."""
        return QSize(16, 200)

    @property
    def clipped(self) -> bool:
        """Whether the lamp is on."""
        return self._clipped

    def show_levels(
        self, amplitudes: np.ndarray[tuple[int], np.dtype[np.float64]], clips: int
    ) -> None:
        """Take new peaks (amplitudes, by channel) and the count of clipped blocks so far."""
        now = time.monotonic()
        self._levels = 20 * np.log10(np.maximum(amplitudes, 1e-3))
        fallen = self._holds - HOLD_FALL * np.maximum(0, now - self._held_at - HOLD_SECONDS)
        higher = self._levels >= fallen
        self._held_at[higher] = now
        self._holds = np.where(higher, self._levels, self._holds)
        self._shown_holds = np.maximum(fallen, self._levels)
        if self._clips is not None and clips > self._clips:
            self._clipped = True
        self._clips = clips
        drawn = self._pixels()
        if drawn != self._drawn:
            self._drawn = drawn
            self.update()

    _shown_holds = np.full(CHANNELS, FLOOR_DB)

    def _pixels(self) -> tuple[object, ...]:
        """All that the picture depends on."""
        height = self._bar().height() * self.devicePixelRatioF()
        shown = (*self._levels, *self._shown_holds)
        return (*(round(height * _place(level)) for level in shown), self._clipped)

    def _bar(self) -> QRectF:
        return QRectF(1, LAMP + 3, self.width() - 2, self.height() - LAMP - 4)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Put the clip lamp out."""
        self._clipped = False
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Lamp, ground, bars and hold lines."""
        t = theme()
        painter = QPainter(self)
        bar = self._bar()
        lamp = QRectF(1, 1, self.width() - 2, LAMP - 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(t.colour("line"), 1))
        painter.setBrush(t.colour("alarm" if self._clipped else "sunken"))
        painter.drawRoundedRect(lamp, 2, 2)
        if self._clipped:
            painter.setPen(QPen(t.colour("on_colour"), 2))
            painter.drawLine(lamp.center().toPoint() - _UP, lamp.center().toPoint() + _UP)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(bar, t.colour("sunken"))
        width = (bar.width() - 1) / CHANNELS
        for channel in range(CHANNELS):
            left = bar.left() + channel * (width + 1)
            level, hold = (_place(x[channel]) for x in (self._levels, self._shown_holds))
            box = QRectF(left, bar.bottom() - level * bar.height(), width, level * bar.height())
            painter.fillRect(box, self._fill(bar))
            if hold > 0:
                y = bar.bottom() - hold * bar.height()
                hot = self._shown_holds[channel] > 0
                painter.fillRect(
                    QRectF(left, y, width, 2), t.colour("alarm") if hot else t.colour("text")
                )
        painter.setPen(QPen(t.colour("dim"), 1))
        zero = bar.bottom() - _place(0.0) * bar.height()
        painter.drawLine(int(bar.left()), int(zero), int(bar.right()), int(zero))

    def _fill(self, bar: QRectF) -> QLinearGradient:
        """The signal's own colour, and a warm one where it gets too loud."""
        colour = theme().colour(self._colour)
        fill = QLinearGradient(bar.bottomLeft(), bar.topLeft())
        fill.setColorAt(0, _mixed(colour, theme().colour("sunken"), 0.45))
        fill.setColorAt(_place(-12.0), colour)
        fill.setColorAt(_place(HOT_DB) - 0.001, colour)
        fill.setColorAt(_place(HOT_DB), theme().colour("warning"))
        fill.setColorAt(_place(0.0) - 0.001, theme().colour("warning"))
        fill.setColorAt(_place(0.0), theme().colour("alarm"))
        return fill


def _place(decibels: float) -> float:
    """Where a level is on the way from the bottom (0) to the top (1)."""
    return min(max((decibels - FLOOR_DB) / (TOP_DB - FLOOR_DB), 0.0), 1.0)


def _mixed(a: QColor, b: QColor, share: float) -> QColor:
    """``share`` of ``a``, and ``b`` for the rest."""
    return QColor.fromRgbF(
        *(share * x + (1 - share) * y for x, y in zip(a.getRgbF(), b.getRgbF(), strict=True))
    )
