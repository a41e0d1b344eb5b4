"""The spectrogram coloured by source, with its axis and colour key."""

from __future__ import annotations

from functools import lru_cache
from math import inf
from typing import cast

import numpy as np
import numpy.typing as npt
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QFont, QImage, QPainter, QPaintEvent, QResizeEvent, QTransform
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui.look.colours import MAGNITUDES, MASKS, colour_table, lookup_table, positions
from gui.look.quiet_pyqtgraph import pg
from gui.look.theme import theme, themes
from gui.model.frame_store import FrameStore
from gui.widgets.plot import GRID_LINE, SMALL_POINTS, Plot, message_over
from gui.widgets.scroller import TILE, Scroller
from livevox.dsp.stft import N_FFT, NET_BINS, SAMPLE_RATE, Audio
from livevox.live.telemetry import FRAMES

LOWEST_HZ, HIGHEST_HZ = 50.0, 10_000.0
MARKS_HZ = (100, 250, 500, 1000, 2000, 4000, 8000)
QUIETEST_DB, LOUDEST_DB = -26.0, 34.0
"""The levels at the table's ends; a full-scale sine has 42 dB."""
TILT_DB = 3.0
"""Boost per octave relative to 1 kHz, as music has less energy at high frequencies."""
BIN_HZ = SAMPLE_RATE / N_FFT


