"""MIDI systems through rtmidi: livevox's own ports, and the list of all others."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import sleep
from typing import Any

import rtmidi

from livevox.errors import LivevoxError

CLIENT = "livevox"
"""Name of the virtual ports. Ports with this prefix are never opened: that would feed livevox its
own messages."""
OWNER = f"{CLIENT} MIDI"
"""Client name that other programs see. On JACK, the client CLIENT is that of the sound."""

QUEUE = 16_384
"""Messages that each input can queue between two polls: 16 s at a MIDI cable's full rate."""

POLL_LIMIT = 4096
"""Most messages that one poll reads from one input, about 2 ms of work."""

LIST_TRIES = 10

QUIET_SECONDS = 0.05
"""Pause before a JACK port is closed. After each change of the graph, a thread of libjack computes
latencies and reads the client's list of ports without a lock. Closing a port at that moment would
crash the process."""


@dataclass(frozen=True)
class PortList:
    """The ports of other programs and devices. If ``api`` is None, ``reason`` says why."""

    api: str | None
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    reason: str = ""


class NoMidiError(Exception):
    """No MIDI system works."""


def usable_apis(name: str | None) -> list[int]:
    """The compiled MIDI systems in order of preference, or the named one. Raises LivevoxError."""
    # rtmidi's own order is right: ALSA before JACK, the system's native one first.
    apis = [api for api in rtmidi.get_compiled_api() if api != rtmidi.API_RTMIDI_DUMMY]
    if name is None:
        return apis
    by_name = {rtmidi.get_api_name(api): api for api in apis}
    if name not in by_name:
        raise LivevoxError(f"no MIDI system '{name}' here: choose from {', '.join(by_name)}")
    return [by_name[name]]


class _Port:
    """One of livevox's ports and its connection to the MIDI system."""

    direction: str

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._opened = False

    def names(self) -> list[str]:
        """The ports that this can connect to, including livevox's own."""
        for _ in range(LIST_TRIES):
            # rtmidi counts the ports, then asks for each: one may vanish in between.
            with suppress(rtmidi.InvalidPortError):
                return list(self._handle.get_ports())
        return []

    def connect(self, name: str) -> bool:
        """Connect to the port of that name, if it still exists. Raises RtMidiError."""
        # Ports are opened by index, which changes when others come and go: look it up now.
        names = self.names()
        if name not in names:
            return False
        self._opened = True
        self._handle.open_port(names.index(name), self.direction)
        return True

    def open_virtual(self) -> None:
        """Open as a virtual port, which others connect to. Raises RtMidiError."""
        self._opened = True
        self._handle.open_virtual_port(CLIENT)

    def close(self) -> None:
        """Close the port; call it once only."""
        if self._opened and self._handle.get_current_api() == rtmidi.API_UNIX_JACK:
            sleep(QUIET_SECONDS)
        self._handle.close_port()
        # Without this the port would exist until the next garbage collection.
        self._handle.delete()


class Input(_Port):
    """Receives, from one port or as the virtual port."""

    direction = "input"

    def __init__(self, api: int) -> None:
        super().__init__(rtmidi.MidiIn(api, OWNER, QUEUE))
        self.full = False
        """Whether the last `drain` emptied a queue that may have been full."""
        self._backlog = 0
        """Messages taken since the queue was last empty."""

    def drain(self) -> list[list[int]]:
        """The messages that have arrived, up to `POLL_LIMIT`."""
        messages: list[list[int]] = []
        while len(messages) < POLL_LIMIT and (event := self._handle.get_message()):
            messages.append(event[0])
        self._backlog += len(messages)
        # rtmidi's queue holds one message fewer than its size.
        self.full = self._backlog >= QUEUE - 1
        if self.full or len(messages) < POLL_LIMIT:
            self._backlog = 0
        return messages

    def close(self) -> None:
        self._handle.cancel_callback()
        super().close()


class Output(_Port):
    """Sends, to one port or as the virtual port."""

    direction = "output"

    def __init__(self, api: int) -> None:
        super().__init__(rtmidi.MidiOut(api, OWNER))

    def send(self, message: Sequence[int]) -> None:
        """Send a message. Raises RtMidiError if the device is gone."""
        self._handle.send_message(message)


class System:
    """The connection to one MIDI system, with the virtual ports; it lists the ports of others."""

    def __init__(self, apis: Sequence[int]) -> None:
        reasons = []
        for api in apis:
            try:
                with _silent_stderr():
                    self.input, self.output = Input(api), Output(api)
                break
            except rtmidi.RtMidiError as error:
                reasons.append(f"{rtmidi.get_api_name(api)}: {error}")
        else:
            raise NoMidiError(f"no MIDI system works ({'; '.join(reasons)}): start one")
        self.api = api
        self.name = str(rtmidi.get_api_name(api))
        self.heart: Output | None = None
        """On JACK, sends to livevox's own virtual input to check that the server is alive."""
        self._virtual = False

    def open_virtual(self) -> None:
        """Open the virtual ports, if the system supports them."""
        others = self.output.names()
        try:
            self.input.open_virtual()
            self.output.open_virtual()
            self._virtual = True
            if self.api == rtmidi.API_UNIX_JACK:
                self.heart = Output(self.api)
                for name in self.heart.names():
                    if name.startswith(CLIENT) and name not in others:
                        self.heart.connect(name)
                        break
        except rtmidi.RtMidiError:
            return

    def ports(self) -> PortList:
        """The ports of other programs and devices."""
        inputs, outputs = (
            tuple(name for name in lister.names() if not name.startswith(CLIENT))
            for lister in (self.input, self.output)
        )
        return PortList(self.name, inputs, outputs)

    def send(self, message: Sequence[int]) -> None:
        """Send to all programs connected to the virtual output."""
        if self._virtual:
            self.output.send(message)

    def close(self) -> None:
        for port in (self.heart, self.input, self.output):
            if port is not None:
                port.close()


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Silence stderr: the libraries below print errors that exceptions report as well."""
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
