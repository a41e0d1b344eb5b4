"""Keeps an engine running: starts it, watches it, and starts another one if it ends or hangs.

The terminal and the window both use it, so that they restart engines by the same rules.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar, cast

from livevox.errors import LivevoxError
from livevox.live.client import EngineClient, EngineDiedError
from livevox.live.command import Command
from livevox.live.commands import GetStatus, Play, Seek
from livevox.live.engine_config import DEVICE_LOST, EngineConfig
from livevox.live.gaps import begin_gap
from livevox.live.status import Status
from livevox.live.telemetry import STATES, State, Telemetry
from livevox.parameters import PARAMETERS
from livevox.system.system_audio import SystemAudio, system_audio

HUNG_SECONDS = 15.0
"""An engine without heartbeat or answer for longer is killed; opening devices may take seconds."""
SETTLED_SECONDS = 0.5
"""An engine that ran for less has failed to start."""
MOST_FAILURES = 3
"""After this many failed starts in a row, no further engine is started."""
COMPUTER = "the computer's sound"
"""Name of the input if the computer's sound is played."""
A = TypeVar("A")


@dataclass(frozen=True)
class Death:
    """The unexpected end of an engine."""

    device_lost: bool
    """Whether a lost device was the reason. The next engine waits for the device."""
    restarted: bool
    """Whether another engine was started; otherwise see :attr:`Supervisor.gave_up`."""


class Supervisor:
    """Starts an engine when it is created. Call :meth:`look` several times a second.

    Use it from one thread. As a context manager it ends the engine.
    """

    def __init__(self, config: EngineConfig) -> None:
        self.config = config
        """What a restarted engine starts with: the last reported configuration, with the commands
        since then."""
        self.status: Status | None = None
        """The engine's last status; None before the first."""
        self.restarts = 0
        self.gave_up = False
        """Whether no further engine is started until :meth:`restart`."""
        self.telemetry = Telemetry()
        """Shared by all engines; any thread may read it until :meth:`close`."""
        self._environment: Mapping[str, str] = {}
        """Variables that the engine needs for the computer's sound."""
        self._system: SystemAudio | None = None
        """Open while the configuration asks for the computer's sound."""
        try:
            self._client = self._engine()
        except BaseException:
            self.telemetry.close()
            raise
        self._revision = -1
        self._engine_status: Status | None = None
        """The last status as the engine reported it, with the devices that it uses."""
        self._ran: Status | None = None
        """The last status with running sound."""
        self._place: tuple[float, bool] | None = None
        """Where the next engine resumes the file, in seconds, and whether it plays."""
        self._began = 0.0
        """Time of the engine's first heartbeat, on the monotonic clock; 0 before it."""
        self._failures = 0

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The engine's process ID."""
        return self._client.pid

    @property
    def state(self) -> State:
        """The engine's state, from telemetry."""
        return STATES[int(self.telemetry.fields.state)]

    @property
    def values(self) -> dict[str, float]:
        """The parameters, from telemetry."""
        return dict(zip(PARAMETERS, map(float, self.telemetry.fields.parameters), strict=True))

    def ask(self, command: Command[A]) -> A:
        """Send a command; return its answer.

        Raises LivevoxError with the engine's reason if it refuses, EngineDiedError if it has ended.
        The next engine then starts with the command's changes.
        """
        before, self.config = self.config, command.applied_to(self.config)
        if self.config.system != before.system:
            self._change_system(before)
            return cast(A, None)
        try:
            answer = self._client.ask(command)
        except LivevoxError:
            # A refused command may have changed something: get the status again.
            self._revision = -1
            raise
        self.config = command.answered(answer, self.config)
        return answer

    def look(self) -> Death | None:
        """Update :attr:`status`; replace an engine that has ended or hangs; return its death."""
        if self.gave_up:
            return None
        beat = float(self.telemetry.fields.heartbeat)
        self._began = self._began or beat
        if self._hangs(beat):
            self._client.kill()
        # Without a running engine programs play to the sound card: nobody is left in silence.
        running = self.state == "running" and self._client.alive
        if self._system is not None and self._system.look(running):
            self._client.kill()
        if not self._client.alive:
            return self._replace()
        with suppress(EngineDiedError):
            if self.state in ("running", "waiting"):
                self._follow_status()
        if self._engine_status is not None:
            status = self._with_system(self._engine_status)
            if status != self.status:
                self.status = status
        return None

    def restart(self) -> None:
        """Kill the engine. The next :meth:`look` starts another, even after giving up."""
        self._failures = 0
        self.gave_up = False
        self._client.kill()

    def give_up(self) -> None:
        """Kill the engine, and start no other."""
        if self._system is not None:
            self._system.look(running=False)
        self._client.kill()
        self.gave_up = True
        self._tell_end()

    def close(self) -> None:
        """End the engine; kill it if it does not respond."""
        self._give_system_back()
        self._client.close()
        self.telemetry.close()

    def _with_system(self, status: Status) -> Status:
        """``status`` with the sound card instead of the virtual devices of the computer's sound."""
        if self._system is None:
            return status
        state = self._system.state
        reason = state.problem or status.reason
        return replace(status, input=COMPUTER, output=state.output, reason=reason)

    def _hangs(self, beat: float) -> bool:
        """Whether heartbeats and answers stopped long ago. The first one may take any time."""
        return bool(beat) and time.monotonic() - max(beat, self._client.answered) > HUNG_SECONDS

    def _follow_status(self) -> None:
        revision = int(self.telemetry.fields.revision)
        if revision == self._revision:
            return
        status = self.ask(GetStatus())
        self._revision = revision
        self._engine_status, self.config = status, status.config
        self.status = self._with_system(status)
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
            self.restarts += 1
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
        if self.config.files and (fields.position or fields.playing):
            self._place = float(fields.position), bool(fields.playing)
        self._client.close()
        begin_gap(fields)
        self.telemetry.clear()
        self.status = self._engine_status = None
        self._revision = -1
        self._began = 0.0
        self._client = self._engine()

    def _engine(self) -> EngineClient:
        """Start an engine; open or close the computer's sound first, as the configuration asks.

        Raises LivevoxError if the computer's sound is not available.
        """
        if not self.config.system:
            self._give_system_back()
        elif self._system is None:
            self._open_system()
        return EngineClient(self.config, self.telemetry, self._environment)

    def _change_system(self, before: EngineConfig) -> None:
        """Start an engine with or without the computer's sound: an engine can't switch, because the
        environment of a process is fixed. Raises LivevoxError, and keeps the engine and the
        configuration ``before``, if the sound is not available."""
        if self.config.system:
            try:
                self._open_system()
            except LivevoxError:
                self.config = before
                raise
        self._start_another()

    def _open_system(self) -> None:
        system = system_audio()
        self._environment = system.open(self.config.block_size)
        self._system = system

    def _give_system_back(self) -> None:
        self._environment = {}
        if self._system is not None:
            self._system.close()
            self._system = None


def _with_devices_in_use(config: EngineConfig, ran: Status) -> EngineConfig:
    """``config`` with the full names of the devices in ``ran``, unless it asks for others
    since then: the system's default may be another device now."""
    if ran.config.system:
        return config
    return config.on_devices(
        ran.input if config.input == ran.config.input else None,
        ran.output if config.output == ran.config.output else None,
    )
