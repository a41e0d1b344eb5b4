"""MIDI ports: found by a part of their name, opened, polled, and opened again after a break."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, Generic, TypeVar

import rtmidi

from livevox.errors import LivevoxError

CLIENT = "livevox"
"""What other programs see; names that start so are never opened, or livevox would hear itself."""

QUEUE = 16_384
"""Messages that each input can hold between two polls, 16 s of a MIDI cable at its fastest."""

POLL_LIMIT = 4096
"""Messages that one poll takes from one input at most, about 2 ms of work."""

SEND_LIMIT = 1000
"""Messages that JACK gets at most before it has proved to be alive; its buffer holds 2,340."""

LIST_TRIES = 10

DEAD_S = 2.0
"""Without an answer for so many seconds JACK counts as dead."""

_HEARTBEAT = [0xF9]  # MIDI leaves it undefined: no device sends it, none would act on it.


@dataclass(frozen=True)
class PortList:
    """The ports of other programs and devices. ``api`` None: no MIDI here, ``reason`` says why."""

    api: str | None
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    reason: str = ""


def midi_ports(api: str | None = None) -> PortList:
    """What can be opened now with ``api``, or with the first MIDI system that works.

    A process that has a :class:`MidiPorts` asks that instead, by :meth:`MidiPorts.available`.
    Raises LivevoxError for an unknown ``api``.
    """
    try:
        system = _System(_apis(api))
    except _NoMidiError as error:
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
        self._apis = _apis(api)
        self._inputs = [_Wanted(name, _Input) for name in inputs]
        self._outputs = [_Wanted(name, _Output) for name in outputs]
        self._system: _System | None = None
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
            self._system = _System(self._apis)
        except _NoMidiError as error:
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


class _NoMidiError(Exception):
    """No MIDI system works."""


def _apis(name: str | None) -> list[int]:
    """The compiled systems in the order of trying, or the named one. Raises LivevoxError."""
    # The order that rtmidi was compiled in is the one wanted: ALSA before JACK, the native first.
    apis = [api for api in rtmidi.get_compiled_api() if api != rtmidi.API_RTMIDI_DUMMY]
    if name is None:
        return apis
    by_name = {rtmidi.get_api_name(api): api for api in apis}
    if name not in by_name:
        raise LivevoxError(f"no MIDI system '{name}' here: choose from {', '.join(by_name)}")
    return [by_name[name]]


class _Port:
    """One port of ours and its connection to the MIDI system."""

    direction: str

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    def names(self) -> list[str]:
        """The ports that this could be connected to, our own among them."""
        for _ in range(LIST_TRIES):
            # rtmidi counts the ports, then asks for each: one may have gone meanwhile.
            with suppress(rtmidi.InvalidPortError):
                return list(self._handle.get_ports())
        return []

    def connect(self, name: str) -> bool:
        """To the port of that name, if it is still there. Raises RtMidiError."""
        # Ports go by their place, which changes when others come and go: look as late as can be.
        names = self.names()
        if name not in names:
            return False
        self._handle.open_port(names.index(name), self.direction)
        return True

    def open_virtual(self) -> None:
        """Let others connect to this. Raises RtMidiError."""
        self._handle.open_virtual_port(CLIENT)

    def close(self) -> None:
        """The end; only once."""
        self._handle.close_port()
        # Without this the port would last until the next garbage collection.
        self._handle.delete()


class _Input(_Port):
    direction = "input"

    def __init__(self, api: int) -> None:
        super().__init__(rtmidi.MidiIn(api, CLIENT, QUEUE))
        self.full = False
        """Whether the last `drain` emptied a queue that may have been full."""
        self._backlog = 0
        """Messages taken since the queue was last empty."""

    def drain(self) -> list[list[int]]:
        """What has arrived, up to `POLL_LIMIT` messages."""
        messages: list[list[int]] = []
        while len(messages) < POLL_LIMIT and (event := self._handle.get_message()):
            messages.append(event[0])
        self._backlog += len(messages)
        # rtmidi's queue holds one message less than its size.
        self.full = self._backlog >= QUEUE - 1
        if self.full or len(messages) < POLL_LIMIT:
            self._backlog = 0
        return messages

    def close(self) -> None:
        self._handle.cancel_callback()
        super().close()


class _Output(_Port):
    direction = "output"

    def __init__(self, api: int) -> None:
        super().__init__(rtmidi.MidiOut(api, CLIENT))

    def send(self, message: Sequence[int]) -> None:
        """Raises RtMidiError where the device has gone."""
        self._handle.send_message(message)


_P = TypeVar("_P", _Input, _Output)


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


class _System:
    """The connection to one MIDI system, with the virtual ports; it lists the ports of others."""

    def __init__(self, apis: Sequence[int]) -> None:
        reasons = []
        for api in apis:
            try:
                with _silent_stderr():
                    self.input, self.output = _Input(api), _Output(api)
                break
            except rtmidi.RtMidiError as error:
                reasons.append(f"{rtmidi.get_api_name(api)}: {error}")
        else:
            raise _NoMidiError(f"no MIDI system works ({'; '.join(reasons)}): start one")
        self.api = api
        self.name = str(rtmidi.get_api_name(api))
        self.heart: _Output | None = None
        """Sends to our own virtual input, on JACK, where nothing else tells that it died."""
        self._virtual = False

    def open_virtual(self) -> None:
        """Show others the virtual ports, where the system can."""
        others = self.output.names()
        try:
            self.input.open_virtual()
            self.output.open_virtual()
            self._virtual = True
            if self.api == rtmidi.API_UNIX_JACK:
                self.heart = _Output(self.api)
                for name in self.heart.names():
                    if name.startswith(CLIENT) and name not in others:
                        self.heart.connect(name)
                        break
        except rtmidi.RtMidiError:
            return

    def ports(self) -> PortList:
        """The ports of others."""
        inputs, outputs = (
            tuple(name for name in lister.names() if not name.startswith(CLIENT))
            for lister in (self.input, self.output)
        )
        return PortList(self.name, inputs, outputs)

    def send(self, message: Sequence[int]) -> None:
        """To whoever is connected to the virtual output."""
        if self._virtual:
            self.output.send(message)

    def close(self) -> None:
        for port in (self.heart, self.input, self.output):
            if port is not None:
                port.close()


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """The libraries below print lines of their own for what an exception says as well."""
    try:
        saved = os.dup(2)
    except OSError:  # A program without a console has no stderr.
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
