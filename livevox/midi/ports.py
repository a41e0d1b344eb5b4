"""MIDI ports: found by a part of their name, opened, polled, and reopened when they return."""

from __future__ import annotations

import re
from collections.abc import Sequence
from time import monotonic
from typing import Generic, TypeVar

import rtmidi

from livevox.errors import LivevoxError
from livevox.midi.system import CLIENT, Input, NoMidiError, Output, PortList, System, usable_apis

SEND_LIMIT = 1000
"""Most messages sent to JACK between two signs of life; its buffer holds 2,340."""

DEAD_S = 2.0
"""Seconds without a sign of life after which JACK counts as dead."""

_HEARTBEAT = [0xF9]  # MIDI leaves it undefined: no device sends it, none would act on it.


def midi_ports(api: str | None = None) -> PortList:
    """The ports available now with ``api``, or with the first MIDI system that works.

    A process that has a :class:`MidiPorts` uses :meth:`MidiPorts.available` instead.
    Raises LivevoxError for an unknown ``api``.
    """
    try:
        system = System(usable_apis(api))
    except NoMidiError as error:
        return PortList(None, (), (), str(error))
    try:
        return system.ports()
    finally:
        system.close()


class MidiPorts:
    """The wanted inputs and outputs, each given by a part of its name, ignoring case.

    A missing port is opened as soon as it appears. Where the system supports them, virtual ports
    named livevox let other programs connect. Call `poll` often and `refresh` about once a second:
    both also check that JACK is alive. Nothing blocks, except that opening or closing a port takes
    about 50 ms, and closing an output of a dead JACK server takes a second.

    ``api`` names a MIDI system (alsa, jack, core, winmm); None selects the first that works.
    Raises LivevoxError if ``api`` is unknown, a name matches several ports or a port is in use.

    When a JACK server has died, close this before anything else in the process connects to JACK:
    connecting makes libjack free all clients of the dead server, also those in use here.
    """

    def __init__(
        self, inputs: Sequence[str] = (), outputs: Sequence[str] = (), api: str | None = None
    ) -> None:
        self.reason = ""
        """One line on why there is no MIDI, or why an existing port can't be opened; or empty."""
        self.overruns = 0
        """Number of polls that found an input's queue full, so that messages may be lost."""
        self.dropped = 0
        """Number of messages not sent because JACK gave no sign of life."""
        self._apis = usable_apis(api)
        self._inputs = [_Wanted(name, Input) for name in inputs]
        self._outputs = [_Wanted(name, Output) for name in outputs]
        self._system: System | None = None
        self._closed = False
        self._beat_at: float | None = None
        self._dead = False
        self._unproved = 0
        self._start()
        problems = self._open_wanted()
        if problems:
            self.close()
            raise LivevoxError(problems[0])
        self._outdated = False

    @property
    def api(self) -> str | None:
        """The MIDI system in use; None if there is none, which `reason` explains."""
        return self._system.name if self._system else None

    @property
    def inputs(self) -> dict[str, str | None]:
        """The full name of the open port for each wanted name, None if it is not open."""
        return {wanted.key: wanted.name for wanted in self._inputs}

    @property
    def outputs(self) -> dict[str, str | None]:
        """As `inputs`."""
        return {wanted.key: wanted.name for wanted in self._outputs}

    def available(self) -> PortList:
        """The ports that can be opened now."""
        return self._system.ports() if self._system else PortList(None, (), (), self.reason)

    def poll(self) -> list[list[int]]:
        """The messages since the last call, in order for each port."""
        if self._system is None:
            return []
        messages: list[list[int]] = []
        for port in (self._system.input, *(wanted.port for wanted in self._inputs)):
            if port is not None:
                messages += port.drain()
                self.overruns += port.full
        if self._beat_at is not None:
            if _HEARTBEAT in messages:
                messages = [message for message in messages if message != _HEARTBEAT]
                self._beat_at, self._unproved = None, 0
            elif monotonic() - self._beat_at > DEAD_S:
                self._dead = True
        return messages

    def send(self, message: Sequence[int]) -> None:
        """Send to every open output and the virtual one."""
        if self._system is None:
            return
        # A dead JACK server accepts nothing, and rtmidi would wait for room for ever.
        if self._system.heart and self._unproved >= SEND_LIMIT:
            self.dropped += 1
            self._outdated = True
            return
        self._unproved += 1
        self._system.send(message)
        for wanted in self._outputs:
            if wanted.port is not None:
                try:
                    wanted.port.send(message)
                except rtmidi.RtMidiError:
                    # The device is gone. The next refresh opens it again if it has returned.
                    wanted.close()

    def refresh(self) -> bool:
        """Close ports that have vanished, open wanted ports that have appeared.

        Returns whether an output may not show the current values, because it was just opened or
        messages were dropped. On JACK a port that goes and returns between two calls is missed.
        """
        if self._closed:
            return False
        self.reason = ""
        if self._dead:
            self._stop()
        if self._system is None:
            self._start()
        elif self._system.heart and self._beat_at is None:
            self._beat_at = monotonic()
            self._system.heart.send(_HEARTBEAT)
        for problem in self._open_wanted()[:1]:
            self.reason = problem
        outdated, self._outdated = self._outdated, False
        return outdated

    def close(self) -> None:
        """Close everything for good; calling it twice is fine."""
        self._closed = True
        self._stop()

    def _start(self) -> None:
        try:
            self._system = System(self._apis)
        except NoMidiError as error:
            self.reason = str(error)
        else:
            self._system.open_virtual()
            self._outdated = True

    def _stop(self) -> None:
        for source in self._inputs:
            source.close()
        for sink in self._outputs:
            sink.close()
        if self._system:
            self._system.close()
        self._system = None
        self._beat_at, self._dead, self._unproved = None, False, 0

    def _open_wanted(self) -> list[str]:
        """Open and close ports to match the available ones; return problems, a line each."""
        if self._system is None:
            return []
        problems = []
        for lister, group in (
            (self._system.input, self._inputs),
            (self._system.output, self._outputs),
        ):
            names = lister.names()
            for wanted in group:
                if wanted.name not in names:
                    wanted.close()
            for wanted in group:
                others = [other.name for other in group]
                free = [n for n in names if not n.startswith(CLIENT) and n not in others]
                try:
                    if wanted.port is None and wanted.open(self._system.api, free):
                        self._outdated = self._outdated or group is self._outputs
                except LivevoxError as error:
                    problems.append(str(error))
        return problems


