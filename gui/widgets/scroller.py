"""A picture that scrolls left in sync with the sound; its right edge is the present."""

from __future__ import annotations

from math import ceil, floor
from typing import cast

import numpy as np
import numpy.typing as npt
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui.look.colours import Colours
from gui.look.theme import theme, themes
from gui.model.frame_store import SECONDS, FrameStore, span

AHEAD_SECONDS = 1.5
"""Seconds of room for frames that are known before they are heard."""
_GRID_SECONDS = 2


class Scroller(QWidget):
    """Keeps a ring of pixel columns, one for each pixel's span of time, and paints only the new
    ones; the widget shows a copy, pixel by pixel."""

    def __init__(self, frames: FrameStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frames = frames
        self._generation = -1
        self._done = 0
        self._right = 0
        self._pixels: Colours = np.zeros((1, 1), np.uint32)
        self._image = QImage()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        themes().changed.connect(self.paint_anew)

    def columns(self, frames: npt.NDArray[np.int64], height: int) -> Colours:
        """The (n, height) colours, from the top, of the columns that show these frames."""
        raise NotImplementedError

    def paint_over(self, painter: QPainter) -> None:
        """Paint the fixed parts over the picture."""

    def paint_anew(self) -> None:
        """Discard the painted columns because their look has changed."""
        self._generation = -1
        self.advance(always=True)

    def advance(self, always: bool = False) -> None:
        """Scroll to the current playback time."""
        if not self.isVisible():
            return
        if self._generation != self._frames.generation:
            self._prepare()
            always = True
        self._paint_new_columns()
        right = floor(self._frames.heard / self._frames_per_pixel)
        if right != self._right or always:
            self._right = right
            self.update()

    @property
    def _frames_per_pixel(self) -> float:
        return span() / self._width

    @property
    def _width(self) -> int:
        return max(1, round(self.width() * self.devicePixelRatioF()))

    def _prepare(self) -> None:
        height = max(1, round(self.height() * self.devicePixelRatioF()))
        width = ceil(self._width * (1 + AHEAD_SECONDS / SECONDS)) + 2
        ground = int(theme().colour("sunken").rgb())
        self._pixels = np.full((height, width), ground, np.uint32)
        self._image = QImage(
            cast(bytes, self._pixels.data), width, height, 4 * width, QImage.Format.Format_RGB32
        )
        self._generation = self._frames.generation
        self._done = ceil(self._frames.first / self._frames_per_pixel)

    def _paint_new_columns(self) -> None:
        end = ceil(self._frames.end / self._frames_per_pixel)
        height, ring = self._pixels.shape
        first = max(self._done, end - ring, ceil(self._frames.first / self._frames_per_pixel))
        if end <= first:
            return
        numbers = np.arange(first, end)
        frames = np.floor(numbers * self._frames_per_pixel).astype(np.int64)
        # Rounding must not request the frame after the last.
        frames = np.clip(frames, self._frames.first, self._frames.end - 1)
        self._pixels[:, numbers % ring] = self.columns(frames, height).T
        self._done = end

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Start new columns for the new size."""
        self._generation = -1

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint the columns of the last seconds."""
        if self._generation == -1:
            self.advance(always=True)
        painter = QPainter(self)
        height, ring = self._pixels.shape
        ratio = self.devicePixelRatioF()
        known = ceil(self._frames.first / self._frames_per_pixel)
        left = max(self._right - self._width, known, self._done - ring)
        right = max(left, min(self._right, self._done))
        start = left - (self._right - self._width)
        blank = theme().colour("sunken")
        painter.fillRect(QRectF(0, 0, start / ratio, self.height()), blank)
        end = start + right - left
        painter.fillRect(QRectF(end / ratio, 0, self.width() - end / ratio, self.height()), blank)
        while left < right:
            at = left % ring
            count = min(right - left, ring - at)
            painter.drawImage(
                QRectF(start / ratio, 0, count / ratio, height / ratio),
                self._image,
                QRectF(at, 0, count, height),
            )
            start, left = start + count, left + count
        self.paint_over(painter)

    def paint_seconds(self, painter: QPainter) -> None:
        """Paint thin lines every few seconds."""
        colour = theme().colour("dim")
        colour.setAlpha(45)
        for seconds in range(_GRID_SECONDS, int(SECONDS), _GRID_SECONDS):
            x = round(self.width() * (1 - seconds / SECONDS))
            painter.fillRect(x, 0, 1, self.height(), colour)
