"""The lamp that shines while somebody sings."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QRadialGradient
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui.look.theme import theme, themes

STEPS = 24
"""Distinct levels of brightness; smaller changes cause no repaint."""


class Lamp(QWidget):
    """A lamp in the voice's colour: brighter with more activity, and fully lit while the activity
    is at or above the threshold."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._activity = 0.0
        self._on = False
        self.setMinimumSize(48, 48)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Singing"))
        self.setToolTip(
            self.tr(
                "Shines while somebody sings: the probability of singing, 0 to 100 %, "
                "is above the threshold"
            )
        )
        self._describe()
        themes().changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """A large one."""
        return QSize(96, 96)

    @property
    def on(self) -> bool:
        """Whether it shines."""
        return self._on

    def show_activity(self, activity: float, threshold: float) -> None:
        """Set the activity at the current playback time."""
        on = activity >= threshold
        activity = round(activity * STEPS) / STEPS
        if (on, activity) != (self._on, self._activity):
            changed, self._on, self._activity = on != self._on, on, activity
            if changed:
                self._describe()
            self.update()

    def _describe(self) -> None:
        self.setAccessibleDescription(self.tr("singing") if self._on else self.tr("no singing"))

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint a glowing disc, or a ring filled in proportion to the probability."""
        t = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = min(self.width(), self.height()) / 2 - 2
        middle = QPointF(self.width() / 2, self.height() / 2)
        radius = 0.72 * size
        disc = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
        voice = t.colour("voice")
        painter.setPen(Qt.PenStyle.NoPen)
        if self._on:
            glow = QRadialGradient(middle, size)
            for at, alpha in ((0.6, 150), (0.8, 60), (1, 0)):
                voice.setAlpha(alpha)
                glow.setColorAt(at, voice)
            painter.setBrush(glow)
            painter.drawEllipse(middle, size, size)
            face = QRadialGradient(middle - QPointF(0.25, 0.3) * radius, 1.4 * radius)
            face.setColorAt(0, t.colour("voice").lighter(135))
            face.setColorAt(0.6, t.colour("voice"))
            face.setColorAt(1, t.colour("voice").darker(115))
            painter.setBrush(face)
        else:
            painter.setBrush(t.colour("raised"))
        painter.drawEllipse(disc)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(t.colour("line"), 3))
        painter.drawEllipse(disc)
        painter.setPen(QPen(t.colour("voice"), 3, cap=Qt.PenCapStyle.FlatCap))
        painter.drawArc(disc, 90 * 16, -round(360 * 16 * self._activity))
        painter.setPen(t.colour("on_colour" if self._on else "dim"))
        font = painter.font()
        font.setPixelSize(max(9, round(0.36 * radius)))
        font.setBold(self._on)
        painter.setFont(font)
        painter.drawText(
            disc, Qt.AlignmentFlag.AlignCenter, self.tr("sings") if self._on else self.tr("silent")
        )
