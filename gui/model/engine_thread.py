"""The thread that talks to the engine, so that the window never waits for an answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, Queue
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from livevox.errors import LivevoxError
from livevox.live.commands import SetParameters
from livevox.live.engine_config import EngineConfig
from livevox.live.status import Status
from livevox.live.supervisor import Supervisor

LOOK_SECONDS = 0.1

Job = Callable[[Supervisor], Any]
"""A function that the thread calls with the supervisor; its result is the answer."""


class EngineThread(QObject):
    """Owns the :class:`livevox.live.supervisor.Supervisor`: creates, asks and closes it.

    The signals arrive in the thread that created this object. Jobs run in order.
    """

    started = pyqtSignal(object)
    """The supervisor, whose ``telemetry`` may be read from any thread until :meth:`close`."""
    failed = pyqtSignal(str)
    """Why there is no engine."""
    died = pyqtSignal(object)
    """A `livevox.live.supervisor.Death`."""
    status = pyqtSignal(object)
    """The engine's new `livevox.live.status.Status`."""
    answered = pyqtSignal(object, object)
    """(function, answer): the receiving thread calls the function with the answer."""

    def __init__(self, config: EngineConfig, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._config = config
        self._jobs: Queue[Callable[[Supervisor], None] | None] = Queue()
        self._wanted: dict[str, float] = {}
        self._lock = threading.Lock()
        self._closing = False
        self.set_acknowledged = 0.0
        """When the engine last confirmed parameters, on the monotonic clock; inf while some wait to
        be sent."""
        self.answered.connect(self._call)
        self._thread = threading.Thread(target=self._run, name="engine client", daemon=True)

    def start(self) -> None:
        """Start the thread and, in it, the engine."""
        self._thread.start()

    def close(self) -> None:
        """End the engine, and wait for its end."""
        self._closing = True
        self._jobs.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def ask(
        self,
        job: Job,
        then: Callable[[Any], None],
        otherwise: Callable[[LivevoxError], None],
    ) -> None:
        """Queue ``job``. Afterwards the thread that receives the signals calls ``then`` with its
        result, or ``otherwise`` with the LivevoxError that it raised."""

        def work(supervisor: Supervisor) -> None:
            try:
                answer = job(supervisor)
            except LivevoxError as error:
                self.answered.emit(otherwise, error)
            else:
                self.answered.emit(then, answer)

        self._jobs.put(work)

    def set(self, values: dict[str, float]) -> None:
        """Set parameters as soon as possible. Of waiting values only the latest are sent."""
        with self._lock:
            waiting = bool(self._wanted)
            self._wanted |= values
            self.set_acknowledged = float("inf")
        if not waiting:
            self._jobs.put(self._send_parameters)

    def restart(self) -> None:
        """End the engine, if there is one, and start another with the same settings."""
        self._jobs.put(lambda supervisor: supervisor.restart())

    def _call(self, function: Callable[[object], None], answer: object) -> None:
        # The receiver may not exist any more.
        if not self._closing:
            function(answer)

    # In the thread

    def _run(self) -> None:
        try:
            supervisor = Supervisor(self._config)
        except (LivevoxError, OSError) as error:
            self.failed.emit(str(error))
            return
        self.started.emit(supervisor)
        try:
            self._serve(supervisor)
        except Exception as error:
            # A bug. The telemetry stays open, as the window still reads it.
            supervisor.give_up()
            text = self.tr("The window lost the sound engine ({}): start livevox again.")
            self.failed.emit(text.format(repr(error)))
            raise
        supervisor.close()

    def _serve(self, supervisor: Supervisor) -> None:
        last: Status | None = None
        while not self._closing:
            try:
                job = self._jobs.get(timeout=LOOK_SECONDS)
            except Empty:
                pass
            else:
                if job is None:
                    return
                job(supervisor)
            if death := supervisor.look():
                self.died.emit(death)
            if supervisor.status is not last:
                last = supervisor.status
                if last is not None:
                    self.status.emit(last)

    def _send_parameters(self, supervisor: Supervisor) -> None:
        with self._lock:
            values, self._wanted = self._wanted, {}
        # If the engine has died, the next one gets all values.
        with suppress(LivevoxError):
            supervisor.ask(SetParameters(values))
        with self._lock:
            if not self._wanted:
                self.set_acknowledged = time.monotonic()
