"""The engine's MIDI: the process with the ports, and the control by their messages."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from multiprocessing.connection import Connection

from livevox.errors import LivevoxError
from livevox.live.commands import Learn, ListMidi, MidiNames, SetBindings, UseMidiPorts
from livevox.live.engine_config import EngineConfig
from livevox.midi.binding import Binding
from livevox.midi.control import Action, MidiControl
from livevox.midi.process import MidiProcess, PortsState

REVIVE_SECONDS = 10.0
"""Shortest time between two restarts of the MIDI process."""


class MidiDesk:
    """Starts the MIDI process, without waiting for it; no port is open before :meth:`open`."""

    def __init__(self, bindings: tuple[Binding, ...]) -> None:
        self._process = MidiProcess()
        self._control = MidiControl(bindings)
        self._in_use: UseMidiPorts | None = None
        self._revived = -inf

    @property
    def connection(self) -> Connection | None:
        """Readable when messages have arrived; None if the process has ended."""
        return self._process.connection if self._process.alive else None

    @property
    def ports(self) -> PortsState:
        """The open ports."""
        return self._process.state

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """The MIDI map."""
        return self._control.bindings

    @property
    def learning(self) -> str | None:
        """The parameter or preset that waits for a MIDI control."""
        return self._control.learning

    def open(self, config: EngineConfig) -> None:
        """Open the ports of a configuration. Raises LivevoxError if that fails."""
        self.use_ports(UseMidiPorts(config.midi_inputs, config.midi_outputs, config.midi_api))

    def use_ports(self, command: UseMidiPorts) -> None:
        """Open these ports. If that fails, raises LivevoxError and changes nothing."""
        if not self._process.alive:
            self._process = MidiProcess()
        self._process.open(command.inputs, command.outputs, command.api)
        self._in_use = command

    def revive(self, now: float) -> str | None:
        """Restart the process if it has ended, for example by a crash in a MIDI library. Returns a
        message about it, or None."""
        if self._process.alive or self._in_use is None or now - self._revived < REVIVE_SECONDS:
            return None
        self._revived = now
        try:
            self.use_ports(self._in_use)
        except LivevoxError as error:
            return f"the MIDI process has ended and can't be restarted: {error}"
        return "the MIDI process ended and was restarted"

    def list_ports(self, _: ListMidi) -> MidiNames:
        """List the ports that can be opened."""
        found = self._process.available()
        return MidiNames(found.inputs, found.outputs)

    def learn(self, command: Learn) -> None:
        """Wait for the control that moves most, or stop waiting."""
        if command.target is None:
            self._control.cancel_learn()
        else:
            self._control.learn(command.target)

    def set_bindings(self, command: SetBindings) -> None:
        """Replace the MIDI map."""
        self._control.set_bindings(command.bindings)

    def receive(self, values: Mapping[str, float], now: float) -> tuple[int, list[Action]]:
        """Return the number of new messages, and their actions at the parameters ``values``."""
        messages = self._process.poll()
        if self._process.outdated:
            self._process.outdated = False
            self._control.update_all()
        return len(messages), self._control.receive_all(messages, values, now)

    def send_feedback(self, values: Mapping[str, float], now: float) -> None:
        """Send the parameters to the MIDI outputs."""
        for message in self._control.feedback(values, now):
            self._process.send(message)

    def close(self) -> None:
        """Close the ports."""
        self._process.close()
