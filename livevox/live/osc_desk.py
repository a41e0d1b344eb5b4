"""The engine's OSC: its port, and the control by its messages."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress

from livevox.errors import LivevoxError
from livevox.live.commands import UseOsc
from livevox.live.engine_config import EngineConfig
from livevox.midi.control import Move, Recall
from livevox.osc.control import OscControl
from livevox.osc.port import Address, OscPort

OFF = UseOsc(None, ())


class OscDesk:
    """Opens the OSC port of a configuration. Without one, it does nothing."""

    def __init__(self) -> None:
        self._port: OscPort | None = None
        self._in_use = OFF
        self._control = OscControl()

    def open(self, config: EngineConfig) -> None:
        """Listen and send as configured. Raises LivevoxError if that fails."""
        self.use(UseOsc(config.osc, config.osc_to))

    def use(self, command: UseOsc) -> None:
        """Listen and send there. If that fails, raises LivevoxError and changes nothing."""
        if command == self._in_use:
            return
        listen = None if command.listen is None else Address.parse(command.listen)
        targets = [Address.parse(to) for to in command.targets]
        # The port may be the same one.
        self.close()
        try:
            self._port = OscPort(listen, targets) if listen or targets else None
        except LivevoxError:
            before, self._in_use = self._in_use, OFF
            with suppress(LivevoxError):
                self.use(before)
            raise
        self._in_use = command
        # New receivers get all parameters.
        self._control = OscControl()

    @property
    def connection(self) -> socket.socket | None:
        """Readable when messages come; None if OSC does not listen."""
        return self._port.socket if self._port else None

    def receive(self, now: float) -> tuple[list[Move | Recall], str]:
        """The actions of new messages, and the reason why a message can't be used, or ""."""
        if self._port is None:
            return [], ""
        self._control.problem = ""
        return self._control.receive(self._port.poll(), now), self._control.problem

    def send_feedback(self, values: Mapping[str, float], activity: float, now: float) -> None:
        """Send changes to the receivers."""
        if self._port is not None:
            for address, value in self._control.feedback(values, activity, now):
                self._port.send(address, value)

    def close(self) -> None:
        """Close the port."""
        if self._port is not None:
            self._port.close()
            self._port = None
