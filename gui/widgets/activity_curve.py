"""The probability of singing over the last seconds, and its threshold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QMouseEvent, QPainter, QPen
from PyQt6.QtWidgets import QWidget

from gui.look.colours import Colours, painted, rgb
from gui.look.theme import theme
from gui.model.frame_store import FrameStore
from gui.model.viewmodel import ViewModel
from gui.widgets.scroller import Scroller
from livevox.live.telemetry import FRAMES

LINE = 2.0
"""Thickness of the curve in pixels."""
GRIP = 8


class ActivityCurve(Scroller):
    """A curve from 0 at the bottom to 1 at the top. The threshold's line can be dragged."""

    def __init__(
        self, frames: FrameStore, view_model: ViewModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(frames, parent)
        self._view_model = view_model
        self._dragging = False
        self.setMinimumHeight(48)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Singing activity"))
        self.setToolTip(
            self.tr(
                "Probability of singing, 0 to 100 %, in the last 10 s; "
                "drag the dashed line to move the threshold"
            )
        )
        view_model.parameters.changed.connect(self._on_parameter)

    @property
    def threshold(self) -> float:
        """The least probability that counts as singing."""
        return self._view_model.parameters.value("gate_threshold")

    def _on_parameter(self, name: str, value: float) -> None:
        if name == "gate_threshold":
            self.paint_anew()

    def columns(self, frames: npt.NDArray[np.int64], height: int) -> Colours:
        """The area under the curve, in the voice's colour at and above the threshold."""
        t = theme()
        activity = self._frames.activity[frames % FRAMES]
        before = self._frames.activity[np.maximum(frames - 1, self._frames.first) % FRAMES]
        sings = (activity >= self.threshold)[:, None]
        colour = np.where(sings, rgb(t.voice), rgb(t.dim))[:, None, :]
        scale = self._scale(height)
        tops, befores = LINE + activity * scale, LINE + before * scale
        above = height - 1 - np.arange(height)[None, :]
        area = np.clip(tops[:, None] - above, 0, 1)
        upper = np.maximum(tops, befores)[:, None]
        lower = np.minimum(tops, befores)[:, None] - LINE
        line = np.clip(upper - above, 0, 1) * np.clip(above + 1 - lower, 0, 1)
        return painted(rgb(t.sunken), colour, np.maximum(0.32 * area, line))

    def _scale(self, height: float) -> float:
        return height - 2 * LINE

    def _threshold_y(self) -> float:
        return self.height() - LINE - self.threshold * self._scale(self.height())

    def paint_over(self, painter: QPainter) -> None:
        """Paint the threshold and its value."""
        t = theme()
        self.paint_seconds(painter)
        y = round(self._threshold_y())
        painter.setPen(QPen(t.colour("text"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(0, y, self.width(), y)
        font = painter.font()
        font.setPointSizeF(8.5)
        painter.setFont(font)
        text = self.tr("threshold {:.0f} %").format(100 * self.threshold)
        width = painter.fontMetrics().horizontalAdvance(text) + 12
        if width + 8 > self.width():
            text = f"{100 * self.threshold:.0f} %"
            width = painter.fontMetrics().horizontalAdvance(text) + 12
        box = QRectF(4, y + 3, width, 16)
        if box.bottom() > self.height():
            box.moveBottom(y - 3)
        ground = t.colour("sunken")
        ground.setAlpha(190)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(t.colour("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Start dragging the threshold."""
        assert event is not None
        if abs(event.position().y() - self._threshold_y()) <= GRIP:
            self._dragging = True
            self._view_model.parameters.begin_gesture()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Move the threshold."""
        assert event is not None
        near = abs(event.position().y() - self._threshold_y()) <= GRIP
        self.setCursor(
            Qt.CursorShape.SplitVCursor if near or self._dragging else Qt.CursorShape.ArrowCursor
        )
        if self._dragging:
            place = (self.height() - LINE - event.position().y()) / self._scale(self.height())
            self._view_model.parameters.set("gate_threshold", round(place, 2))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Let go."""
        if self._dragging:
            self._dragging = False
            self._view_model.parameters.end_gesture()
