"""What the user is told about the engine, as notices."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject

from gui.model.engine_reader import EngineState
from gui.model.notices import Kind, Notice, Notices
from livevox.live.status import Status
from livevox.live.supervisor import Death


class EngineNotices(QObject):
    """Turns what happens to the engine into notices; ``restart`` is the remedy of some."""

    def __init__(self, notices: Notices, restart: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._notices = notices
        self._restart = restart
        self._told: dict[str, str | None] = {}

    def on_state(self, state: EngineState) -> None:
        """The engine's state is another one."""
        if state == "unresponsive":
            self._offer_restart(self.tr("The sound engine does not answer."))
        elif state == "running":
            self._notices.clear("waiting")
            self._notices.clear("device")

    def on_death(self, death: Death) -> None:
        """An engine has ended."""
        if not death.restarted:
            text = self.tr("The sound engine keeps ending, so it was not started again.")
            self._offer_restart(text)
            return
        if death.device_lost:
            text = self.tr("A sound device has gone: the sound goes on as soon as it is back.")
            self._notices.notify(Notice("device", text, "warning"))
            return
        text = self.tr("The sound engine ended unexpectedly and is started again.")
        self._notices.notify(Notice("engine", text, "warning"))

    def on_status(self, status: Status) -> None:
        """The engine tells a new status: what it complains of now, and no longer."""
        reasons = {
            "waiting": status.reason,
            "notice": status.notice,
            "file": status.file_error,
            "recording": status.recording_error,
        }
        for topic, reason in reasons.items():
            if reason == self._told.get(topic):
                continue
            if reason:
                # What it notices was mended or stood in for.
                kind: Kind = "warning" if topic == "notice" else "error"
                self._notices.complain(topic, reason, kind)
            else:
                self._notices.clear(topic)
        self._told = reasons

    def _offer_restart(self, text: str) -> None:
        action = (self.tr("Restart the engine"), self._restart)
        self._notices.notify(Notice("engine", text, "error", action))
