"""The file overview: waveform, detected singing, loop and playback position."""

from __future__ import annotations

from math import inf

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.look.theme import theme, themes
from gui.widgets.labels import clock
from gui.widgets.waveform_picture import waveform_picture
from livevox.dsp.stft import Audio

DRAG_PIXELS = 5
MIN_LOOP_SECONDS = 0.1
SEEK_KEYS = {
    Qt.Key.Key_Left: -5.0,
    Qt.Key.Key_Right: 5.0,
    Qt.Key.Key_PageUp: -30.0,
    Qt.Key.Key_PageDown: 30.0,
    Qt.Key.Key_Home: -inf,
    Qt.Key.Key_End: inf,
}
"""Seconds to go."""


class Waveform(QWidget):
    """Click to seek, drag to loop; the arrow keys seek, [ and ] set the loop, Escape ends it."""

    seek = pyqtSignal(float)
    """Seek to a position in seconds."""
    loop_chosen = pyqtSignal(float, float)
    """Start and end of a new loop in seconds."""
    loop_ended = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.position = 0.0
        self.duration = 0.0
        self.loop: tuple[float, float] | None = None
        self.note = ""
        """The text shown without a waveform."""
        self._overview: Audio | None = None
        self._marks: Audio = np.zeros(0, np.float32)
        self._picture: QPixmap | None = None
        self._drawn_at = 0.0
        self._press: float | None = None
        self._drag: tuple[float, float] | None = None
        self._hover: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Place in the file"))
        self.setToolTip(
            self.tr(
                "Click to go there, drag to repeat a part.\n"
                "Keys: ← → 5 s, Page Up and Page Down 30 s, Home and End, "
                "[ and ] begin and end a loop here, Escape ends the loop."
            )
        )
        themes().changed.connect(self._repaint)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Take all available width."""
        return QSize(400, 52)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The smallest size that can still be clicked."""
        return QSize(120, 52)

    def set_overview(self, overview: Audio | None) -> None:
        """Set the minimum and maximum per column, (columns, 2), or None while unknown."""
        self._overview = overview
        self._repaint()

    def set_marks(self, marks: Audio) -> None:
        """Set the marks of a :class:`gui.model.singing_map.SingingMap`."""
        self._marks = marks
        self._repaint()

    def set_place(self, position: float, duration: float) -> None:
        """Seconds."""
        was = clock(self.position)
        if duration != self.duration:
            self.duration = duration
            self._repaint()
        self.position = position
        x = self._cursor(position)
        if abs(x - self._drawn_at) >= 0.3:
            # Repaint only around the cursor, which moves with every frame of the display.
            for at in (self._drawn_at, x):
                self.update(round(at) - 4, 0, 8, self.height())
            self._drawn_at = x
        if clock(position) != was:
            self.setAccessibleDescription(
                self.tr("{} of {}").format(clock(position), clock(duration))
            )

    def set_loop(self, loop: tuple[float, float] | None) -> None:
        """Seconds, or None."""
        self.loop = loop
        self.update()

    # Painting

    def _repaint(self) -> None:
        self._picture = None
        self.update()

    def _x(self, second: float) -> float:
        return second / self.duration * self.width() if self.duration > 0 else 0.0

    def _cursor(self, second: float) -> float:
        return min(max(1.0, self._x(second)), self.width() - 1.0)

    def _second(self, x: float) -> float:
        return min(max(0.0, x / max(1, self.width())), 1.0) * self.duration

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Repaint the waveform at the new width."""
        self._picture = None
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint the cached picture, then the moving parts."""
        colours = theme()
        if self._picture is None:
            overview = self._overview if self.duration else None
            self._picture = waveform_picture(
                overview, self._marks, self.duration, self.size(), self.devicePixelRatioF()
            )
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        height = self.height()
        if self._overview is None or not self.duration:
            painter.setPen(colours.colour("dim"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.note)
        if span := self._drag or self.loop:
            left, right = self._x(span[0]), self._x(span[1])
            shade = colours.colour("window")
            shade.setAlpha(170)
            painter.fillRect(QRectF(0, 0, left, height), shade)
            painter.fillRect(QRectF(right, 0, self.width() - right, height), shade)
            painter.setPen(QPen(colours.colour("warning"), 2))
            for x in (left, right):
                painter.drawLine(QPointF(x, 0), QPointF(x, height))
        if self._hover is not None and self._press is None and self.duration:
            painter.setPen(QPen(colours.colour("dim"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(self._hover, 0), QPointF(self._hover, height))
        if self.duration:
            x = self._cursor(self.position)
            painter.setPen(QPen(colours.colour("window"), 4))
            painter.drawLine(QPointF(x, 0), QPointF(x, height))
            painter.setPen(QPen(colours.colour("text"), 2))
            painter.drawLine(QPointF(x, 0), QPointF(x, height))
        if self.hasFocus():
            painter.setPen(QPen(colours.colour("focus"), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Start a click or a drag."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton and self.duration:
            self._press = event.position().x()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Continue a drag, or show the time under the mouse."""
        assert event is not None
        x = event.position().x()
        self._hover = x
        if self._press is not None and abs(x - self._press) >= DRAG_PIXELS:
            first, last = sorted((self._second(self._press), self._second(x)))
            self._drag = first, last
        if self.duration:
            text = clock(self._second(x))
            if self._drag:
                text = f"{clock(self._drag[0])} - {clock(self._drag[1])}"
            QToolTip.showText(event.globalPosition().toPoint(), text, self)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Seek, or loop."""
        if event is None or self._press is None:
            return
        drag, self._drag, self._press = self._drag, None, None
        if drag is None:
            self.seek.emit(self._second(event.position().x()))
        elif drag[1] - drag[0] >= MIN_LOOP_SECONDS:
            self.loop = drag
            self.loop_chosen.emit(*drag)
        self.update()

    def leaveEvent(self, event: object) -> None:  # noqa: N802
        """Hide the time under the mouse."""
        self._hover = None
        self.update()

    def event(self, event: QEvent | None) -> bool:
        """With a loop, handle Escape here instead of in the window."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            keys = {*SEEK_KEYS, Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight}
            if event.key() in keys or (event.key() == Qt.Key.Key_Escape and self.loop):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """See the class."""
        assert event is not None
        key, here = event.key(), self.position
        if not self.duration:
            super().keyPressEvent(event)
        elif key in SEEK_KEYS:
            self.seek.emit(min(max(0.0, here + SEEK_KEYS[Qt.Key(key)]), self.duration))
        elif key == Qt.Key.Key_BracketLeft:
            end = self.loop[1] if self.loop and self.loop[1] > here else self.duration
            self._choose_loop(here, end)
        elif key == Qt.Key.Key_BracketRight:
            start = self.loop[0] if self.loop and self.loop[0] < here else 0.0
            self._choose_loop(start, here)
        elif key == Qt.Key.Key_Escape and self.loop:
            self.loop_ended.emit()
        else:
            super().keyPressEvent(event)

    def _choose_loop(self, start: float, end: float) -> None:
        if end - start >= MIN_LOOP_SECONDS:
            self.loop_chosen.emit(start, end)

    def focusInEvent(self, event: QFocusEvent | None) -> None:  # noqa: N802
        """Show the focus."""
        super().focusInEvent(event)
        self.update()
