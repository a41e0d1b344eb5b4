"""What takes time is asked for here, and answered later in the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PyQt6.QtCore import QObject, QRunnable, QThreadPool, pyqtSignal

from gui.model.engine_thread import EngineThread, Job
from gui.model.notices import Notices
from livevox.errors import LivevoxError
from livevox.live.client import EngineDiedError
from livevox.live.commands import (
    Command,
    FileCommand,
    Learn,
    NamePreset,
    Record,
    SetBindings,
    StopRecording,
    UseDevices,
    UseMidiPorts,
    UseModel,
    UsePreset,
)

A = TypeVar("A")
Otherwise = Callable[[LivevoxError], None]
TOPICS: dict[type[Command[Any]], str] = {
    UseDevices: "devices",
    UseModel: "model",
    UsePreset: "preset",
    NamePreset: "preset",
    Record: "recording",
    StopRecording: "recording",
    FileCommand: "transport",
    Learn: "midi",
    SetBindings: "midi",
    UseMidiPorts: "midi",
}
"""The topic of notices about a command; each other one is a topic of its own."""


class Requests(QObject):
    """Sends work to the engine's thread or to one of its own, and keeps count of it.

    A LivevoxError becomes a notice on the request's topic, unless ``otherwise`` takes it; success
    clears an older notice on it.
    """

    busy_changed = pyqtSignal(bool)
    """Whether something that the engine was asked for is under way; see :attr:`busy`."""

    def __init__(self, thread: EngineThread, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._thread = thread
        self._notices = notices
        self._waiting = 0

    @property
    def busy(self) -> bool:
        """Whether something that the engine was asked for is under way."""
        return self._waiting > 0

    def ask(
        self,
        command: Command[A],
        then: Callable[[A], None] | None = None,
        otherwise: Otherwise | None = None,
    ) -> None:
        """Have the engine do a command; then call ``then`` with its answer."""
        self.request(lambda supervisor: supervisor.ask(command), then, _topic(command), otherwise)

    def request(
        self,
        job: Job,
        then: Callable[[Any], None] | None,
        topic: str,
        otherwise: Otherwise | None = None,
    ) -> None:
        """Do ``job`` with the supervisor, in its thread; then call ``then`` with the result."""

        def succeed(answer: Any) -> None:
            self._count(-1)
            self._notices.clear(topic)
            if then is not None:
                then(answer)

        def fail(error: LivevoxError) -> None:
            self._count(-1)
            if otherwise is not None:
                otherwise(error)
            elif not isinstance(error, EngineDiedError):
                # A death has a notice of its own.
                self._notices.complain(topic, error)

        self._count(1)
        self._thread.ask(job, succeed, fail)

    def run_in_background(
        self,
        function: Callable[[], A],
        then: Callable[[A], None],
        topic: str,
        otherwise: Otherwise | None = None,
    ) -> None:
        """Call ``function`` in a thread of its own, one that asks the engine nothing (reading a
        file, say); then call ``then`` with its result."""

        def fail(error: LivevoxError) -> None:
            if otherwise is not None:
                otherwise(error)
            else:
                self._notices.complain(topic, error)

        thread = self._thread

        def work() -> None:
            try:
                answer = function()
            except LivevoxError as error:
                thread.answered.emit(fail, error)
            else:
                thread.answered.emit(then, answer)

        _pool().start(QRunnable.create(work))

    def finish(self) -> None:
        """Wait for what runs in the background."""
        _pool().waitForDone()

    def _count(self, change: int) -> None:
        was, self._waiting = self._waiting, self._waiting + change
        if bool(was) != bool(self._waiting):
            self.busy_changed.emit(self.busy)


def _topic(command: Command[Any]) -> str:
    for kind, topic in TOPICS.items():
        if isinstance(command, kind):
            return topic
    return type(command).__name__


def _pool() -> QThreadPool:
    pool = QThreadPool.globalInstance()
    assert pool is not None
    return pool
