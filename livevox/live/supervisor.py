"""Keeps an engine running: starts it, watches it, and starts another one where it has ended.

The terminal and the window use it alike, so that there is one answer to what a new engine goes on
with, when an engine counts as hung, and when to give up.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from livevox.errors import LivevoxError
from livevox.live.client import EngineClient, EngineDiedError
from livevox.live.commands import Command, GetStatus, Play, Seek
from livevox.live.engine_config import DEVICE_LOST, EngineConfig
from livevox.live.status import Status
from livevox.live.telemetry import STATES, State, Telemetry
from livevox.parameters import PARAMETERS

HUNG_SECONDS = 15.0
"""An engine that gives no sign of life for so long is ended; opening devices may take seconds."""
SETTLED_SECONDS = 0.5
"""An engine that served for less has failed to start."""
MOST_FAILURES = 3
"""So many failures in a row are a fault that stays: no further engine is started."""
A = TypeVar("A")


@dataclass(frozen=True)
class Death:
    """An engine has ended without being told to."""

    device_lost: bool
    """Whether because a device has gone. The next engine waits for it."""
    restarted: bool
    """Whether another engine was started; otherwise see :attr:`Supervisor.gave_up`."""


class Supervisor:
    """Starts an engine at once; call :meth:`look` several times a second.

    Use it from one thread. ``with`` ends the engine.
    """

    def __init__(self, config: EngineConfig) -> None:
        self.config = config
        """What another engine would start with: the configuration in use, with what was asked for
        since the engine told it last."""
        self.status: Status | None = None
        """The engine's newest, None until it first tells it."""
        self.restarts = 0
        self.gave_up = False
        """Whether engines keep ending, so that none is started until :meth:`restart`."""
        self.telemetry = Telemetry()
        """The same for all engines; any thread may read it until :meth:`close`."""
        self._client = EngineClient(config, self.telemetry)
        self._revision = -1
        self._ran: Status | None = None
        """The last one that was told while sound flowed."""
        self._place: tuple[float, bool] | None = None
        """Where the next engine goes on in the file, in seconds, and whether it plays."""
        self._began = 0.0
        """The engine's first sign of life, on the monotonic clock; 0 before it."""
        self._failures = 0

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The engine's process."""
        return self._client.pid

    @property
    def state(self) -> State:
        """The engine's, as it last told."""
        return STATES[int(self.telemetry.fields.state)]

    @property
    def values(self) -> dict[str, float]:
        """The parameters as the engine last told them."""
        return dict(zip(PARAMETERS, map(float, self.telemetry.fields.parameters), strict=True))

    def ask(self, command: Command[A]) -> A:
        """Have a command done; return its answer.

        Raises LivevoxError with what the engine says against it, EngineDiedError where it is gone:
        then the next engine starts with what the command changes.
        """
        self.config = command.applied_to(self.config)
        try:
            return self._client.ask(command)
        except LivevoxError:
            # What it refuses may be in force in part: have it tell.
            self._revision = -1
            raise

    def look(self) -> Death | None:
        """Follow :attr:`status`; where the engine has ended or hangs, start another one."""
        if self.gave_up:
            return None
        beat = float(self.telemetry.fields.heartbeat)
        self._began = self._began or beat
        if self._hangs(beat):
            self._client.kill()
        if not self._client.alive:
            return self._replace()
        with suppress(EngineDiedError):
            if self.state in ("running", "waiting"):
                self._follow_status()
        return None

    def restart(self) -> None:
        """End the engine by force: the next :meth:`look` starts another, also after giving up."""
        self._failures = 0
        self.gave_up = False
        self._client.kill()

    def give_up(self) -> None:
        """End the engine by force, and start no other."""
        self._client.kill()
        self.gave_up = True
        self._tell_end()

    def close(self) -> None:
        """End the engine, by force where it does not listen."""
        self._client.close()
        self.telemetry.close()

    def _hangs(self, beat: float) -> bool:
        """Whether it gave no sign of life for long; before its first it may take its time."""
        return bool(beat) and time.monotonic() - max(beat, self._client.answered) > HUNG_SECONDS

    def _follow_status(self) -> None:
        revision = int(self.telemetry.fields.revision)
        if revision == self._revision:
            return
        status = self.ask(GetStatus())
        self._revision = revision
        self.status, self.config = status, status.config
        if status.state == "running":
            self._ran = status
            if self._place is not None:
                (position, playing), self._place = self._place, None
                self.ask(Seek(position))
                if playing:
                    self.ask(Play())

    def _replace(self) -> Death:
        device_lost = self._client.exit_code == DEVICE_LOST
        served = float(self.telemetry.fields.heartbeat) - self._began
        settled = device_lost or served >= SETTLED_SECONDS
        self._failures = 0 if settled else self._failures + 1
        self.gave_up = self._failures >= MOST_FAILURES
        if self.gave_up:
            self._tell_end()
        else:
            self._start_another()
        return Death(device_lost, restarted=not self.gave_up)

    def _tell_end(self) -> None:
        self.telemetry.fields.state = STATES.index("ended")

    def _start_another(self) -> None:
        fields = self.telemetry.fields
        if fields.heartbeat:
            self.config = replace(self.config, parameters=self.values)
        if self._ran is not None:
            self.config = _with_devices_in_use(self.config, self._ran)
        if self.config.file and fields.position:
            self._place = float(fields.position), bool(fields.playing)
        self._client.close()
        self.telemetry.clear()
        self.status = None
        self._revision = -1
        self._began = 0.0
        self.restarts += 1
        self._client = EngineClient(self.config, self.telemetry)


def _with_devices_in_use(config: EngineConfig, ran: Status) -> EngineConfig:
    """``config`` with the devices by name where it leaves them as they were when ``ran`` was told:
    the default may be another one now."""
    if ran.input and config.input == ran.config.input:
        config = replace(config, input=ran.input)
    if ran.output and config.output == ran.config.output:
        config = replace(config, output=ran.output)
    return config
