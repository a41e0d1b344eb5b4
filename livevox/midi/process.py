"""MIDI ports in a process of their own.

Listing the ports takes up to 30 ms on a JACK server, and rtmidi holds the interpreter's lock
meanwhile: in the engine's process this would interrupt the sound.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from livevox.errors import LivevoxError
from livevox.midi.ports import MidiPorts, midi_ports
from livevox.midi.system import PortList
from livevox.priority import real_time

PRIORITY = 5
POLL_SECONDS = 0.002
REFRESH_SECONDS = 1.0
ANSWER_SECONDS = 10.0
END_SECONDS = 2.0


@dataclass(frozen=True)
class PortsState:
    """The attributes of the same names of :class:`livevox.midi.ports.MidiPorts`."""

    api: str | None = None
    reason: str = ""
    inputs: dict[str, str | None] = field(default_factory=dict)
    outputs: dict[str, str | None] = field(default_factory=dict)


class MidiProcess:
    """The client of a :class:`livevox.midi.ports.MidiPorts` in another process.

    Starts the process without waiting for it; there are no ports before :meth:`open`. Use it from
    one thread. It needs no ``with``: the process ends with the one that started it.
    """

    def __init__(self) -> None:
        self.state = PortsState()
        self._messages: list[list[int]] = []
        self.outdated = False
        """Whether an output may not show the current values; the user of this class resets it."""
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), name="livevox midi")
        self._process.start()
        theirs.close()

    @property
    def alive(self) -> bool:
        """False after a poll has found that the process has ended."""
        return not self.connection.closed

    def open(self, inputs: Sequence[str], outputs: Sequence[str], api: str | None) -> None:
        """Use these ports from now on: see :class:`livevox.midi.ports.MidiPorts`.

        Raises the same LivevoxErrors and then changes nothing.
        """
        try:
            self._ask("open", (tuple(inputs), tuple(outputs), api))
        except LivevoxError as error:
            if self.state.api is None:
                self.state = PortsState(reason=str(error))
            raise

    def available(self) -> PortList:
        """The ports that can be opened now."""
        found: PortList = self._ask("available", None)
        return found

    def send(self, message: Sequence[int]) -> None:
        """Send to every open output and the virtual one."""
        with suppress(OSError):
            self.connection.send(("send", list(message)))

    def poll(self) -> list[list[int]]:
        """The messages since the last call, in order for each port."""
        try:
            while self.alive and self.connection.poll():
                self._take(*self.connection.recv())
        except (EOFError, OSError):
            self.connection.close()
            self.state = PortsState(reason="the MIDI process has ended: open the MIDI ports again")
        messages, self._messages = self._messages, []
        return messages

    def close(self) -> None:
        """End the process; calling it twice is fine."""
        self.connection.close()
        self._process.join(END_SECONDS)
        if self._process.is_alive():
            self._process.kill()

    def _ask(self, name: str, argument: Any) -> Any:
        deadline = time.monotonic() + ANSWER_SECONDS
        try:
            self.connection.send((name, argument))
            while self.connection.poll(deadline - time.monotonic()):
                kind, content = self.connection.recv()
                if kind == "answer":
                    return content
                if kind == "refusal":
                    raise LivevoxError(content)
                self._take(kind, content)
        except (EOFError, OSError):
            pass
        raise LivevoxError("the MIDI process does not answer: start livevox again")

    def _take(self, kind: str, content: Any) -> None:
        if kind == "messages":
            self._messages += content
        elif kind == "outdated":
            self.outdated = True
        elif kind == "state":
            self.state = content


def _serve(connection: Connection) -> None:
    """The process' main function."""
    # The client handles a terminal's interrupt and then closes the connection.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = _Server(connection)
    with suppress(EOFError, OSError):
        server.run()
    server.close()


class _Server:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._ports: MidiPorts | None = None
        self._reported = PortsState()

    def run(self) -> None:
        """Serve until the other end of the connection is closed."""
        real_time(PRIORITY)
        next_refresh = time.monotonic() + REFRESH_SECONDS
        while True:
            if self._connection.poll(POLL_SECONDS):
                self._answer(*self._connection.recv())
            if self._ports is None:
                continue
            if messages := self._ports.poll():
                self._connection.send(("messages", messages))
            if time.monotonic() >= next_refresh:
                next_refresh = time.monotonic() + REFRESH_SECONDS
                if self._ports.refresh():
                    self._connection.send(("outdated", None))
                self._report_state()

    def close(self) -> None:
        if self._ports is not None:
            self._ports.close()

    def _answer(self, name: str, argument: Any) -> None:
        try:
            if name == "send":
                if self._ports is not None:
                    self._ports.send(argument)
                return
            if name == "open":
                ports = MidiPorts(*argument)
                self.close()
                self._ports = ports
                self._report_state()
                self._connection.send(("answer", None))
            else:
                found = self._ports.available() if self._ports else midi_ports()
                self._connection.send(("answer", found))
        except LivevoxError as error:
            self._connection.send(("refusal", str(error)))

    def _report_state(self) -> None:
        assert self._ports is not None
        ports = self._ports
        state = PortsState(ports.api, ports.reason, ports.inputs, ports.outputs)
        if state != self._reported:
            self._reported = state
            self._connection.send(("state", state))
