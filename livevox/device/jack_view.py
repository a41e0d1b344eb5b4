"""What a JACK server knows about a stream, and PortAudio does not report: programs that have ended,
and a new period.

Every program with ports is a device to PortAudio. A stream from one that has ended goes on with
silence.
"""

from __future__ import annotations

from livevox.device.devices import Device
from livevox.device.jack_client import IS_INPUT, IS_OUTPUT, jack_client
from livevox.device.jack_name import jack_name


class JackView:
    """The server's view of an ``input`` and an ``output``. It knows nothing of other devices."""

    def __init__(self, input: Device | None, output: Device) -> None:
        # What a program plays is our input.
        used = ((input, IS_OUTPUT), (output, IS_INPUT))
        found = [(device, flag) for device, flag in used if device and "JACK" in device.hostapi]
        self._client = jack_client() if found else None
        self._ports: dict[str, bytes] = {}
        """A port of each program, by the device's full name."""
        self._period = 0
        if self._client is not None:
            self._period = self._client.period
            for device, flag in found:
                if ports := self._client.ports(device.name, flag):
                    self._ports[device.full_name] = ports[0]

    def new_period(self, before: int) -> int | None:
        """The period in samples to which the server has changed from ``before``; None if it has
        not, or where its word is no measure."""
        if self._client is None or self._period != before:
            return None
        now = self._client.period
        return now if now != before else None

    def disconnect(self) -> None:
        """Disconnect this process' ports from the programs. PortAudio would do it one by one when
        it stops, and wait for more than a period after each."""
        if self._client is not None and (name := jack_name()) is not None:
            self._client.disconnect(name)

    @property
    def gone(self) -> str | None:
        """The full name of one that has ended; None if none has."""
        if self._client is not None:
            for name, port in self._ports.items():
                if not self._client.has(port):
                    return name
        return None
