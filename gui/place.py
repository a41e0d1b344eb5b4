"""Keeps windows within their screen, at any scale."""

from __future__ import annotations

from contextlib import suppress

from PyQt6.QtCore import QEvent, QObject, QTimer
from PyQt6.QtGui import QScreen, QWindow
from PyQt6.QtWidgets import QWidget

SETTLE_MS = 200
"""After this the window manager has added its frame."""


def fit(window: QWidget) -> None:
    """Make a window, with its frame, no larger than what its screen has free, and move it there."""
    screen = window.screen()
    if screen is None or window.isMaximized() or window.isFullScreen():
        return
    free = screen.availableGeometry()
    frame = window.frameGeometry().size() - window.size()
    size = window.size().boundedTo(free.size() - frame)
    if size != window.size():
        window.resize(size)
    place = window.frameGeometry()
    place.moveRight(min(place.right(), free.right()))
    place.moveBottom(min(place.bottom(), free.bottom()))
    place.moveLeft(max(place.left(), free.left()))
    place.moveTop(max(place.top(), free.top()))
    if place.topLeft() != window.pos():
        window.move(place.topLeft())


class OnScreen(QObject):
    """Fits a window when it is shown, and when its screen changes or becomes another one."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._screen: QScreen | None = None
        self._handle: QWindow | None = None
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLE_MS)
        self._settled.timeout.connect(self._fit)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
        """Fit soon, as the frame is not there at once."""
        if event is not None and event.type() == QEvent.Type.Show:
            handle = self._window.windowHandle()
            if handle is not None and handle is not self._handle:
                self._handle = handle
                handle.screenChanged.connect(self._soon)
            fit(self._window)
            self._settled.start()
        return False

    def _soon(self, _: object) -> None:
        self._settled.start()

    def _fit(self) -> None:
        if self._screen is not self._window.screen():
            if self._screen is not None:
                with suppress(RuntimeError):  # Qt has deleted the screen that is gone
                    self._screen.availableGeometryChanged.disconnect(self._soon)
            self._screen = self._window.screen()
            if self._screen is not None:
                self._screen.availableGeometryChanged.connect(self._soon)
        fit(self._window)
