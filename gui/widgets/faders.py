"""The look of parameter sliders: vertical faders with marks in dB, and horizontal sliders."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import (
    QColor,
    QLinearGradient,
    QPainter,
    QPaintEvent,
    QPen,
)
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui.look.theme import theme
from gui.model.scales import MINUS
from gui.model.viewmodel import ViewModel
from gui.widgets.parameter_slider import ParameterSlider
from livevox.parameters import SILENCE_DB

_FIRST = (0, SILENCE_DB, 12, -20, -40, -10, -30)
"""The marks in dB whose numbers matter most, in this order."""
_FIGURE_HEIGHT = 13
CAP = 17.0
"""Half the length of a fader's cap."""


class Fader(ParameterSlider):
    """A vertical fader with its marks in dB on the left."""

    def __init__(
        self, view_model: ViewModel, name: str, colour: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(view_model, name, Qt.Orientation.Vertical, colour, parent)
        self._muted = False
        self.setMinimumSize(58, 70)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:  # noqa: N802
        """The policy takes all available height."""
        return QSize(60, 110)

    def set_muted(self, muted: bool) -> None:
        """Paint a fader in grey whose source is not heard."""
        self._muted = muted
        self.update()

    def _span(self) -> tuple[float, float]:
        return self.height() - CAP - 3, CAP + 3

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint the groove, the marks and a cap with a line in the source's colour."""
        t = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.width() - 21.0
        bottom, top = self._span()
        self._paint_marks(painter, middle)
        colour, handle = t.colour(self._colour), self.handle_at(self._place())
        if self._muted:
            colour = t.colour("line")
        painter.setPen(QPen(t.colour("line"), 1))
        painter.setBrush(t.colour("sunken"))
        painter.drawRoundedRect(QRectF(middle - 3, top, 6, bottom - top), 3, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(middle - 2, handle, 4, bottom - handle), 2, 2)
        self._paint_cap(painter, QRectF(middle - 15, handle - CAP, 30, 2 * CAP), colour)
        self._paint_focus(painter, QRectF(self.rect()))

    def _paint_marks(self, painter: QPainter, middle: float) -> None:
        font = painter.font()
        font.setPointSizeF(8)
        painter.setFont(font)
        taken: list[float] = []
        for mark in sorted(self._scale.marks, key=_rank):
            y = self.handle_at(self._scale.place(mark))
            painter.setPen(QPen(theme().colour("neutral" if mark == 0 else "line"), 1))
            painter.drawLine(QPointF(middle - 13, y), QPointF(middle - 6, y))
            painter.drawLine(QPointF(middle + 6, y), QPointF(middle + 13, y))
            painter.setPen(theme().colour("text" if mark == 0 else "dim"))
            # A short fader has no room for every number.
            if all(abs(y - other) > _FIGURE_HEIGHT for other in taken):
                taken.append(y)
                text = f"{mark:+g}" if mark > 0 else f"{abs(mark):g}"
                text = f"{MINUS}∞" if mark == SILENCE_DB else text
                painter.drawText(QRectF(0, y - 8, middle - 16, 16), _RIGHT, text)

    def _paint_cap(self, painter: QPainter, box: QRectF, colour: QColor) -> None:
        t = theme()
        face = QLinearGradient(box.topLeft(), box.bottomLeft())
        near = t.colour("hover" if self.underMouse() or self.isSliderDown() else "raised")
        light, shade = near.lighter(125 if t.dark else 104), near.darker(125 if t.dark else 106)
        for at, tone in ((0, light), (0.44, near), (0.5, near.darker(115)), (0.56, near)):
            face.setColorAt(at, tone)
        face.setColorAt(1, shade)
        painter.setPen(QPen(t.colour("line").darker(150 if t.dark else 110), 1))
        painter.setBrush(face)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(
            QRectF(box.left() + 3, box.center().y() - 1.5, box.width() - 6, 3), 1.5, 1.5
        )


def _rank(mark: float) -> int:
    return _FIRST.index(mark) if mark in _FIRST else len(_FIRST)


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Slider(ParameterSlider):
    """A horizontal slider."""

    def __init__(
        self, view_model: ViewModel, name: str, colour: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(view_model, name, Qt.Orientation.Horizontal, colour, parent)
        self.setMinimumSize(70, 26)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """One line high."""
        return QSize(140, 26)

    def _span(self) -> tuple[float, float]:
        return 11.0, self.width() - 11.0

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint the groove, its filled part and a round handle."""
        t = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        left, right = self._span()
        colour, handle = t.colour(self._colour), self.handle_at(self._place())
        painter.setPen(QPen(t.colour("line"), 1))
        painter.setBrush(t.colour("sunken"))
        painter.drawRoundedRect(QRectF(left - 2, middle - 3, right - left + 4, 6), 3, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(left - 1, middle - 2, handle - left + 1, 4), 2, 2)
        painter.setPen(QPen(colour, 2))
        painter.setBrush(t.colour("hover" if self.underMouse() else "raised"))
        painter.drawEllipse(QPointF(handle, middle), 7.5, 7.5)
        self._paint_focus(painter, QRectF(self.rect()))
