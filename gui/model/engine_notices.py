"""Notices about the engine."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject

from gui.model.engine_reader import EngineState
from gui.model.notices import Kind, Notice, Notices
from livevox.live.guard import GuardState
from livevox.live.status import Status
from livevox.live.supervisor import Death


class EngineNotices(QObject):
    """Turns events of the engine into notices, with ``restart`` or ``let_through`` as remedy."""

    def __init__(
        self,
        notices: Notices,
        restart: Callable[[], None],
        let_through: Callable[[], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._notices = notices
        self._restart = restart
        self._let_through = let_through
        self._guard: GuardState = "open"
        self._mic_howls = False
        self._shown: dict[str, str | None] = {}
        self._part: str | None = None

    def on_state(self, state: EngineState) -> None:
        """The engine's state has changed."""
        if state == "unresponsive":
            self._offer_restart(self.tr("The sound engine does not answer."))
        elif state == "running":
            self._notices.clear("waiting")
            self._notices.clear("device")

    def on_death(self, death: Death) -> None:
        """An engine has ended."""
        if not death.restarted:
            text = self.tr("The sound engine keeps ending, so it was not restarted.")
            self._offer_restart(text)
            return
        if death.device_lost:
            text = self.tr("A sound device was lost. The sound resumes when it is back.")
            self._notices.notify(Notice("device", text, "warning"))
            return
        text = self.tr("The sound engine ended unexpectedly and is restarted.")
        self._notices.notify(Notice("engine", text, "warning"))

    def on_status(self, status: Status) -> None:
        """The engine has a new status: show its new problems, and clear the solved ones."""
        reasons = {
            "waiting": status.reason,
            "notice": status.notice,
            "file": status.file_error,
            "recording": status.recording_error,
            "mic": status.mic_reason,
        }
        for topic, reason in reasons.items():
            if reason == self._shown.get(topic):
                continue
            if reason:
                # The engine has already worked around what it notices.
                kind: Kind = "warning" if topic == "notice" else "error"
                self._notices.complain(topic, reason, kind)
            else:
                self._notices.clear(topic)
        self._shown = reasons
        if status.recording != self._part:
            self._part = status.recording
            if self._part and status.config.recording not in (None, self._part):
                text = self.tr("The recording continues in {}.").format(self._part)
                self._notices.notify(Notice("part", text, "warning"))
        if (status.mic_guard == "howl") != self._mic_howls:
            self._mic_howls = not self._mic_howls
            self._show_mic_howl()
        if status.guard != self._guard:
            self._guard = status.guard
            self._show_guard()

    def _show_mic_howl(self) -> None:
        """Show that the microphone is lower than it should be, until it is not."""
        if not self._mic_howls:
            self._notices.clear("mic guard")
            return
        text = self.tr(
            "Feedback: the microphone is 20 dB lower. It rises again after 5 s. "
            "Turn it down, or move it away from the loudspeaker."
        )
        action = (self.tr("Raise it now"), self._let_through)
        self._notices.notify(Notice("mic guard", text, "warning", action))

    def _show_guard(self) -> None:
        """Show why the output is silent or lower than it should be, until it is not."""
        match self._guard:
            case "open":
                self._notices.clear("guard")
            case "closed":
                text = self.tr("The output is silent until you press Start.")
                action = (self.tr("Start"), self._let_through)
                self._notices.notify(Notice("guard", text, "information", action))
            case "rising":
                text = self.tr("The output rises to its level, 4 dB a second.")
                self._notices.notify(Notice("guard", text, "information"))
            case "howl":
                text = self.tr(
                    "Feedback: the output is 20 dB lower. It rises again after 5 s. "
                    "Turn it down, or move the microphone away from the loudspeaker."
                )
                action = (self.tr("Raise it now"), self._let_through)
                self._notices.notify(Notice("guard", text, "warning", action))

    def _offer_restart(self, text: str) -> None:
        action = (self.tr("Restart the engine"), self._restart)
        self._notices.notify(Notice("engine", text, "error", action))