_P = TypeVar("_P", Input, Output)


class _Wanted(Generic[_P]):
    """A port to be kept open while a port that matches its key exists."""

    def __init__(self, key: str, kind: type[_P]) -> None:
        self.key = key
        self.name: str | None = None
        """Full name of the open port."""
        self.port: _P | None = None
        self._kind: type[_P] = kind

    def open(self, api: int, free: list[str]) -> bool:
        """Open the matching one of ``free``, and return whether there is one.

        Raises LivevoxError if the key is ambiguous or the port can't be opened.
        """
        name = _meant(self._kind.direction, self.key, free)
        if name is None:
            return False
        try:
            self.port = self._kind(api)
            if self.port.connect(name):
                self.name = name
            else:
                self.close()
        except rtmidi.RtMidiError as error:
            self.close()
            raise LivevoxError(
                f"MIDI {self._kind.direction} '{name}' can't be opened ({error}): "
                "close the program that uses it"
            ) from None
        return self.port is not None

    def close(self) -> None:
        """Close the port until the next `open`; calling it twice is fine."""
        if self.port is not None:
            self.port.close()
        self.name = self.port = None


def _meant(direction: str, key: str, names: Sequence[str]) -> str | None:
    """The one of ``names`` that equals or contains ``key``, None if none does.

    Raises LivevoxError for several.
    """
    # ALSA renumbers the ports of a device that returns, so " 24:0" is ignored.
    for part in (key.casefold(), re.sub(r" \d+:\d+$", "", key.casefold())):
        fitting = [name for name in names if part in name.casefold()]
        whole = [name for name in fitting if part == name.casefold()]
        if len(fitting) > 1 and not whole:
            raise LivevoxError(
                f"MIDI {direction} '{key}' matches {', '.join(fitting)}: give more of the name"
            )
        if fitting:
            return (whole or fitting)[0]
    return None
