"""The window's frame rate: 60 Hz if the machine is fast enough, else 30 Hz."""

from __future__ import annotations

import time

from PyQt6.QtCore import QObject

from gui.model.viewmodel import ViewModel

FAST, SLOW = 60, 30
DECIDE_SECONDS = 2.0
CHEAP, DEAR = 0.25, 0.5
"""Load limits of the GUI thread, as shares of its time, at the current or the new rate."""


class Pace(QObject):
    """Measures the GUI thread's time for polling and painting, and chooses the rate."""

    def __init__(self, view_model: ViewModel) -> None:
        super().__init__(view_model)
        self._view_model = view_model
        self._since = time.monotonic()
        self._spent = time.thread_time()
        view_model.polled.connect(self._on_poll)

    def _on_poll(self, _: object) -> None:
        now = time.monotonic()
        if now - self._since < DECIDE_SECONDS:
            return
        spent = time.thread_time()
        share = (spent - self._spent) / (now - self._since)
        self._since, self._spent = now, spent
        rate = self._view_model.look_timer.rate
        if rate == SLOW and share * FAST / SLOW < CHEAP:
            self._view_model.look_timer.set_rate(FAST)
        elif rate == FAST and share > DEAR:
            self._view_model.look_timer.set_rate(SLOW)
