"""The timer for polling the engine."""

from __future__ import annotations

from PyQt6.QtCore import QObject, Qt, QTimer

FRAMES_PER_SECOND = 30
HIDDEN_LOOKS_PER_SECOND = 5


class LookTimer(QTimer):
    """Fires ``rate`` times a second while the display is visible, else a few times."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setTimerType(Qt.TimerType.PreciseTimer)
        self.rate = FRAMES_PER_SECOND
        """Polls per second while the display is visible."""
        self.visible = True
        """Whether the display is visible. A hidden one costs little."""
        self._ended = False

    def begin(self) -> None:
        """Start to poll."""
        if not self._ended:
            self.start(1000 // (self.rate if self.visible else HIDDEN_LOOKS_PER_SECOND))

    def end(self) -> None:
        """Stop for good."""
        self._ended = True
        self.stop()

    def set_rate(self, rate: int) -> None:
        """Poll ``rate`` times a second."""
        if rate != self.rate:
            self.rate = rate
            self.begin()

    def set_visible(self, visible: bool) -> None:
        """Set whether any part of the display is visible."""
        self.visible = visible
        self.begin()
