"""Work that takes time: it runs in other threads, and the GUI thread gets the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PyQt6.QtCore import QObject, QRunnable, QThreadPool, pyqtSignal

from gui.model.engine_thread import EngineThread, Job
from gui.model.notices import Notices
from livevox.errors import LivevoxError
from livevox.live.client import EngineDiedError
from livevox.live.command import Command
from livevox.live.commands import (
    FileCommand,
    Learn,
    NamePreset,
    Record,
    SetBindings,
    StopRecording,
    UseDevices,
    UseMidiPorts,
    UseModel,
    UseOsc,
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
    UseOsc: "osc",
}
"""The topic of notices about a command; other commands are topics of their own."""


class Requests(QObject):
    """Sends work to the engine's thread or to background threads.

    A LivevoxError becomes a notice on the request's topic, unless ``otherwise`` handles it. Success
    removes an older notice on the topic.
    """

    busy_changed = pyqtSignal(bool)
    """The new value of :attr:`busy`."""

    def __init__(self, thread: EngineThread, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._thread = thread
        self._notices = notices
        self._waiting = 0

    @property
    def busy(self) -> bool:
        """Whether requests to the engine are in progress."""
        return self._waiting > 0

    def ask(
        self,
        command: Command[A],
        then: Callable[[A], None] | None = None,
        otherwise: Otherwise | None = None,
    ) -> None:
        """Send the engine a command; then call ``then`` with its answer."""
        self.request(lambda supervisor: supervisor.ask(command), then, _topic(command), otherwise)

    def request(
        self,
        job: Job,
        then: Callable[[Any], None] | None,
        topic: str,
        otherwise: Otherwise | None = None,
    ) -> None:
        """Call ``job`` with the supervisor, in its thread; then call ``then`` with the result."""

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
                # The engine's end has a notice of its own.
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
        """Call ``function``, which must not use the engine, in a background thread; then call
        ``then`` with its result."""

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
        """Wait for background work."""
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
