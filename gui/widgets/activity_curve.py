"""The probability of singing over the last seconds, and its threshold."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFont, QResizeEvent
from PyQt6.QtWidgets import QWidget

from gui.look.dark_and_light import mixed
from gui.look.quiet_pyqtgraph import pg
from gui.look.theme import theme
from gui.model.frame_store import FrameStore
from gui.model.viewmodel import ViewModel
from gui.widgets.plot import SMALL_POINTS
from gui.widgets.scroller import Scroller
from livevox.live.telemetry import FRAMES
from livevox.parameters import PARAMETERS

LINE = 2.0
"""Thickness of the curve in pixels of the window."""
GRIP = 8
"""Pixels beside the threshold's line in which the mouse still takes it."""
AREA = 0.32
"""The colour's share in the area under the curve."""


Numbers = npt.NDArray[np.floating[Any]]


class Piece(pg.ItemGroup):  # type: ignore[misc]
    """A part of the curve: one in the voice's colour where somebody sings, one for the rest."""

    def __init__(self, width: float) -> None:
        """``width`` of the line is in pixels of the screen."""
        super().__init__()
        self._curves = [(_area(colour), _line(colour, width)) for colour in ("dim", "voice")]
        for curve in (*self._curves[0], *self._curves[1]):
            # A piece that only moves is not painted again.
            curve.setCacheMode(curve.CacheMode.DeviceCoordinateCache)
            self.addItem(curve)

    def show_activity(self, x: Numbers, percent: Numbers, sings: npt.NDArray[np.bool_]) -> None:
        """Lines between the points (x, percent); a line belongs to the point at its end."""
        ends = np.stack([x[:-1], x[1:]], axis=1)
        heights = np.stack([percent[:-1], percent[1:]], axis=1)
        for (area, line), mine in zip(self._curves, (~sings[1:], sings[1:]), strict=True):
            for curve in (area, line):
                curve.setVisible(bool(mine.any()))
            area.setData(ends.ravel(), np.where(mine[:, None], heights, np.nan).ravel())
            line.setData(ends[mine].ravel(), heights[mine].ravel())


def _area(colour: str) -> pg.PlotCurveItem:
    # Opaque, as that is painted several times as fast; not smoothed, as that leaves gaps between
    # the parts in which pyqtgraph paints it. The line covers the edge.
    t = theme()
    fill = mixed(t.colour(colour), t.colour("sunken"), AREA)
    return pg.PlotCurveItem(pen=None, brush=fill, fillLevel=0, connect="finite")


def _line(colour: str, width: float) -> pg.PlotCurveItem:
    pen = pg.mkPen(theme().colour(colour), width=width)
    line = pg.PlotCurveItem(pen=pen, connect="pairs", antialias=True, skipFiniteCheck=True)
    line.setSegmentedLineMode("on")
    return line


class ActivityCurve(Scroller):
    """A curve from 0 % at the bottom to 100 % at the top. The threshold's line can be dragged."""

    def __init__(
        self, frames: FrameStore, view_model: ViewModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(frames, parent)
        self._view_model = view_model
        self.setMinimumHeight(48)
        self.setAccessibleName(self.tr("Singing activity"))
        self.setToolTip(
            self.tr(
                "Probability of singing, 0 to 100 %, in the last 10 s; "
                "drag the dashed line to move the threshold"
            )
        )
        gate = PARAMETERS["gate_threshold"]
        self.line = pg.InfiniteLine(
            100 * self.threshold,
            angle=0,
            movable=True,
            bounds=(100 * gate.minimum, 100 * gate.maximum),
            label=" ",
            labelOpts={"position": 0, "anchors": [(0, 0), (0, 1)]},
        )
        self.line.setZValue(2)
        font = QFont(self.font())
        font.setPointSizeF(SMALL_POINTS)
        self.line.label.setFont(font)
        self.box.addItem(self.line, ignoreBounds=True)
        self.scene().setClickRadius(GRIP)
        self.scene().sigMouseHover.connect(self._on_hover)
        self.line.sigDragged.connect(self._on_drag)
        self.line.sigPositionChangeFinished.connect(self._on_drop)
        self._dragging = False
        view_model.parameters.changed.connect(self._on_parameter)
        self.recolour()

    @property
    def threshold(self) -> float:
        """The least probability that counts as singing."""
        return self._view_model.parameters.value("gate_threshold")

    def recolour(self) -> None:
        """Take the colours of the theme."""
        super().recolour()
        ground = theme().colour("sunken")
        ground.setAlpha(190)
        self.line.setPen(self.pen("text", 1, Qt.PenStyle.DashLine))
        self.line.setHoverPen(self.pen("text", 2))
        self.line.label.setColor(theme().colour("text"))
        self.line.label.fill = pg.mkBrush(ground)

    def make_tile(self) -> Piece:
        """A piece of the curve."""
        return Piece(LINE * self.devicePixelRatioF())

    def draw_tile(self, tile: Piece, first: int, end: int, number: int) -> None:
        """The area under the curve, in the voice's colour at and above the threshold."""
        # It begins in the piece before it, so that there is no gap between the two.
        columns = np.arange(max(number - 2, self.oldest), end)
        activity = self._frames.activity[self.frames_of(columns) % FRAMES]
        tile.show_activity(columns + 1.0 - number, 100 * activity, activity >= self.threshold)

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Leave room for the curve's thickness at the edges."""
        super().resizeEvent(event)
        if event is not None:
            margin = 100 * LINE / max(1, self.height() - 2 * LINE)
            self.box.setYRange(-margin, 100 + margin, padding=0)
            self._label_line()

    def _label_line(self) -> None:
        label = self.line.label
        label.setFormat(self.tr("threshold {:.0f} %").format(100 * self.threshold))
        if label.boundingRect().width() > self.width():
            label.setFormat(f"{100 * self.threshold:.0f} %")

    def _on_parameter(self, name: str, value: float) -> None:
        if name == "gate_threshold":
            self.line.setValue(100 * self.threshold)
            self._label_line()
            self.draw_anew()

    def _on_hover(self, near: list[Any]) -> None:
        grip = self.line in near
        self.setCursor(Qt.CursorShape.SplitVCursor if grip else Qt.CursorShape.ArrowCursor)

    def _on_drag(self) -> None:
        if not self._dragging:
            self._dragging = True
            self._view_model.parameters.begin_gesture()
        self._view_model.parameters.set("gate_threshold", round(self.line.value() / 100, 2))
        self.line.setValue(100 * self.threshold)

    def _on_drop(self) -> None:
        self._dragging = False
        self._view_model.parameters.end_gesture()
