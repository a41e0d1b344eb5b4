"""The I/O thread: moves blocks between the sound devices and the worker.

It writes every block in time. If the worker's result is late, it writes the input instead, delayed
by the same latency, so that the latency never changes.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

import numpy as np

from livevox.device.arrival import Arrival
from livevox.device.period import Steps
from livevox.dsp.channels import with_channels
from livevox.dsp.fifo import Fifo
from livevox.dsp.stft import FRAME_RATE, Audio
from livevox.live.gaps import Gaps
from livevox.live.guard import Guard
from livevox.live.meter import Meter
from livevox.live.telemetry import METER_CHANNELS, Telemetry
from livevox.live.tone import Tone
from livevox.live.unheard import Unheard
from livevox.live.worker import Job, Result
from livevox.priority import real_time

PRIORITY = 20
NAPS_PER_BLOCK = 4
MIXER_METERS = ("input", "vocals", "accompaniment", "output")
DECLICK_SECONDS = 0.005


class Stream(Protocol):
    """What the I/O thread needs of :class:`livevox.device.stream.AudioStream`."""

    block: int
    burst: int
    headroom: int
    sample_rate: int

    @property
    def elapsed(self) -> int: ...
    @property
    def latency(self) -> int: ...
    @property
    def stopped(self) -> bool: ...
    @property
    def xruns(self) -> int: ...
    @property
    def dropouts(self) -> int: ...
    @property
    def gaps(self) -> int: ...
    @property
    def gap_samples(self) -> int: ...
    @property
    def fill(self) -> int: ...
    @property
    def drift_ratio(self) -> float: ...
    def write(self, block: Audio) -> bool: ...
    def follow(self) -> None: ...


class Source(Protocol):
    """Where the input comes from."""

    def __call__(self) -> Audio:
        """Return the next block, (channels, block)."""


class Jobs(Protocol):
    """What the I/O thread needs of :class:`livevox.live.worker.Worker`."""

    results: deque[Result]

    def put(self, job: Job) -> None: ...
    def wait(self, seconds: float) -> None: ...


class IoThread:
    """Passes the input to the worker, and the worker's results to the output."""

    def __init__(
        self,
        stream: Stream,
        source: Source,
        worker: Jobs,
        latency: int,
        channels: int,
        stems: bool,
        output_channels: int,
        telemetry: Telemetry,
        level: Callable[[], float] = lambda: 1.0,
        lets_through: Callable[[], bool] = lambda: False,
        guard: Guard | None = None,
        key_latency: int = 0,
    ) -> None:
        """``latency`` is the worker's, in samples; ``channels`` are the source's. The output has
        ``output_channels`` for the mix and, with ``stems``, two for each stem after them.
        ``level`` returns the output's gain, which also applies to the input that replaces a late
        result; ``lets_through`` returns whether all of the input should be audible. ``guard``
        is the gain of all outputs, except for the test tone. ``key_latency``, in samples, is how
        much later than the worker's the first sound comes."""
        self._stream = stream
        self._source = source
        self._worker = worker
        self._latency = latency
        self._stems = stems
        self._output_channels = output_channels
        self._telemetry = telemetry
        self._level = level
        self._lets_through = lets_through
        self._guard = guard or Guard()
        self._guard.prepare(stream.sample_rate)
        self._steps = Steps(stream.sample_rate)
        self._arrival = Arrival(stream.sample_rate)
        self._unheard = Unheard()
        self._xruns_before = int(telemetry.fields.xruns)
        self._dropouts_before = int(telemetry.fields.dropouts)
        self._gaps = Gaps(telemetry.fields, stream, stream.latency + latency + key_latency)
        block_seconds = stream.block / stream.sample_rate
        self._meters = {name: Meter(telemetry, name, block_seconds) for name in MIXER_METERS}
        self._dry = Fifo(channels, latency)
        self._taken = 0
        self._written = 0
        self._last: Audio | None = None
        self._other: Audio | None = None
        """The last sample of what was not written for the last block: input or late result."""
        self._was_late = False
        self._fade: Audio | None = None
        self.tone = Tone(stream.sample_rate)
        """Added to the mix's outputs."""
        self._stop = threading.Event()
        self.refusal: str | None = None
        """Why the thread has no real-time priority; None if it has."""
        self._thread = threading.Thread(target=self._run, name="io", daemon=True)

    def start(self) -> None:
        """Start to move blocks."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread."""
        self._stop.set()
        self._thread.join(2.0)

    def period(self, said: int | None) -> int | None:
        """The device's period in samples, as measured; None until it is known. The server may have
        ``said`` it."""
        return self._steps.period(said)

    @property
    def unheard_seconds(self) -> float:
        """Seconds that should have been audible since the output last had sound."""
        return self._unheard.samples / self._stream.sample_rate

    @property
    def running(self) -> bool:
        """False once the stream has stopped."""
        return self._thread.is_alive()

    def _run(self) -> None:
        self.refusal = real_time(PRIORITY)
        nap = self._stream.block / self._stream.sample_rate / NAPS_PER_BLOCK
        idle = 0
        while not self._stop.is_set():
            idle = 0 if self.step() else idle + 1
            # Asking PortAudio costs more than a step, so ask only if nothing moves.
            if idle > 2 * NAPS_PER_BLOCK and self._stream.stopped:
                return
            self._worker.wait(nap)

    def step(self) -> bool:
        """Move the blocks that can be moved now; return whether there were any."""
        block = self._stream.block
        taken, written = self._taken, self._written
        elapsed = self._stream.elapsed
        self._steps.see(elapsed)
        self._arrival.see(elapsed, time.monotonic())
        while self._stream.elapsed - self._taken >= block:
            audio = self._source()
            self._meters["input"].add(audio)
            self._worker.put(Job(self._taken, audio))
            self._dry.push(audio)
            self._taken += block
        results = self._worker.results
        while results and results[0].position <= self._written:
            result = results.popleft()
            if result.position == self._written:
                self._write_result(result)
            elif result.position + block == self._written:
                self._other = self._arranged_result(result)[:, -1]
        # A block can't wait for its result any longer once the burst before it starts to play.
        while self._taken - self._written > self._stream.headroom - self._stream.burst:
            dry = self._dry.pop(block)
            self._telemetry.fields.late_blocks += 1
            self._write(self._arranged_dry(dry), dry, late=True)
            self._other = None
        self._stream.follow()
        if self._taken > taken:
            self._write_telemetry(elapsed)
        return self._taken > taken or self._written > written

    def _write_result(self, result: Result) -> None:
        outputs = result.outputs
        dry = self._dry.pop(outputs.mix.shape[1])
        self._meters["vocals"].add(outputs.separation.vocals)
        self._meters["accompaniment"].add(outputs.separation.accompaniment)
        self._write(self._arranged_result(result), dry, late=False)
        self._other = self._arranged_dry(dry[:, -1:])[:, 0]

    def _arranged_dry(self, dry: Audio) -> Audio:
        return self._arranged(np.float32(self._level()) * dry, None, None)

    def _arranged_result(self, result: Result) -> Audio:
        part = result.outputs.separation
        return self._arranged(result.outputs.mix, part.vocals, part.accompaniment)

    def _arranged(self, mix: Audio, vocals: Audio | None, music: Audio | None) -> Audio:
        """All output channels: the mix, then the stems, which default to silence and the mix."""
        parts = [with_channels(mix, self._output_channels)]
        if self._stems:
            silence = np.zeros((METER_CHANNELS, mix.shape[1]), np.float32)
            parts.append(silence if vocals is None else with_channels(vocals, METER_CHANNELS))
            parts.append(with_channels(mix if music is None else music, METER_CHANNELS))
        return np.concatenate(parts)

    def _write(self, block: Audio, dry: Audio, late: bool) -> None:
        """Write a block; ``dry`` is the delayed input.

        At a change between results and input, the step from one to the other fades out. The step is
        the difference of the two signals at the same time, so equal signals are not changed.
        """
        if late != self._was_late and self._last is not None:
            length = round(DECLICK_SECONDS * self._stream.sample_rate)
            before = block[:, 0] if self._other is None else self._other
            step = (self._last - before)[:, None]
            self._fade = step * np.linspace(1, 0, length, dtype=np.float32) ** 2
        self._was_late = late
        if self._fade is not None:
            block = block.copy()
            n = min(block.shape[1], self._fade.shape[1])
            block[:, :n] += self._fade[:, :n]
            self._fade = self._fade[:, n:] if n < self._fade.shape[1] else None
        self._last = block[:, -1].copy()
        block = self.tone.added_to(self._guard.apply(block), self._output_channels)
        mix = block[: self._output_channels]
        played = self._stream.write(block)
        through = self._guard.state != "closed" and self._lets_through()
        self._unheard.add(dry, mix, through, played)
        # A block that the device did not take counts as silence.
        self._meters["output"].add(mix if played else np.zeros_like(mix))
        self._written += block.shape[1]

    def _write_telemetry(self, elapsed: int) -> None:
        stream, fields = self._stream, self._telemetry.fields
        # The burst that moved last is counted, and begins to be heard only now.
        played = elapsed - stream.burst - stream.latency - self._latency
        fields.heard_frame = played * FRAME_RATE / stream.sample_rate
        fields.heard_at = self._arrival.at
        fields.elapsed = elapsed
        fields.fill = stream.fill
        fields.xruns = self._xruns_before + stream.xruns
        fields.dropouts = self._dropouts_before + stream.dropouts
        self._gaps.write_telemetry()
        fields.drift_ppm = 1e6 * (stream.drift_ratio - 1)