def mel(hertz: float | npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Frequency on a perceptual scale."""
    return 2595 * np.log10(1 + np.asarray(hertz) / 700)


def frequency(place: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The frequencies in Hz at positions from 0 (bottom) to 1."""
    low, high = mel(LOWEST_HZ), mel(HIGHEST_HZ)
    return 700 * (10 ** ((low + place * (high - low)) / 2595) - 1)


def place_of(hertz: float) -> float:
    """The inverse of :func:`frequency`."""
    low, high = mel(LOWEST_HZ), mel(HIGHEST_HZ)
    return float((mel(hertz) - low) / (high - low))


@lru_cache(maxsize=4)
def rows_of_bins(rows: int) -> Audio:
    """The weights (NET_BINS, rows) from bins to rows of pixels, from the top: a mean if a row has
    several bins, an interpolation if a bin spans several rows."""
    edges = frequency(np.linspace(1, 0, rows + 1)) / BIN_HZ
    middles, widths = (edges[:-1] + edges[1:]) / 2, edges[:-1] - edges[1:]
    distance = np.abs(np.arange(NET_BINS)[:, None] - middles[None, :])
    weights = np.maximum(0, 1 - distance / np.maximum(1, widths))
    normed: Audio = (weights / weights.sum(axis=0)).astype(np.float32)
    return normed


_TILT = TILT_DB * np.log2(np.maximum(np.arange(NET_BINS), 1) * BIN_HZ / 1000).astype(np.float32)


def table_places(spectrogram: Audio) -> Audio:
    """Log magnitudes log(1 + x), (n, 257), as positions in the table: 0 for silence, 1 for loud."""
    decibels = 20 * np.log10(np.expm1(spectrogram) + 1e-4) + _TILT
    places: Audio = (decibels - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB)
    clipped: Audio = np.clip(places, 0, 1)
    return clipped


class Picture(pg.ImageItem):  # type: ignore[misc]
    """Columns of positions in the colour table."""

    qimage: QImage

    def __init__(self, rows: int) -> None:
        super().__init__(levels=None)
        self.positions = np.zeros((TILE, rows), np.uint8)
        t = theme()
        self.setLookupTable(lookup_table(t.dark, t.sunken))
        # As high as the plot.
        self.setTransform(QTransform.fromScale(1, 1 / rows))

    def show_positions(self) -> None:
        """Take over what has changed in the positions."""
        self.setImage(self.positions, autoLevels=False)

    def render(self) -> None:
        """Look the colours up now: pictures are shown more often than they change."""
        super().render()
        self.qimage = self.qimage.convertToFormat(QImage.Format.Format_RGB32)


class Spectrogram(Scroller):
    """The last seconds, from 50 Hz to 10 kHz; 0 is the top of the plot, 1 the bottom."""

    def __init__(self, frames: FrameStore, parent: QWidget | None = None) -> None:
        super().__init__(frames, parent, upside_down=True)
        self.box.setYRange(0, 1, padding=0)
        self._frequency_grid = self.grid("right", [1 - place_of(hertz) for hertz in MARKS_HZ])
        self._new, self._new_first = np.zeros((0, 1), np.uint8), 0
        self._message = message_over(self)
        font = self._message.font()
        font.setPointSizeF(14)
        self._message.setFont(font)
        self.setMinimumSize(60, 40)
        self.setAccessibleName(self.tr("Spectrogram"))
        self.setToolTip(
            self.tr(
                "What was heard in the last 10 s, 50 Hz to 10 kHz: "
                "orange is voice, blue is accompaniment, brighter is louder"
            )
        )
        self.recolour()

    def show_message(self, message: str) -> None:
        """Show in the picture why it has stopped; "" removes the message."""
        self._message.setText(message)
        self._message.setVisible(bool(message))

    def recolour(self) -> None:
        """Take the colours of the theme."""
        super().recolour()
        self._frequency_grid.setTickPen(self.pen("dim", GRID_LINE))

    def place_grids(self) -> None:
        """Put the axes of the grids at the edges."""
        super().place_grids()
        self._frequency_grid.setGeometry(QRectF(self.width(), 0, 0, self.height()))

    def make_tile(self) -> Picture:
        """A picture as high as the plot."""
        return Picture(self.rows)

    def look_at(self, first: int, end: int) -> None:
        """Brightness by magnitude and hue by mask."""
        at, weights = self.frames_of(np.arange(first, end)) % FRAMES, rows_of_bins(self.rows)
        loud = table_places(self._frames.spectrogram[at]) @ weights
        self._new = positions(loud, self._frames.mask[at] @ weights)
        self._new_first = first

    def draw_tile(self, tile: Picture, first: int, end: int, number: int) -> None:
        """Add new columns to the picture."""
        new = self._new[first - self._new_first : end - self._new_first]
        tile.positions[first - number : end - number] = new
        tile.show_positions()

    def clear_tile(self, tile: Picture) -> None:
        """Silence."""
        tile.positions[:] = 0


class FrequencyAxis(Plot):
    """The frequencies beside the spectrogram."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._axis = pg.AxisItem("right", maxTickLength=0)
        super().__init__(self._axis, parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._axis.setPen(None)
        # Qt shows lines of no length as points.
        self._axis.setStyle(tickTextOffset=6, tickAlpha=0)
        font = QFont(self.font())
        font.setPointSizeF(SMALL_POINTS)
        self._axis.setTickFont(font)
        self.recolour()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wide enough for the labels."""
        return QSize(46, 100)

    def recolour(self) -> None:
        """Take the colours of the theme."""
        self.setBackground(None)
        self._axis.setTextPen(theme().dim)

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Leave out the labels that have no room."""
        super().resizeEvent(event)
        labels, last = [], inf
        for hertz in MARKS_HZ:
            place = place_of(hertz)
            y = self.height() * (1 - place)
            if last - y >= 15 and 7 <= y <= self.height() - 7:
                last = y
                text = self.tr("{} kHz").format(hertz // 1000) if hertz >= 1000 else f"{hertz}"
                labels.append((place, text))
        self._axis.setTicks([labels])


class ColourKey(QWidget):
    """The colour key: hue from accompaniment to voice, brightness from quiet to loud."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(18)
        self.setMinimumWidth(120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Key to the colours"))
        self.setToolTip(self.tr("Hue: whose sound it is. Brightness: how loud it is."))
        themes().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint the colour table between its labels."""
        t = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        table = np.ascontiguousarray(colour_table(t.dark, t.sunken)[::-1])
        image = QImage(
            cast(bytes, table.data), MASKS, MAGNITUDES, 4 * MASKS, QImage.Format.Format_RGB32
        )
        names = self.tr("accompaniment"), self.tr("voice")
        metrics = painter.fontMetrics()
        left, right = (metrics.horizontalAdvance(name) + 8 for name in names)
        box = QRectF(left, 2, self.width() - left - right, self.height() - 4)
        if box.width() > 120:
            box = QRectF(self.width() - right - 120, 2, 120, box.height())
        painter.drawImage(box, image)
        painter.setPen(t.colour("music"))
        painter.drawText(QRectF(box.left() - left, 0, left - 6, self.height()), _RIGHT, names[0])
        painter.setPen(t.colour("voice"))
        painter.drawText(QRectF(box.right() + 6, 0, right, self.height()), _LEFT, names[1])


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
