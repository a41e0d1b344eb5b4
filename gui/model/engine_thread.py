"""The thread that talks to the engine, so that the window never waits for an answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, pyqtSignal

from livevox.errors import LivevoxError

if TYPE_CHECKING:
    from livevox.live.client import EngineClient
    from livevox.live.engine_config import EngineConfig

SUPERVISE_SECONDS = 0.1
CRASHES, CRASH_SECONDS = 4, 30.0
"""So many deaths within that time, and the engine is started only when the user asks for it."""

Job = Callable[["EngineClient"], Any]
"""What is to be done with the client, in the thread; its result is the answer."""


class EngineThread(QObject):
    """Owns the :class:`livevox.live.client.EngineClient`: starts, asks, supervises and ends it.

    The signals arrive in the thread that made this object. Jobs run one after the other.
    """

    started = pyqtSignal(object)
    """The client, whose ``telemetry`` may be read from any thread until :meth:`close`."""
    failed = pyqtSignal(str)
    """No engine could be started; why."""
    died = pyqtSignal(bool, bool)
    """The engine has ended by itself: whether because a device has gone, and whether a new one is
    started at once."""
    status = pyqtSignal(dict)
    """What `EngineClient.status` tells, whenever it has changed."""
    answered = pyqtSignal(object, object)
    """(function, answer): to be called in the receiving thread."""

    def __init__(self, config: EngineConfig, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._config = config
        self._jobs: Queue[Callable[[EngineClient], None] | None] = Queue()
        self._wanted: dict[str, float] = {}
        self._lock = threading.Lock()
        self._deaths: list[float] = []
        self._gave_up = False
        self.dead = False
        """Whether there is no engine: its telemetry is then that of one that has ended."""
        self._revision = -1
        self._closing = False
        self.set_acknowledged = 0.0
        """When, on the monotonic clock, the engine last confirmed parameters; inf while some wait
        to be sent."""
        self.answered.connect(self._call)
        self._thread = threading.Thread(target=self._run, name="engine client", daemon=True)

    def start(self) -> None:
        """Start the thread and, in it, the engine."""
        self._thread.start()

    def close(self) -> None:
        """End the engine, waiting for that."""
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
        """Do ``job`` after those before it; then call ``then`` with its result, or ``otherwise``
        with what was raised, in the thread that receives the signals."""

        def work(client: EngineClient) -> None:
            try:
                answer = job(client)
            except LivevoxError as error:
                self.answered.emit(otherwise, error)
            else:
                self.answered.emit(then, answer)

        self._jobs.put(work)

    def set(self, values: dict[str, float]) -> None:
        """Set parameters as soon as can be; of values that wait only the latest is sent."""
        with self._lock:
            waiting = bool(self._wanted)
            self._wanted |= values
            self.set_acknowledged = float("inf")
        if not waiting:
            self._jobs.put(self._send_parameters)

    def restart(self) -> None:
        """End the engine, if there is one, and start another with the same settings."""
        self._jobs.put(self._kill)

    def _call(self, function: Callable[[object], None], answer: object) -> None:
        # Whoever asked may be gone by now.
        if not self._closing:
            function(answer)

    # In the thread

    def _run(self) -> None:
        try:
            from livevox.live.client import EngineClient

            client = EngineClient(self._config)
        except (LivevoxError, OSError) as error:
            self.dead = True
            self.failed.emit(str(error))
            return
        self.started.emit(client)
        try:
            self._serve(client)
        except Exception as error:
            # A mistake of ours. The telemetry stays, as it is being read.
            client.kill()
            self.dead = True
            text = self.tr("The window lost the sound engine ({}): start livevox again.")
            self.failed.emit(text.format(repr(error)))
            raise
        client.close()

    def _serve(self, client: EngineClient) -> None:
        while not self._closing:
            try:
                job = self._jobs.get(timeout=SUPERVISE_SECONDS)
            except Empty:
                pass
            else:
                if job is None:
                    return
                job(client)
            try:
                self._supervise(client)
            except LivevoxError:
                # It has died since; the next look finds it dead.
                continue

    def _supervise(self, client: EngineClient) -> None:
        if not client.alive:
            self._revive(client)
            return
        client.supervise()
        revision = int(client.telemetry.fields.revision)
        if revision != self._revision:
            status = client.status()
            self._revision = revision
            _remember(client, status)
            self.status.emit(status)

    def _revive(self, client: EngineClient) -> None:
        if self._gave_up:
            return
        from livevox.live.engine_config import DEVICE_LOST

        now = time.monotonic()
        self._deaths = [t for t in self._deaths if now - t < CRASH_SECONDS] + [now]
        self._gave_up = len(self._deaths) >= CRASHES
        self.dead = True
        self.died.emit(client.exit_code == DEVICE_LOST, not self._gave_up)
        if not self._gave_up:
            self._revision = -1
            try:
                client.supervise()
            finally:
                self.dead = False

    def _kill(self, client: EngineClient) -> None:
        self._deaths.clear()
        self._gave_up = False
        client.kill()

    def _send_parameters(self, client: EngineClient) -> None:
        with self._lock:
            values, self._wanted = self._wanted, {}
        # Where the engine has died, its successor is given all values.
        with suppress(LivevoxError):
            client.set(**values)
        with self._lock:
            if not self._wanted:
                self.set_acknowledged = time.monotonic()


def _remember(client: EngineClient, status: dict[str, Any]) -> None:
    """Keep, for the next engine, what was changed by other means than the client's methods."""
    from dataclasses import replace

    client.config = replace(client.config, bindings=tuple(status["bindings"]))
