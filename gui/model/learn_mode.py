"""The mode in which a click on a control binds it to MIDI instead of moving it."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject, pyqtSignal

from gui.model.notices import Notice, Notices
from gui.model.requests import Requests
from livevox.live.commands import Learn


class LearnMode(QObject):
    """The user turns it on and off; a notice shows while it is on."""

    changed = pyqtSignal(bool)
    """Whether it is :attr:`on`."""

    def __init__(
        self,
        requests: Requests,
        notices: Notices,
        is_learning: Callable[[], bool],
        parent: QObject,
    ) -> None:
        """``is_learning`` returns whether the engine waits for a MIDI control."""
        super().__init__(parent)
        self._is_learning = is_learning
        self._requests = requests
        self._notices = notices
        self.on = False

    def set_on(self, on: bool) -> None:
        """Turn it on or off. Off also cancels waiting for a MIDI control."""
        if on == self.on:
            return
        self.on = on
        if not on and self._is_learning():
            self._requests.ask(Learn(None))
        self.changed.emit(on)
        if on:
            text = self.tr("Learn mode: click a control, then move a knob or press a button.")
            end = (self.tr("End"), lambda: self.set_on(False))
            self._notices.notify(Notice("learn", text, "information", end))
        else:
            self._notices.clear("learn")
