"""The engine's microphone: starts its process, and starts it anew when it has ended."""

from __future__ import annotations

import multiprocessing
import time
from contextlib import suppress
from math import inf
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from livevox.live.guard import GUARD_STATES, GuardState
from livevox.live.mic_setup import LetThrough, MicSetup, Sounds
from livevox.live.telemetry import METERS, Telemetry

RETRY_SECONDS, LONGEST_RETRY_SECONDS = 2.0, 30.0
"""Between the starts of a microphone that can't be opened: twice as long each time."""
END_SECONDS = 3.0


def _run(setup: MicSetup, guard: GuardState, connection: Connection, telemetry_name: str) -> None:
    """Run the microphone, in its process. Only this process imports it."""
    from livevox.live.mic_process import run

    run(setup, guard, connection, telemetry_name)


class Microphone:
    """The client of :mod:`livevox.live.mic_process`. It never waits for the process."""

    def __init__(self, telemetry: Telemetry, guard: GuardState) -> None:
        """``guard`` is the state of the microphone's guard at the first start."""
        self._telemetry = telemetry
        self._guard = guard
        self._setup: MicSetup | None = None
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._next, self._interval = -inf, RETRY_SECONDS
        """When to start its process, and how long to wait after that."""
        self._left = -inf
        """When its process was asked to end."""
        self.device: str | None = None
        """Full name of the device that is open; None if none is."""
        self.reason = ""
        """Why it is not."""

    def use(self, setup: MicSetup | None) -> None:
        """Play this one from now on; None is none. The one that plays goes on if it is the same."""
        if setup == self._setup:
            return
        self._leave()
        self._setup, self.reason = setup, ""
        self._next, self._interval = -inf, RETRY_SECONDS

    def look(self, now: float) -> bool:
        """Start the process, or see what became of it, at ``now`` on a monotonic clock. Returns
        whether :attr:`device` or :attr:`reason` changed."""
        before = self.device, self.reason
        connection = self._connection
        if connection is None:
            ended = self._has_ended()
            if ended and self._setup is not None and now >= self._next:
                self._next = now + self._interval
                self._interval = min(LONGEST_RETRY_SECONDS, 2 * self._interval)
                self._start(self._setup)
        else:
            try:
                while connection.poll():
                    message = connection.recv()
                    if isinstance(message, Sounds):
                        self.device, self.reason = message.device, ""
                        self._next, self._interval = now + RETRY_SECONDS, RETRY_SECONDS
                    else:
                        self.reason = message
                        self._forget_device()
            except (EOFError, OSError):
                self.reason = self.reason or "the microphone's process has ended"
                self._leave()
        return before != (self.device, self.reason)

    @property
    def guard(self) -> GuardState:
        """The state of the microphone's guard."""
        return GUARD_STATES[int(self._telemetry.fields.mic_guard)] if self.device else "open"

    def let_through(self) -> None:
        """Raise it to its level: see :meth:`livevox.live.guard.Guard.let_through`."""
        if self._guard != "open":
            self._guard = "rising"
        if self._connection is not None:
            with suppress(OSError):
                self._connection.send(LetThrough())

    def close(self) -> None:
        """End the process, and wait for its end."""
        self._leave()
        self._setup = None
        if self._process is not None:
            self._process.join(END_SECONDS)
            self._left = -inf
            self._has_ended()

    def _start(self, setup: MicSetup) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=_run,
            args=(setup, self._guard, theirs, self._telemetry.name),
            name="livevox microphone",
        )
        self._process.start()
        theirs.close()

    def _leave(self) -> None:
        """Let the process end."""
        if self._connection is not None:
            self._connection.close()
            self._connection, self._left = None, time.monotonic()
        self._forget_device()

    def _forget_device(self) -> None:
        if self.device:
            # The next one begins softly where this one was turned down.
            self._guard = "rising" if self.guard == "howl" else self.guard
        self.device = None

    def _has_ended(self) -> bool:
        """Whether no process is left, which the next one needs. Kills one that does not end."""
        if self._process is not None and self._process.is_alive():
            if time.monotonic() - self._left < END_SECONDS:
                return False
            self._process.kill()
            self._process.join()
        if self._process is not None:
            self._process = None
            # It may have been killed before it could show that nothing is heard.
            fields = self._telemetry.fields
            fields.mic_budget, fields.mic_load, fields.mic_reduction = 0, 0, 0
            fields.levels[METERS.index("mic")] = 0
        return True
