"""When to look at the engine."""

from __future__ import annotations

from PyQt6.QtCore import QObject, Qt, QTimer

FRAMES_PER_SECOND = 30
HIDDEN_LOOKS_PER_SECOND = 5


class LookTimer(QTimer):
    """Times out ``rate`` times a second while anything can be seen, else a few times."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setTimerType(Qt.TimerType.PreciseTimer)
        self.rate = FRAMES_PER_SECOND
        """Looks per second while the display can be seen."""
        self.visible = True
        """Whether it can be: a hidden display costs next to nothing."""
        self._ended = False

    def begin(self) -> None:
        """Look from now on."""
        if not self._ended:
            self.start(1000 // (self.rate if self.visible else HIDDEN_LOOKS_PER_SECOND))

    def end(self) -> None:
        """Look no more."""
        self._ended = True
        self.stop()

    def set_rate(self, rate: int) -> None:
        """Look ``rate`` times a second."""
        if rate != self.rate:
            self.rate = rate
            self.begin()

    def set_visible(self, visible: bool) -> None:
        """Tell whether any of the display can be seen."""
        self.visible = visible
        self.begin()
