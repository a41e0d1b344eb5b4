"""The streams of rtmixer: one for an output and an input that share a clock, else one for each."""

from __future__ import annotations

import threading
from typing import Any

from livevox.device.devices import Device
from livevox.device.jack_view import JackView
from livevox.device.stream_info import changed_rate, reported_latency
from livevox.errors import LivevoxError

RING_SECONDS = 8.0
"""Length of the rings in seconds: a shorter stall loses no input."""


def ring(channels: int, sample_rate: int) -> Any:
    """A ring buffer of float32 for :data:`RING_SECONDS`. PortAudio wants powers of two."""
    import rtmixer

    return rtmixer.RingBuffer(4 * channels, 1 << (int(RING_SECONDS * sample_rate) - 1).bit_length())


def not_opened(names: str, sample_rate: int, error: Exception) -> LivevoxError:
    """The error for devices that PortAudio does not open."""
    return LivevoxError(
        f"{names} can't be opened at {sample_rate} Hz ({error}): "
        "close other programs that use it, or choose another rate or device"
    )


class DeviceStreams:
    """Opened by :meth:`open`. :attr:`player` plays, :attr:`recorder` records."""

    def __init__(self) -> None:
        self._all: list[Any] = []
        self.player: Any = None
        self.recorder: Any = None
        """None without an input; the same as :attr:`player` for devices that share a clock."""
        self.latencies: tuple[float | None, float | None] = (0.0, None)
        """The latency that the devices report, input and output, in seconds; None if unknown."""
        self._devices: tuple[Device | None, Device]
        self._server: JackView | None = None

    def open(
        self,
        output: Device,
        out_channels: int,
        input: Device | None,
        in_channels: int,
        one_clock: bool,
        sample_rate: int,
        block: int,
    ) -> None:
        """Open, but do not start. ``block`` 0 leaves the block size to PortAudio. Raises
        PortAudio's error if a device refuses."""
        import rtmixer

        self._devices = input, output
        common = {"samplerate": sample_rate, "blocksize": block, "latency": "low", "qsize": 16}
        if input is not None and one_clock:
            self.player = self.recorder = rtmixer.MixerAndRecorder(
                device=(input.index, output.index), channels=(in_channels, out_channels), **common
            )
            self._all = [self.player]
        else:
            if input is not None:
                self.recorder = rtmixer.Recorder(device=input.index, channels=in_channels, **common)
                self._all = [self.recorder]
            self.player = rtmixer.Mixer(device=output.index, channels=out_channels, **common)
            self._all.append(self.player)
        entering = 0.0 if self.recorder is None else reported_latency(self.recorder, "input")
        self.latencies = entering, reported_latency(self.player, "output")

    def __len__(self) -> int:
        """The number of streams: 1 or 2."""
        return len(self._all)

    def start(self) -> None:
        """Start the streams. Raises LivevoxError if a device refuses."""
        try:
            for stream in self._all:
                stream.start()
        except Exception as error:  # PortAudio's
            self.close()
            raise LivevoxError(
                f"the sound does not start ({error}): reconnect the device"
            ) from None
        self._server = JackView(*self._devices)

    @property
    def new_rate(self) -> int | None:
        """The rate in Hz to which a device, of a sound server, has changed; None if none has."""
        rates = map(changed_rate, self._all)
        return next((rate for rate in rates if rate is not None), None)

    @property
    def active(self) -> bool:
        """False if PortAudio reports that a device is gone."""
        return all(stream.active for stream in self._all)

    @property
    def gone(self) -> str | None:
        """The full name of a device, a program on a JACK server, that is gone; None if none is."""
        return None if self._server is None else self._server.gone

    def new_period(self, before: int) -> int | None:
        """The period in samples to which a JACK server says to have changed from ``before``; None
        if it does not."""
        return None if self._server is None else self._server.new_period(before)

    def close(self) -> None:
        """Close the streams. This can hang if a device is gone, so it waits at most a second."""
        closing = threading.Thread(target=self._close, daemon=True)
        closing.start()
        closing.join(1.0)

    def _close(self) -> None:
        if self._server is not None:
            self._server.disconnect()
        for stream in self._all:
            stream.abort(ignore_errors=True)
            stream.close(ignore_errors=True)
