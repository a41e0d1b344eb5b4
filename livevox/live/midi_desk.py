"""The engine's MIDI: the ports in their own process, and what their messages mean."""

from __future__ import annotations

from collections.abc import Mapping
from multiprocessing.connection import Connection

from livevox.live.commands import Learn, ListMidi, MidiNames, SetBindings, UseMidiPorts
from livevox.midi.binding import Binding
from livevox.midi.control import Action, MidiControl
from livevox.midi.process import MidiProcess, PortsState


class MidiDesk:
    """Starts the MIDI process, without waiting for it; no port is open before :meth:`use_ports`."""

    def __init__(self, bindings: tuple[Binding, ...]) -> None:
        self._process = MidiProcess()
        self._control = MidiControl(bindings)

    @property
    def connection(self) -> Connection | None:
        """What becomes readable when messages come; None where the process is gone."""
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

    def use_ports(self, command: UseMidiPorts) -> None:
        """Listen to these ports. Raises LivevoxError, and all stays as it was."""
        if not self._process.alive:
            self._process = MidiProcess()
        self._process.open(command.inputs, command.outputs, command.api)

    def list_ports(self, _: ListMidi) -> MidiNames:
        """What can be opened."""
        found = self._process.available()
        return MidiNames(found.inputs, found.outputs)

    def learn(self, command: Learn) -> None:
        """Wait for the control that moves next, or end to wait."""
        if command.target is None:
            self._control.cancel_learn()
        else:
            self._control.learn(command.target)

    def set_bindings(self, command: SetBindings) -> None:
        """Replace the MIDI map."""
        self._control.set_bindings(command.bindings)

    def receive(self, values: Mapping[str, float], now: float) -> tuple[int, list[Action]]:
        """How many messages have come, and what they do where the parameters are ``values``."""
        messages = self._process.poll()
        if self._process.untold:
            self._process.untold = False
            self._control.tell_all()
        return len(messages), self._control.receive_all(messages, values, now) if messages else []

    def send_feedback(self, values: Mapping[str, float], now: float) -> None:
        """Show the parameters on the outputs."""
        for message in self._control.feedback(values, now):
            self._process.send(message)

    def close(self) -> None:
        """Close the ports."""
        self._process.close()
