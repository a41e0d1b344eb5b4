"""MIDI ports: found by a part of their name, opened, polled, and opened again after a break."""

from __future__ import annotations

import re
from collections.abc import Sequence
from time import monotonic
from typing import Generic, TypeVar

import rtmidi

from livevox.errors import LivevoxError
from livevox.midi.system import CLIENT, Input, NoMidiError, Output, PortList, System, usable_apis

SEND_LIMIT = 1000
"""Messages that JACK gets at most before it has proved to be alive; its buffer holds 2,340."""

DEAD_S = 2.0
"""Without an answer for so many seconds JACK counts as dead."""

_HEARTBEAT = [0xF9]  # MIDI leaves it undefined: no device sends it, none would act on it.


def midi_ports(api: str | None = None) -> PortList:
    """What can be opened now with ``api``, or with the first MIDI system that works.

    A process that has a :class:`MidiPorts` asks that instead, by :meth:`MidiPorts.available`.
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
    """Inputs and outputs that are wanted, each by a part of its name in upper or lower case.

    What is absent is waited for. Besides there are virtual ports named livevox, to be connected
    from other programs, where the system has such. `poll` often and `refresh` about once a
    second: both also watch whether JACK is alive. Nothing blocks, except that opening a port
    takes some 50 ms, and closing an output of a JACK server that has died a second.

    ``api`` names a MIDI system (alsa, jack, core, winmm); None takes the first that works.
    Raises LivevoxError where ``api`` is unknown, a name fits several ports or a port is in use.

    When a JACK server has died, close this before anything else in the process connects to JACK:
    connecting makes libjack free all clients of the dead server, also those in use here.
    """

    def __init__(
        self, inputs: Sequence[str] = (), outputs: Sequence[str] = (), api: str | None = None
    ) -> None:
        self.reason = ""
        """Why there is no MIDI or a wanted port that is there isn't open, in one line; or empty."""
        self.overruns = 0
        """How often a poll found that an input's queue had been full: messages may be lost."""
        self.dropped = 0
        """Messages that were not sent, because JACK did not prove to be alive."""
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
        self._untold = False

    @property
    def api(self) -> str | None:
        """The MIDI system that was taken; None if there is none, which `reason` explains."""
        return self._system.name if self._system else None

    @property
    def inputs(self) -> dict[str, str | None]:
        """For each wanted name the full name of the open port, None while there is none."""
        return {wanted.key: wanted.name for wanted in self._inputs}

    @property
    def outputs(self) -> dict[str, str | None]:
        """As `inputs`."""
        return {wanted.key: wanted.name for wanted in self._outputs}

    def available(self) -> PortList:
        """What could be opened now."""
        return self._system.ports() if self._system else PortList(None, (), (), self.reason)

    def poll(self) -> list[list[int]]:
        """The messages that have arrived, each port's in order."""
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
        """To every open output and the virtual one."""
        if self._system is None:
            return
        # A dead JACK server takes nothing, and rtmidi would wait for room for ever.
        if self._system.heart and self._unproved >= SEND_LIMIT:
            self.dropped += 1
            self._untold = True
            return
        self._unproved += 1
        self._system.send(message)
        for wanted in self._outputs:
            if wanted.port is not None:
                try:
                    wanted.port.send(message)
                except rtmidi.RtMidiError:
                    # The device has gone. If it has come back, the next refresh opens it.
                    wanted.close()

    def refresh(self) -> bool:
        """Close what has vanished, open what has come back.

        Returns whether an output may not show the present values, because it was just opened or
        messages were dropped. On JACK a port that goes and comes back between two calls is not
        noticed.
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
        untold, self._untold = self._untold, False
        return untold

    def close(self) -> None:
        """Close everything for good; twice does no harm."""
        self._closed = True
        self._stop()

    def _start(self) -> None:
        try:
            self._system = System(self._apis)
        except NoMidiError as error:
            self.reason = str(error)
        else:
            self._system.open_virtual()
            self._untold = True

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
        """Make the open ports follow what is there; what is in the way, a line each."""
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
                        self._untold = self._untold or group is self._outputs
                except LivevoxError as error:
                    problems.append(str(error))
        return problems


_P = TypeVar("_P", Input, Output)


class _Wanted(Generic[_P]):
    """A port that shall be open whenever a port that its key means is there."""

    def __init__(self, key: str, kind: type[_P]) -> None:
        self.key = key
        self.name: str | None = None
        """Of the port that is open."""
        self.port: _P | None = None
        self._kind: type[_P] = kind

    def open(self, api: int, free: list[str]) -> bool:
        """Open the one of ``free`` that is meant, and tell whether there is one.

        Raises LivevoxError where the key is ambiguous or the port can't be opened.
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
        """Until the next `open`; twice does no harm."""
        if self.port is not None:
            self.port.close()
        self.name = self.port = None


def _meant(direction: str, key: str, names: Sequence[str]) -> str | None:
    """The one of ``names`` that is or contains ``key``, None if none does.

    Raises LivevoxError for several.
    """
    # ALSA numbers its ports anew when a device comes back: " 24:0" is no part of the name.
    for part in (key.casefold(), re.sub(r" \d+:\d+$", "", key.casefold())):
        fitting = [name for name in names if part in name.casefold()]
        whole = [name for name in fitting if part == name.casefold()]
        if len(fitting) > 1 and not whole:
            raise LivevoxError(
                f"MIDI {direction} '{key}' fits {', '.join(fitting)}: give more of the name"
            )
        if fitting:
            return (whole or fitting)[0]
    return None
