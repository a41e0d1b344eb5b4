"""A plot that scrolls left in sync with the sound; its right edge is the present."""

from __future__ import annotations

from math import ceil, floor
from typing import Any

import numpy as np
import numpy.typing as npt
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPaintEvent, QResizeEvent, QTransform
from PyQt6.QtWidgets import QWidget

from gui.look.quiet_pyqtgraph import pg
from gui.model.frame_store import SECONDS, FrameStore, span
from gui.widgets.plot import GRID_ALPHA, GRID_LINE, Plot, plain_box

AHEAD_SECONDS = 1.5
"""Seconds of room for frames that are known before they are heard."""
TILE = 64
"""Columns of a tile."""
_GRID_SECONDS = 2


class Scroller(Plot):
    """Time from -SECONDS to 0, in columns of one pixel of the screen each.

    The columns are in tiles, which are items of pyqtgraph. A frame of the display changes only the
    newest tile and moves the strip that holds them all; tiles that have left are used again.
    """

    def __init__(
        self, frames: FrameStore, parent: QWidget | None = None, upside_down: bool = False
    ) -> None:
        self.box = plain_box(upside_down)
        super().__init__(self.box, parent)
        self._frames = frames
        self._made_for: object = None
        self._drawn_for: object = None
        self._done = 0
        self._right = -1
        self._tiles: list[Any] = []
        self._numbers: list[int] = []
        self._strip = pg.ItemGroup()
        self.box.addItem(self._strip, ignoreBounds=True)
        self.box.setXRange(-SECONDS, 0, padding=0)
        self._time_grid = self.grid(
            "bottom",
            [-float(second) for second in range(_GRID_SECONDS, int(SECONDS), _GRID_SECONDS)],
        )

    def grid(self, orientation: str, places: list[float]) -> pg.AxisItem:
        """Thin lines over the whole plot; the axis itself takes no room."""
        axis = pg.AxisItem(orientation, linkView=self.box, showValues=False, maxTickLength=0)
        axis.setTicks([[(place, "") for place in places]])
        axis.setPen(None)
        axis.setGrid(GRID_ALPHA)
        axis.setStyle(tickAlpha=GRID_ALPHA)
        axis.setZValue(1)
        self.scene().addItem(axis)
        return axis

    def make_tile(self) -> Any:
        """An item of pyqtgraph for ``TILE`` columns, in units of columns."""
        raise NotImplementedError

    def look_at(self, first: int, end: int) -> None:
        """Compute for columns ``first`` to ``end`` at once what :meth:`draw_tile` needs."""

    def draw_tile(self, tile: Any, first: int, end: int, number: int) -> None:
        """Show columns ``first`` to ``end`` in the tile that begins at column ``number``, which
        shows those before ``first`` already."""
        raise NotImplementedError

    def clear_tile(self, tile: Any) -> None:
        """Show nothing in a tile that is used again."""

    def recolour(self) -> None:
        """Take the colours of the theme; discard the tiles, whose look has changed."""
        super().recolour()
        self._time_grid.setTickPen(self.pen("dim", GRID_LINE))
        self._made_for = None
        self.draw_anew()

    def draw_anew(self) -> None:
        """Discard what is drawn because its look has changed."""
        self._drawn_for = None
        self.viewport().update()

    def advance(self) -> None:
        """Scroll to the current playback time."""
        if not self.isVisible():
            return
        if self._drawn_for != self._wanted:
            self._prepare()
        self._draw_new_columns()
        right = floor(self._frames.heard / self._frames_per_column)
        if right != self._right:
            self._right = right
            self._strip.setX(-right * SECONDS / self.columns)

    @property
    def _wanted(self) -> tuple[int, int, int]:
        # The screen may be another one than before, with other pixels.
        return self._frames.generation, self.columns, self.rows

    @property
    def oldest(self) -> int:
        """The first column whose frame is known."""
        return ceil(self._frames.first / self._frames_per_column)

    def frames_of(self, columns: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The number of the frame that each column shows."""
        frames = np.floor(columns * self._frames_per_column).astype(np.int64)
        # Rounding must not request the frame after the last.
        known: npt.NDArray[np.int64] = np.clip(frames, self._frames.first, self._frames.end - 1)
        return known

    @property
    def columns(self) -> int:
        """Pixels of the screen across."""
        return self._on_screen(self.width())

    @property
    def rows(self) -> int:
        """Pixels of the screen from top to bottom."""
        return self._on_screen(self.height())

    def _on_screen(self, pixels: int) -> int:
        ratio: float = self.devicePixelRatioF()
        return max(1, round(pixels * ratio))

    @property
    def _frames_per_column(self) -> float:
        return span() / self.columns

    def _prepare(self) -> None:
        size = self.columns, self.rows
        if self._made_for != size:
            self._make_tiles()
            self._made_for = size
        for tile in self._tiles:
            tile.hide()
        self._numbers = [-1] * len(self._tiles)
        self._done = self.oldest
        self._right = -1
        self._drawn_for = self._wanted

    def _make_tiles(self) -> None:
        for tile in self._tiles:
            self.scene().removeItem(tile)
        room = self.columns * (1 + AHEAD_SECONDS / SECONDS)
        self._tiles = [self.make_tile() for _ in range(ceil(room / TILE) + 2)]
        for tile in self._tiles:
            self._strip.addItem(tile)
        self._strip.setTransform(QTransform.fromScale(SECONDS / self.columns, 1))

    def _draw_new_columns(self) -> None:
        end = ceil(self._frames.end / self._frames_per_column)
        at = max(self._done, end - (len(self._tiles) - 1) * TILE, self.oldest)
        if at >= end:
            return
        self.look_at(at, end)
        while at < end:
            number = at // TILE * TILE
            stop = min(end, number + TILE)
            place = number // TILE % len(self._tiles)
            tile = self._tiles[place]
            if self._numbers[place] != number:
                self._numbers[place] = number
                self.clear_tile(tile)
                tile.setX(number)
                tile.show()
            self.draw_tile(tile, at, stop, number)
            at = stop
        self._done = end

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Adapt the grids; the columns are drawn anew when they are painted."""
        super().resizeEvent(event)
        # pyqtgraph also calls this while it makes the view.
        if event is not None:
            self.place_grids()

    def place_grids(self) -> None:
        """Put the axes of the grids at the edges."""
        self._time_grid.setGeometry(QRectF(0, self.height(), self.width(), 0))

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint the columns; at another size, others."""
        if self._drawn_for != self._wanted:
            self.advance()
        super().paintEvent(event)
