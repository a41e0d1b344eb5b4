"""Streams of sound devices: a C callback moves samples between the devices and ring buffers.

The callback is rtmixer's, in C. It never runs Python, so neither the interpreter's lock nor its
garbage collection can delay it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from livevox.device.blocks import WORK_SECONDS, headroom
from livevox.device.device_streams import DeviceStreams, not_opened, ring
from livevox.device.devices import Device, same_clock
from livevox.device.drift import DriftCompensator
from livevox.dsp.stft import Audio

RESTORING_BURSTS = 6
"""Bursts of silence queued beyond the headroom until an interrupted output is realigned."""
AT_ONCE = -np.inf
"""Start time that means the first callback. PortAudio's clock can be negative there, if the input
is older than the stream: an action timed at 0 would start within a block and shift the sound."""


class AudioStream:
    """Plays, and records if there is an ``input``, with a constant latency.

    Sample n of the input, processed, is written as sample n of :meth:`write`. It is played
    :attr:`latency` samples after it was recorded, plus the devices' own latency. If input and
    output are separate devices with separate clocks, a resampler makes the output follow the
    input's clock. Without an input the output's clock is used.

    If nothing was written in time, the output resumes after some blocks of silence, with the same
    latency as before.
    """

    def __init__(
        self,
        output: Device,
        output_channels: Sequence[int],
        input: Device | None,
        input_channels: Sequence[int],
        sample_rate: int,
        block: int,
        host_period: int = 0,
        work_seconds: float = WORK_SECONDS,
    ) -> None:
        """Open the devices, but do not start. Channels count from 1. ``host_period`` comes from
        :func:`livevox.device.blocks.host_period`. PortAudio assembles longer blocks itself, which
        adds to the devices' latency. ``work_seconds`` is the worker's longest processing time.

        Raises LivevoxError if a device refuses.
        """
        self.sample_rate = sample_rate
        self.block = block
        self.burst = max(block, host_period)
        """Samples that the device delivers and requests at once: a block or more."""
        self.headroom = headroom(block, sample_rate, work_seconds, host_period)
        self._in_channels = len(input_channels)
        self._out_channels = len(output_channels)
        one_clock = input is None or same_clock(input, output)
        self._drift = None if one_clock else self._compensator()
        self.dropouts = 0
        """Number of underruns, and of overruns between two clocks."""
        self.gaps = 0
        """Number of interruptions; several underruns in a row are one."""
        self.gap_samples = 0
        """Their length in samples."""
        self._interruptions = self._silent = 0
        """Those of the current compensator that are counted."""
        self._missed_from = 0
        """The first sample that an interruption has cut off."""
        self._stopped_at: float | None = None
        """When an output without an input stopped, on the monotonic clock."""
        self._handed = 0
        """Samples written so far."""
        self._resume_at: float = 0
        """The first sample to be played after an interruption; infinite until it is known."""
        self._silence = 0
        self._seen = (0, 0)
        self._clock_offset = 0
        self._streams = DeviceStreams()
        try:
            self._streams.open(
                output,
                max(output_channels),
                input,
                max(input_channels, default=0),
                one_clock,
                sample_rate,
                block if block > host_period > 0 else 0,
            )
            self._queue(output_channels, input_channels)
        except Exception as error:  # PortAudio's, or ValueError for channels that do not exist
            self.close()
            raise not_opened(_names(input, output), sample_rate, error) from None

    def _compensator(self) -> DriftCompensator:
        return DriftCompensator(self._out_channels, self.sample_rate, 2 * self.headroom)

    def _queue(self, output_channels: Sequence[int], input_channels: Sequence[int]) -> None:
        """Queue the actions, all of which begin with the first callback."""
        self._player, self._recorder = self._streams.player, self._streams.recorder
        self._out_map = list(output_channels)
        self._out_ring = ring(self._out_channels, self.sample_rate)
        self._in_ring = ring(max(1, self._in_channels), self.sample_rate)
        if self._recorder is not None:
            self._recording = self._recorder.record_ringbuffer(
                self._in_ring, list(input_channels), start=AT_ONCE
            )
        self._play()
        self._lead = self.headroom if self._drift is None else 2 * self.headroom
        self._queue_silence(self._lead)

    def start(self) -> None:
        """Start the streams. Raises LivevoxError if a device refuses."""
        self._streams.start()

    @property
    def latency(self) -> int:
        """Samples from recording to playback, without the devices' own latency."""
        return self._lead + (self._drift.latency if self._drift else 0)

    @property
    def recent_latency(self) -> float:
        """The :attr:`latency` of the last second: between two clocks it is regulated."""
        return self._lead + (self._drift.recent_latency if self._drift else 0)

    @property
    def device_latencies(self) -> tuple[float | None, float | None]:
        """The latency that the devices report, input and output, in seconds; None if unknown."""
        return self._streams.latencies

    @property
    def new_rate(self) -> int | None:
        """The rate in Hz to which a device, of a sound server, has changed; None if none has."""
        return self._streams.new_rate

    @property
    def elapsed(self) -> int:
        """Samples elapsed on the input's clock, or on the output's if there is no input."""
        return int(self._recording.done_frames) + self._clock_offset

    @property
    def active(self) -> bool:
        """False if PortAudio reports that a device is gone."""
        return self._streams.active

    @property
    def gone(self) -> str | None:
        """The full name of a device, a program on a JACK server, that is gone; None if none is."""
        return self._streams.gone

    @property
    def new_period(self) -> int | None:
        """The period in samples to which a JACK server says to have changed; None if it does
        not."""
        return self._streams.new_period(self.burst)

    @property
    def stopped(self) -> bool:
        """Whether the stream has ended: the device is gone, or the input's ring overflowed."""
        full = self._recorder is not None and self._recording not in self._recorder.actions
        return full or not self.active

    @property
    def xruns(self) -> int:
        """Number of callbacks with an xrun reported by PortAudio."""
        # Both actions of a stream report the same flags.
        actions = [self._recording, self._playing][: len(self._streams)]
        return sum(
            int(stats.input_underflows)
            + int(stats.input_overflows)
            + int(stats.output_underflows)
            + int(stats.output_overflows)
            for stats in (action.stats for action in actions)
        )

    @property
    def fill(self) -> int:
        """Samples queued for playback."""
        return int(self._out_ring.read_available)

    @property
    def drift_ratio(self) -> float:
        """Output samples per input sample: 1 if both share a clock."""
        return 1.0 if self._drift is None else self._drift.ratio

    def read(self) -> Audio:
        """The next block of the input, (channels, block); it must have :attr:`elapsed`."""
        data = np.empty((self.block, self._in_channels), np.float32)
        if self._in_ring.readinto(data) != self.block:
            raise IndexError("a block was read before it had arrived")
        if self._drift is not None:
            self._drift.await_samples(self.block)
        return data.T

    def write(self, block: Audio) -> bool:
        """Queue (channels, samples) for playback; dropped, with False, while the output is
        interrupted."""
        first, self._handed = self._handed, self._handed + block.shape[1]
        if self._drift is not None:
            self._drift.write(block)
            return True
        if first >= self._resume_at:
            if first == self._resume_at > 0:
                block = block * np.linspace(0, 1, block.shape[1], dtype=np.float32)
            self._out_ring.write(np.ascontiguousarray(block.T))
        return first >= self._resume_at

    def follow(self) -> None:
        """Move the samples that the output's own clock requests; call this continuously."""
        if self._playing not in self._player.actions:
            self._restart_output()
        if self._resume_at == np.inf:
            self._find_place()
        if self._drift is not None:
            wanted = self._lead - self.fill
            if wanted > 0:
                self._out_ring.write(np.ascontiguousarray(self._drift.read(wanted).T))
                self._count(self._drift)

    def _count(self, drift: DriftCompensator) -> None:
        """Add the interruptions between the clocks to those of the output."""
        interrupted = drift.interruptions - self._interruptions
        self.dropouts += interrupted
        self.gaps += interrupted
        # The silence before the first sound is no gap.
        self.gap_samples += drift.silent - self._silent if self.gaps else 0
        self._interruptions, self._silent = drift.interruptions, drift.silent

    def _restart_output(self) -> None:
        """Resume playback: rtmixer ends an action whose ring ran empty."""
        if self._recorder is None:
            # The clock stopped together with the output, so no sample was missed.
            now = time.monotonic()
            self._stopped_at = self._stopped_at or now
            if self.fill < self.burst:
                return
            self._clock_offset = self.elapsed
            self.gaps += 1
            self.gap_samples += round((now - self._stopped_at) * self.sample_rate)
            self._stopped_at = None
        else:
            if self._drift is None:
                if self._resume_at < np.inf:
                    self._missed_from = self._handed - self.fill
                self._resume_at, self._seen = np.inf, (0, 0)
                self._silence = self._lead + RESTORING_BURSTS * self.burst
            else:
                self._drift = self._compensator()
                self._interruptions = self._silent = 0
                self._silence = self._lead
                self.gaps += 1
                self.gap_samples += self._silence
            self._out_ring.flush()
            self._queue_silence(self._silence)
        self.dropouts += 1
        self._play()

    def _play(self) -> None:
        """Queue the ring for playback from the next callback on."""
        self._playing = self._player.play_ringbuffer(self._out_ring, self._out_map, start=AT_ONCE)
        if self._recorder is None:
            self._recording = self._playing

    def _find_place(self) -> None:
        """Find the sample that follows the silence, from its start time on the input's clock."""
        now, played = self.elapsed, int(self._playing.done_frames)
        if played == 0:
            return
        began, (before, then) = now - played, self._seen
        self._seen = began, now
        # One poll can fall between the callback's two counters, two in a row can't.
        if began != before or now == then:
            return
        due = began + self._silence - self.headroom
        missing = -due % self.block
        if due + missing < self._handed:
            return  # Too late: the ring runs empty, and the search starts again.
        self._queue_silence(missing)
        self._resume_at = due + missing
        self.gaps += 1
        self.gap_samples += due + missing - self._missed_from

    def _queue_silence(self, samples: int) -> None:
        self._out_ring.write(np.zeros((samples, self._out_channels), np.float32))

    def close(self) -> None:
        """Close the streams. This can hang if a device is gone, so it waits at most a second."""
        self._streams.close()


def _names(input: Device | None, output: Device) -> str:
    return " and ".join(dict.fromkeys(device.name for device in (input, output) if device))
