"""Client of the engine process: starts it, sends commands and ends it."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import TypeVar, cast

from livevox.environment import added
from livevox.errors import LivevoxError
from livevox.live.command import Command, Done, Refused
from livevox.live.commands import End
from livevox.live.engine_config import EngineConfig
from livevox.live.telemetry import Telemetry

ANSWER_SECONDS = 20.0
"""Timeout of an answer. Opening devices may take seconds."""
END_SECONDS = 5.0
A = TypeVar("A")


def _run(config: EngineConfig, connection: Connection, telemetry_name: str) -> None:
    """Run the engine, in its process. Only this process imports the engine."""
    from livevox.live.process import run

    run(config, connection, telemetry_name)


class EngineDiedError(LivevoxError):
    """The engine has ended, or does not answer."""


class EngineClient:
    """Starts an engine process and sends it commands. Use it from one thread.

    The engine writes to ``telemetry``, which stays valid after the engine has ended.
    """

    def __init__(
        self, config: EngineConfig, telemetry: Telemetry, environment: Mapping[str, str]
    ) -> None:
        """``environment`` is added to that of the engine's process."""
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._pending = 0
        self.answered = 0.0
        """Time of the last answer, on the monotonic clock."""
        self._process = context.Process(
            target=_run, args=(config, theirs, telemetry.name), name="livevox engine"
        )
        with added(environment):
            self._process.start()
        # With our copy closed, reading from a dead engine raises EOFError.
        theirs.close()

    @property
    def pid(self) -> int | None:
        """The engine's process ID."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the engine's process is running."""
        return self._process.is_alive()

    @property
    def exit_code(self) -> int | None:
        """The exit code: :data:`livevox.live.engine_config.DEVICE_LOST`, or negative for the signal
        that killed the engine; None while it is running."""
        return self._process.exitcode

    def ask(self, command: Command[A]) -> A:
        """Send a command; return its answer.

        Raises LivevoxError with the engine's reason if it refuses, EngineDiedError if it has ended
        or does not answer.
        """
        try:
            self._connection.send(command)
            self._pending += 1
            # Answers to earlier commands that timed out come first.
            while self._pending:
                if not self._connection.poll(ANSWER_SECONDS):
                    raise EngineDiedError("the engine does not answer: restart it")
                reply: Done | Refused = self._connection.recv()
                self._pending -= 1
                self.answered = time.monotonic()
        except (OSError, EOFError):
            raise EngineDiedError("the engine has ended") from None
        if isinstance(reply, Refused):
            raise LivevoxError(reply.reason)
        return cast(A, reply.answer)

    def kill(self) -> None:
        """End the engine by force."""
        self._process.kill()
        self._process.join()

    def close(self) -> None:
        """End the engine; kill it if it does not respond."""
        if self.alive:
            try:
                self._connection.send(End())
                self._process.join(END_SECONDS)
            except OSError:
                pass
            if self.alive:
                self._process.kill()
        self._process.join()
        self._connection.close()
