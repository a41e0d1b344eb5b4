"""Watches open devices: whether they are lost, and whether they have to be reopened."""

from __future__ import annotations

import time
from dataclasses import dataclass

from livevox.device.period import NewPeriods
from livevox.device.stream import AudioStream
from livevox.live.io_thread import IoThread

STALLED_SECONDS = 1.0
UNHEARD_SECONDS = 2.0


@dataclass(frozen=True)
class Fault:
    """Why devices have to be reopened."""

    reason: str
    new: bool = False
    """Whether the list of devices has to be updated first, as their description has changed."""
    gone: bool = False
    """Whether a device is gone, so that they can be reopened only when it is back."""
    silent_seconds: float = 0.0
    """How long the output has been silent already."""
    period: int | None = None
    """The device's period in samples, if that has changed."""


class FlowWatch:
    """Watches one pair of a stream and its I/O thread after the other, see :meth:`follow`."""

    def __init__(self) -> None:
        self._flow: tuple[AudioStream, IoThread] | None = None
        self._moved = (0, 0.0)
        """The devices' clock when it last moved, and the time of that."""
        self._new_periods = NewPeriods()

    def follow(self, stream: AudioStream, io_thread: IoThread) -> None:
        """Watch these, which have just been started."""
        self._flow = stream, io_thread
        self._moved = (0, time.monotonic())

    def leave(self) -> None:
        """Watch nothing."""
        self._flow = None

    def is_lost(self, now: float) -> bool:
        """Whether the devices' clock has stopped, or PortAudio reports an inactive stream."""
        if self._flow is None:
            return False
        stream, io_thread = self._flow
        if not stream.active:
            return True
        if stream.elapsed != self._moved[0]:
            self._moved = (stream.elapsed, now)
        return io_thread.running and now - self._moved[1] > STALLED_SECONDS

    def fault(self) -> Fault | None:
        """Why the devices have to be reopened; None if they work."""
        if self._flow is None:
            return None
        stream, io_thread = self._flow
        if (name := stream.gone) is not None:
            return Fault(f"{name} has gone", new=True, gone=True)
        if (rate := stream.new_rate) is not None:
            rates = f"{rate} Hz instead of {stream.sample_rate} Hz"
            return Fault(f"the sound device has a sample rate of {rates}", new=True)
        if not io_thread.running:
            # The input's ring buffer is full.
            return Fault("the sound stalled for too long")
        period = self._new_periods.take(io_thread.period(stream.new_period), stream.burst)
        if period is not None:
            instead = f"{period} samples instead of {stream.burst}"
            return Fault(f"the sound device has a period of {instead}", period=period)
        if io_thread.unheard_seconds > UNHEARD_SECONDS:
            silent = io_thread.unheard_seconds
            return Fault(f"the output was silent for {UNHEARD_SECONDS:g} s", silent_seconds=silent)
        return None
