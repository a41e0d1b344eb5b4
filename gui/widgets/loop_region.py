"""The loop in the waveform: what is outside of it is shaded."""

from __future__ import annotations

from PyQt6.QtGui import QPen

from gui.look.quiet_pyqtgraph import pg
from gui.look.theme import theme

SHADE_ALPHA = 170


class LoopRegion:
    """Items of pyqtgraph, in seconds from left to right."""

    def __init__(self) -> None:
        self._before, self._after, self._inside = self.items = tuple(
            pg.LinearRegionItem(movable=False) for _ in range(3)
        )

    def recolour(self, ends: QPen) -> None:
        """Take the colours of the theme, and the pen of the loop's ends."""
        shade = theme().colour("window")
        shade.setAlpha(SHADE_ALPHA)
        for region, brush, pen in (
            (self._inside, None, ends),
            (self._before, shade, pg.mkPen(None)),
            (self._after, shade, pg.mkPen(None)),
        ):
            region.setBrush(brush)
            for line in region.lines:
                line.setPen(pen)

    def show_loop(self, loop: tuple[float, float] | None, duration: float) -> None:
        """Show start and end, in a file that is ``duration`` long, or nothing."""
        for region in self.items:
            region.setVisible(loop is not None)
        if loop is not None:
            self._inside.setRegion(loop)
            self._before.setRegion((0, loop[0]))
            self._after.setRegion((loop[1], duration))
