"""One engine as another process sees it: it is started, asked and ended."""

from __future__ import annotations

import multiprocessing
import time
from multiprocessing.connection import Connection
from typing import TypeVar, cast

from livevox.errors import LivevoxError
from livevox.live.commands import Command, Done, End, Refused
from livevox.live.engine_config import EngineConfig
from livevox.live.telemetry import Telemetry

ANSWER_SECONDS = 20.0
"""Within which a command is answered; opening devices may take seconds."""
END_SECONDS = 5.0
A = TypeVar("A")


def _run(config: EngineConfig, connection: Connection, telemetry_name: str) -> None:
    """In the engine's process: only that one has to import the engine."""
    from livevox.live.engine import run

    run(config, connection, telemetry_name)


class EngineDiedError(LivevoxError):
    """The engine ended while it was asked something."""


class EngineClient:
    """Starts an engine in a process of its own and speaks with it, from one thread.

    The engine writes to ``telemetry``, which outlives it.
    """

    def __init__(self, config: EngineConfig, telemetry: Telemetry) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._owed = 0
        self.answered = 0.0
        """When, on the monotonic clock, it last answered."""
        self._process = context.Process(
            target=_run, args=(config, theirs, telemetry.name), name="livevox engine"
        )
        self._process.start()
        # With our copy closed, a dead engine is an end of file.
        theirs.close()

    @property
    def pid(self) -> int | None:
        """The engine's process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the engine's process is there."""
        return self._process.is_alive()

    @property
    def exit_code(self) -> int | None:
        """What the engine ended with: :data:`livevox.live.engine_config.DEVICE_LOST`, or less than
        0 for the signal that killed it; None while it is there."""
        return self._process.exitcode

    def ask(self, command: Command[A]) -> A:
        """Send a command; return its answer.

        Raises LivevoxError with what the engine says against it, EngineDiedError where it is gone.
        """
        try:
            self._connection.send(command)
            self._owed += 1
            # The first ones may be to questions that were given up.
            while self._owed:
                if not self._connection.poll(ANSWER_SECONDS):
                    raise EngineDiedError("the engine does not answer: restart it")
                reply: Done | Refused = self._connection.recv()
                self._owed -= 1
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
        """End the engine, by force where it does not listen."""
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
