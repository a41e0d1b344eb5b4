"""The file overview: waveform, detected singing, loop and playback position."""

from __future__ import annotations

from math import inf

import numpy as np
from PyQt6.QtCore import QEvent, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.look.quiet_pyqtgraph import pg
from gui.widgets.labels import clock
from gui.widgets.loop_region import LoopRegion
from gui.widgets.plot import Plot, message_over, plain_box
from gui.widgets.waveform_picture import WaveformPicture
from livevox.dsp.stft import Audio

DRAG_PIXELS = 5
GRIP = 4
"""Pixels beside an end of the loop in which the mouse takes it."""
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


class Waveform(Plot):
    """Click to seek, drag to loop, drag an end of the loop to move it.

    The arrow keys seek, [ and ] set the loop, Escape ends it. The plot is as wide as the file is
    long, in seconds, and as high as it has pixels.
    """

    seek = pyqtSignal(float)
    """Seek to a position in seconds."""
    loop_chosen = pyqtSignal(float, float)
    """Start and end of a new loop in seconds."""
    loop_ended = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self.box = plain_box(upside_down=True)
        super().__init__(self.box, parent)
        # Only the cursor moves.
        self.setViewportUpdateMode(self.ViewportUpdateMode.MinimalViewportUpdate)
        self.position = 0.0
        self.duration = 0.0
        self.loop: tuple[float, float] | None = None
        self._overview: Audio | None = None
        self._marks: Audio = np.zeros(0, np.float32)
        self._stale = True
        self._drawn_at = 0.0
        self._pressed_at = 0.0
        self._press: float | None = None
        self._drag: tuple[float, float] | None = None
        self._picture = WaveformPicture()
        self._region = LoopRegion()
        self._hover, self._halo, self._cursor = (pg.InfiniteLine(0, angle=90) for _ in range(3))
        for item in (self._picture, *self._region.items, self._hover, self._halo, self._cursor):
            self.box.addItem(item, ignoreBounds=True)
        self._note = message_over(self)
        self._show_items()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Place in the file"))
        self.setToolTip(
            self.tr(
                "Click to go there, drag to repeat a part.\n"
                "Keys: ← → 5 s, Page Up and Page Down 30 s, Home and End, "
                "[ and ] begin and end a loop here, Escape ends the loop."
            )
        )
        self.recolour()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Take all available width."""
        return QSize(400, 52)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The smallest size that can still be clicked."""
        return QSize(120, 52)

    @property
    def note(self) -> str:
        """The text shown without a waveform."""
        return self._note.text()

    @note.setter
    def note(self, note: str) -> None:
        self._note.setText(note)

    def set_overview(self, overview: Audio | None) -> None:
        """Set the minimum and maximum per column, (columns, 2), or None while unknown."""
        self._overview = overview
        self._draw()

    def set_marks(self, marks: Audio) -> None:
        """Set the marks of a :class:`gui.model.singing_map.SingingMap`."""
        self._marks = marks
        self._draw()

    def set_place(self, position: float, duration: float) -> None:
        """Seconds."""
        was = clock(self.position)
        self.position = position
        if duration != self.duration:
            self.duration = duration
            self._draw()
        x = self._x(position)
        if abs(x - self._drawn_at) >= 0.3:
            self._place_cursor()
        if clock(position) != was:
            self.setAccessibleDescription(
                self.tr("{} of {}").format(clock(position), clock(duration))
            )

    def set_loop(self, loop: tuple[float, float] | None) -> None:
        """Seconds, or None."""
        self.loop = loop
        self._show_items()

    # Drawing

    def recolour(self) -> None:
        """Take the colours of the theme."""
        super().recolour()
        self._region.recolour(self.pen("warning", 2))
        self._hover.setPen(self.pen("dim", 1, Qt.PenStyle.DashLine))
        self._halo.setPen(self.pen("window", 4))
        self._cursor.setPen(self.pen("text", 2))
        self._frame()
        self._draw()

    def _draw(self) -> None:
        self._stale = not self.isVisible()
        if self._stale:
            return
        self.box.setRange(
            xRange=(0, self.duration or 1), yRange=(0, max(1, self.height())), padding=0
        )
        width = max(1, round(self.width() * self.devicePixelRatioF()))
        self._picture.show_waveform(
            self._overview, self._marks, self.duration, width, self.height()
        )
        self._show_items()
        self._place_cursor()

    def _show_items(self) -> None:
        there = self.duration > 0
        self._note.setVisible(self._overview is None or not there)
        self._region.show_loop(self._drag or self.loop if there else None, self.duration)
        for line in (self._halo, self._cursor):
            line.setVisible(there)
        self._hover.setVisible(there and self.underMouse() and self._press is None)

    def _place_cursor(self) -> None:
        self._drawn_at = self._x(self.position)
        x = min(max(1.0, self._drawn_at), self.width() - 1.0)
        for line in (self._halo, self._cursor):
            line.setValue(self._second(x))

    def _frame(self) -> None:
        # Half of it is outside.
        self.box.setBorder(self.pen("focus", 4) if self.hasFocus() else None)

    def _x(self, second: float) -> float:
        return second / self.duration * self.width() if self.duration > 0 else 0.0

    def _second(self, x: float) -> float:
        width: int = self.width()
        return min(max(0.0, x / max(1, width)), 1.0) * self.duration

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Draw the waveform at the new width."""
        super().resizeEvent(event)
        # pyqtgraph also calls this while it makes the view.
        if event is not None:
            self._draw()

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802
        """Draw what came while it was hidden."""
        super().showEvent(event)
        if self._stale:
            self._draw()

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Start a click or a drag."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton and self.duration:
            self._pressed_at = event.position().x()
            self._press = self._anchor(self._pressed_at)

    def _anchor(self, x: float) -> float:
        """Where a drag from ``x`` begins: where one end of the loop is taken, at the other end."""
        if self.loop:
            start, end = map(self._x, self.loop)
            taken, other = min((start, end), (end, start), key=lambda ends: abs(ends[0] - x))
            if abs(taken - x) <= GRIP:
                return other
        return x

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Continue a drag, or show the time under the mouse."""
        assert event is not None
        x = event.position().x()
        self._hover.setValue(self._second(x))
        at_end = self._press is None and self._anchor(x) != x
        self.setCursor(Qt.CursorShape.SplitHCursor if at_end else Qt.CursorShape.ArrowCursor)
        dragged = self._drag is not None or abs(x - self._pressed_at) >= DRAG_PIXELS
        if self._press is not None and dragged:
            first, last = sorted((self._second(self._press), self._second(x)))
            self._drag = first, last
        if self.duration:
            text = clock(self._second(x))
            if self._drag:
                text = f"{clock(self._drag[0])} - {clock(self._drag[1])}"
            QToolTip.showText(event.globalPosition().toPoint(), text, self)
        self._show_items()

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
        self._show_items()

    def leaveEvent(self, event: object) -> None:  # noqa: N802
        """Hide the time under the mouse."""
        self._hover.hide()

    def event(self, event: QEvent | None) -> bool:
        """With a loop, handle Escape here instead of in the window."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            keys = {*SEEK_KEYS, Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight}
            if event.key() in keys or (event.key() == Qt.Key.Key_Escape and self.loop):
                event.accept()
                return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """See the class."""
        assert event is not None
        key, here = event.key(), self.position
        if not self.duration:
            event.ignore()
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
            event.ignore()

    def _choose_loop(self, start: float, end: float) -> None:
        if end - start >= MIN_LOOP_SECONDS:
            self.loop_chosen.emit(start, end)

    def focusInEvent(self, event: QFocusEvent | None) -> None:  # noqa: N802
        """Show the focus."""
        super().focusInEvent(event)
        self._frame()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:  # noqa: N802
        """Show that it has gone."""
        super().focusOutEvent(event)
        self._frame()
