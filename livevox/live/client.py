"""The engine as another process sees it: commands, telemetry, and a new engine for a dead one."""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from livevox.config.preset import load_preset
from livevox.errors import LivevoxError
from livevox.live.engine_config import EngineConfig
from livevox.live.telemetry import STATES, Telemetry
from livevox.parameters import PARAMETERS

ANSWER_SECONDS = 20.0
"""Within which a command is answered; opening devices may take seconds."""
END_SECONDS = 5.0


def _run(config: EngineConfig, connection: Connection, telemetry_name: str) -> None:
    """In the engine's process: only that one has to import the engine."""
    from livevox.live.engine import run

    run(config, connection, telemetry_name)


class EngineDiedError(LivevoxError):
    """The engine ended while it was asked something."""


class EngineClient:
    """Starts an engine in a process of its own and speaks with it.

    Call :meth:`supervise` several times a second: it starts a new engine, with the same settings,
    where the old one has died. Use it from one thread. ``with`` ends the engine.
    """

    def __init__(self, config: EngineConfig) -> None:
        self.config = config
        self.restarts = 0
        self.telemetry = Telemetry()
        self._revision = -1
        self._used: dict[str, Any] = {}
        self._resume: tuple[float, bool] | None = None
        self._start()

    def __enter__(self) -> EngineClient:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._owed = 0
        self._process = context.Process(
            target=_run, args=(self.config, theirs, self.telemetry.name), name="livevox engine"
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

    @property
    def state(self) -> str:
        """One of :data:`livevox.live.telemetry.STATES`."""
        return STATES[int(self.telemetry.fields.state)]

    @property
    def values(self) -> dict[str, float]:
        """The parameters as the engine last told them."""
        return dict(zip(PARAMETERS, map(float, self.telemetry.fields.parameters), strict=True))

    def supervise(self) -> bool:
        """Start a new engine where the old one has died; return whether that was so."""
        if self.alive:
            revision = int(self.telemetry.fields.revision)
            if revision != self._revision and self.state == "running":
                self._revision = revision
                status = self.status()
                used = {name: status[name] for name in ("input", "output")}
                self._used = {name: device for name, device in used.items() if device}
                self._resume_file()
            return False
        self._restart()
        return True

    def _resume_file(self) -> None:
        """Go on in the file where the engine that died was, now that another one plays."""
        if self._resume is not None:
            position, playing = self._resume
            self._resume = None
            self.transport("seek", position)
            if playing:
                self.transport("play")

    def _restart(self) -> None:
        fields = self.telemetry.fields
        if fields.heartbeat:
            self.config = replace(self.config, parameters=self.values)
        position, playing = float(fields.position), bool(fields.playing)
        self._connection.close()
        self._process.join(0)
        self.telemetry.clear()
        self.restarts += 1
        self._revision = -1
        # The devices that were in use: the default may be another one now.
        self.config = replace(self.config, **self._used)
        if self.config.file and position:
            self._resume = position, playing
        self._start()

    def ask(self, command: str, *arguments: Any) -> Any:
        """Send one of the engine's ``do_`` commands; return its answer.

        Raises LivevoxError with what the engine says against it, EngineDiedError where it is gone.
        """
        try:
            self._connection.send((command, arguments))
            self._owed += 1
            # The first ones may be to questions that were given up.
            while self._owed:
                if not self._connection.poll(ANSWER_SECONDS):
                    raise EngineDiedError("the engine does not answer: restart it")
                done, answer = self._connection.recv()
                self._owed -= 1
        except (OSError, EOFError):
            raise EngineDiedError("the engine has ended") from None
        if not done:
            raise LivevoxError(answer)
        return answer

    def status(self) -> dict[str, Any]:
        """Names and reasons; numbers are in :attr:`telemetry`."""
        answer: dict[str, Any] = self.ask("status")
        return answer

    def set(self, **values: float) -> None:
        """Set parameters, all or none."""
        self.ask("set", values)

    def preset(self, name: str) -> None:
        """Load a preset."""
        preset = load_preset(name)
        self.ask("preset", name)
        self.config = replace(
            self.config, preset=preset.name, model=preset.model, bindings=preset.midi
        )

    def model(self, name: str) -> None:
        """Go on with another model."""
        self.ask("model", name)
        self.config = replace(self.config, model=name)

    def devices(self, **changes: Any) -> None:
        """Change fields of :class:`livevox.live.engine_config.EngineConfig`, those of devices."""
        self.config = replace(self.config, **changes)
        self._used = {}
        self.ask("devices", changes)

    def record(self, folder: str) -> str:
        """Begin a recording; return its folder."""
        return str(self.ask("record", folder))

    def transport(self, action: str, *arguments: float) -> None:
        """See :meth:`livevox.live.engine._Engine.do_transport`."""
        self.ask("transport", action, *arguments)

    def wait_until_running(self, seconds: float) -> None:
        """Return when sound flows. Raises LivevoxError where it does not within that time."""
        deadline = time.monotonic() + seconds
        while self.state != "running":
            if not self.alive:
                raise EngineDiedError("the engine has ended")
            if time.monotonic() > deadline:
                raise LivevoxError(self.status()["reason"] or "the engine does not start")
            time.sleep(0.01)

    def kill(self) -> None:
        """End the engine by force; :meth:`supervise` then starts another."""
        self._process.kill()
        self._process.join()

    def close(self) -> None:
        """End the engine, by force where it does not listen."""
        if self.alive:
            try:
                self._connection.send(("end", ()))
                self._process.join(END_SECONDS)
            except OSError:
                pass
            if self.alive:
                self._process.kill()
        self._process.join()
        self._connection.close()
        self.telemetry.close()
