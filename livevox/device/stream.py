"""Streams of sound devices: a C callback moves samples between the devices and ring buffers.

The callback is rtmixer's. It never enters Python, so neither the interpreter's lock nor its garbage
collection can make it late.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from livevox.device.blocks import WORK_SECONDS, headroom
from livevox.device.devices import Device
from livevox.device.drift import DriftCompensator
from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError

RING_SECONDS = 8.0
"""What the rings hold: a stall of less loses nothing of the input."""
RESTORING_BURSTS = 6
"""Silence queued, beyond the headroom, while the place of an interrupted output is found."""
AT_ONCE = -np.inf
"""In the first callback that comes. PortAudio's clock may stand before 0 in it, where the input is
older than the stream: what is to begin at 0 then begins somewhere within a block, and shifts the
sound."""


class AudioStream:
    """Plays, and records if there is an ``input``, in time.

    What was recorded as sample n is due, worked on, as sample n of :meth:`write`, and is played
    :attr:`latency` samples after it was recorded, the devices' own latency aside. Where input and
    output are separate devices with clocks of their own, the output follows the input's clock by
    a resampler. Without an input the output's clock counts.

    Where nothing was written in time the output goes on after some blocks of silence, with the
    same latency as before.
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
        """The channels are those of the devices, from 1. Opens the devices, but does not start.
        ``host_period`` is what :func:`livevox.device.blocks.host_period` finds. PortAudio collects
        blocks that are longer, which adds to the devices' latency. ``work_seconds`` is what the
        worker may take at once.

        Raises LivevoxError where a device refuses.
        """
        self.sample_rate = sample_rate
        self.block = block
        self.burst = max(block, host_period)
        """Samples that come, and are asked for, at once: a block or more."""
        self.headroom = headroom(block, sample_rate, work_seconds, host_period)
        self._in_channels = len(input_channels)
        self._out_channels = len(output_channels)
        one_clock = input is None or _same_clock(input, output)
        self._drift = None if one_clock else self._compensator()
        self._streams: list[Any] = []
        self.dropouts = 0
        """How often there was nothing to play."""
        self._handed = 0
        """Samples that were given to be played."""
        self._resume_at: float = 0
        """The first of them that will be played after an interruption; infinite until known."""
        self._silence = 0
        self._seen = (0, 0)
        self._clock_offset = 0
        try:
            collected = block > host_period > 0
            self._open(output, output_channels, input, input_channels, one_clock, collected)
        except Exception as error:  # PortAudio's, or ValueError for channels that are not there
            self.close()
            raise LivevoxError(
                f"{_names(input, output)} can't be opened at {sample_rate} Hz ({error}): "
                "close other programs that use it, or choose another rate or device"
            ) from None

    def _compensator(self) -> DriftCompensator:
        return DriftCompensator(self._out_channels, self.sample_rate, 2 * self.headroom)

    def _open(
        self,
        output: Device,
        output_channels: Sequence[int],
        input: Device | None,
        input_channels: Sequence[int],
        one_clock: bool,
        collected: bool,
    ) -> None:
        import rtmixer

        common = {
            "samplerate": self.sample_rate,
            "blocksize": self.block if collected else 0,
            "latency": "low",
            "qsize": 16,
        }
        # PortAudio's rings are powers of two.
        size = 1 << (int(RING_SECONDS * self.sample_rate) - 1).bit_length()
        self._out_ring = rtmixer.RingBuffer(4 * self._out_channels, size)
        self._in_ring = rtmixer.RingBuffer(4 * max(1, self._in_channels), size)
        player: Any
        recorder: Any = None
        if input is None:
            player = rtmixer.Mixer(device=output.index, channels=max(output_channels), **common)
        elif one_clock:
            player = recorder = rtmixer.MixerAndRecorder(
                device=(input.index, output.index),
                channels=(max(input_channels), max(output_channels)),
                **common,
            )
        else:
            recorder = rtmixer.Recorder(device=input.index, channels=max(input_channels), **common)
            player = rtmixer.Mixer(device=output.index, channels=max(output_channels), **common)
        self._streams = [recorder, player] if recorder not in (None, player) else [player]
        # Actions that are queued before the start all begin with the first callback.
        if recorder is not None:
            self._recording = recorder.record_ringbuffer(
                self._in_ring, list(input_channels), start=AT_ONCE
            )
        self._player, self._recorder, self._out_map = player, recorder, list(output_channels)
        self._play()
        self._lead = self.headroom if self._drift is None else 2 * self.headroom
        self._queue_silence(self._lead)
        self._latencies = (
            0.0 if recorder is None else _latency(recorder, "input"),
            _latency(player, "output"),
        )

    def start(self) -> None:
        """Let the sound flow. Raises LivevoxError where a device refuses."""
        try:
            for stream in self._streams:
                stream.start()
        except Exception as error:
            self.close()
            raise LivevoxError(
                f"the sound does not start ({error}): reconnect the device"
            ) from None

    @property
    def latency(self) -> int:
        """Samples from the recording of a sample to its playing, the devices' latency aside."""
        if self._drift is None:
            return self.headroom
        return 2 * self.headroom + self._drift.latency

    @property
    def device_latencies(self) -> tuple[float, float]:
        """What the devices say of their own latency: input and output, in seconds."""
        return self._latencies

    @property
    def elapsed(self) -> int:
        """Samples that the clock has counted: of the input, or of the output if there is none."""
        return int(self._recording.done_frames) + self._clock_offset

    @property
    def active(self) -> bool:
        """False where PortAudio knows that a device is gone."""
        return all(stream.active for stream in self._streams)

    @property
    def stopped(self) -> bool:
        """Whether the device is gone, or the input's ring ran full: nothing flows any more."""
        full = self._recorder is not None and self._recording not in self._recorder.actions
        return full or not self.active

    @property
    def xruns(self) -> int:
        """Callbacks in which PortAudio reported lost or inserted samples."""
        # Both actions of a stream see the same flags.
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
        """Samples that wait to be played."""
        return int(self._out_ring.read_available)

    @property
    def drift_ratio(self) -> float:
        """Output samples for one of the input: 1 where both have one clock."""
        return 1.0 if self._drift is None else self._drift.ratio

    def read(self) -> Audio:
        """The next block of the input, (channels, block); it must have :attr:`elapsed`."""
        data = np.empty((self.block, self._in_channels), np.float32)
        if self._in_ring.readinto(data) != self.block:
            raise IndexError("a block was read before it had arrived")
        return data.T

    def write(self, block: Audio) -> None:
        """Append (channels, samples) to what will be played; lost while that is interrupted."""
        first, self._handed = self._handed, self._handed + block.shape[1]
        if self._drift is not None:
            self._drift.write(block)
        elif first >= self._resume_at:
            if first == self._resume_at > 0:
                block = block * np.linspace(0, 1, block.shape[1], dtype=np.float32)
            self._out_ring.write(np.ascontiguousarray(block.T))

    def follow(self) -> None:
        """Pass on what the output's own clock asks for; to be called all the time."""
        if self._playing not in self._player.actions:
            self._restart_output()
        if self._resume_at == np.inf:
            self._find_place()
        if self._drift is not None:
            wanted = self._lead - self.fill
            if wanted > 0:
                self._out_ring.write(np.ascontiguousarray(self._drift.read(wanted).T))

    def _restart_output(self) -> None:
        """Play again: rtmixer gives up a ring that ran empty."""
        if self._recorder is None:
            # The clock stood still with the output, so nothing has been missed.
            if self.fill < self.burst:
                return
            self._clock_offset = self.elapsed
        else:
            self._out_ring.flush()
            if self._drift is None:
                self._resume_at, self._seen = np.inf, (0, 0)
                self._silence = self._lead + RESTORING_BURSTS * self.burst
            else:
                self._drift = self._compensator()
                self._silence = self._lead
            self._queue_silence(self._silence)
        self.dropouts += 1
        self._play()

    def _play(self) -> None:
        """Ask for what is in the ring to be played from the next callback on."""
        self._playing = self._player.play_ringbuffer(self._out_ring, self._out_map, start=AT_ONCE)
        if self._recorder is None:
            self._recording = self._playing

    def _find_place(self) -> None:
        """Learn which sample is due after the silence: the input's clock tells when it began."""
        now, played = self.elapsed, int(self._playing.done_frames)
        if played == 0:
            return
        began, (before, then) = now - played, self._seen
        self._seen = began, now
        # One look may fall between the callback's two counts, two in a row can't.
        if began != before or now == then:
            return
        due = began + self._silence - self.headroom
        missing = -due % self.block
        if due + missing < self._handed:
            return  # Too late: the ring runs empty, and it starts anew.
        self._queue_silence(missing)
        self._resume_at = due + missing

    def _queue_silence(self, samples: int) -> None:
        self._out_ring.write(np.zeros((samples, self._out_channels), np.float32))

    def close(self) -> None:
        """End the streams. Where a device is gone this may hang, so it waits a second at most."""
        closing = threading.Thread(target=self._close, daemon=True)
        closing.start()
        closing.join(1.0)

    def _close(self) -> None:
        for stream in self._streams:
            stream.abort(ignore_errors=True)
            stream.close(ignore_errors=True)


def _latency(stream: Any, kind: str) -> float:
    latency = stream.latency
    return float(latency[kind == "output"] if isinstance(latency, tuple) else latency)


def _same_clock(input: Device, output: Device) -> bool:
    """One device has one clock, and so has everything on a JACK server."""
    return input.index == output.index or "JACK" in input.hostapi == output.hostapi


def _names(input: Device | None, output: Device) -> str:
    return " and ".join(dict.fromkeys(device.name for device in (input, output) if device))
