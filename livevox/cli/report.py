"""The numbers of a live run, for scripts and the terminal, over all its engines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livevox.dsp.stft import Audio
from livevox.live.supervisor import Supervisor
from livevox.live.telemetry import FRAMES, METERS, STAGES, State
from livevox.parameters import decibels

COUNTERS = (
    "elapsed",
    "late_blocks",
    "skipped_blocks",
    "xruns",
    "dropouts",
    "mic_dropouts",
    "non_finite",
    "midi_messages",
)
"""Fields of the telemetry that restart at 0 with every engine, some with every stream."""
SILENCE = 1e-6
"""Amplitude below which a meter shows silence, -120 dB."""
OWN_STAGES = ("key", "resampling", "network", "buffers")
"""Stages of the latency that are livevox's own; the devices report the others."""


@dataclass(frozen=True)
class Numbers:
    """The numbers of a run at one moment; counters include all engines. `livevox live --json`
    prints them, with the additions of :meth:`livevox.cli.session.Session.numbers`."""

    state: State
    pid: int | None
    samples: int
    """Samples played so far."""
    seconds: float
    sample_rate: int
    block: int
    latency_samples: int
    """Of livevox alone, at ``sample_rate``."""
    latency_ms: float
    """From input to output, without the latency of devices that do not report it."""
    latency_by_stage_ms: dict[str, float | None]
    """None for a device that does not report its latency."""
    round_trip_ms: float | None
    """Latency of both devices together, as `livevox latency` measured it. Counts in place of what
    they report."""
    late_blocks: int
    skipped_blocks: int
    xruns: int
    dropouts: int
    gaps: int
    """Gaps in the sound, see :mod:`livevox.live.gaps`, and their length."""
    gap_seconds: float
    non_finite: int
    midi_messages: int
    engine_restarts: int
    drift_ppm: float
    load: float
    """Share of time in which the worker and the microphone are busy."""
    mic_latency_ms: float
    """From the microphone to the output, 0 without one."""
    mic_dropouts: int
    inference_ms: float
    memory_kib: int
    memory_kib_first: int | None
    """Memory when sound began to flow."""
    activity: float
    """Probability of singing in what is heard now, 0 to 1."""
    levels_db: dict[str, float | None]
    """Peaks by meter, None for silence."""
    clips: dict[str, int]
    """Clipped blocks by meter."""
    parameters: dict[str, float]
    playing: bool
    """Whether a file plays; ``position`` and ``duration`` are in seconds."""
    position: float
    duration: float
    recording: bool
    recorded: float
    """In seconds, as is ``disk_left``."""
    disk_left: float


class Report:
    """Collects the numbers. Call :meth:`update` often, and before another engine starts."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._before = dict.fromkeys(COUNTERS, 0)
        self._last = dict.fromkeys(COUNTERS, 0)
        self._first_memory: int | None = None
        self._rate = 1
        """The last sample rate in Hz: an engine that waits for its devices has none."""

    def update(self) -> None:
        """Read the counters."""
        fields = self._supervisor.telemetry.fields
        self._rate = int(fields.sample_rate) or self._rate
        for name in COUNTERS:
            value = int(fields[name])
            if value < self._last[name]:
                self._before[name] += self._last[name]
            self._last[name] = value
        if self._first_memory is None and fields.elapsed:
            self._first_memory = int(fields.memory_kib) or None

    def _total(self, name: str) -> int:
        return self._before[name] + self._last[name]

    @property
    def seconds(self) -> float:
        """Seconds of sound played so far."""
        return self._total("elapsed") / self._rate

    def now(self) -> Numbers:
        """The current numbers."""
        supervisor, fields = self._supervisor, self._supervisor.telemetry.fields
        # First: see Telemetry.
        block = int(fields.block)
        rate = int(fields.sample_rate)
        known = {
            name: s
            for name, s in zip(STAGES, supervisor.telemetry.budget, strict=True)
            if s is not None
        }
        round_trip = supervisor.telemetry.round_trip
        loudest = fields.levels.max(axis=1)
        return Numbers(
            state=supervisor.state,
            pid=supervisor.pid,
            samples=self._total("elapsed"),
            seconds=round(self.seconds, 3),
            sample_rate=rate,
            block=block,
            latency_samples=round(sum(known[name] for name in OWN_STAGES) * rate),
            latency_ms=round(1000 * supervisor.telemetry.latency, 2),
            latency_by_stage_ms={
                name: round(1000 * known[name], 2) if name in known else None for name in STAGES
            },
            round_trip_ms=None if round_trip is None else round(1000 * round_trip, 2),
            late_blocks=self._total("late_blocks"),
            skipped_blocks=self._total("skipped_blocks"),
            xruns=self._total("xruns"),
            dropouts=self._total("dropouts"),
            gaps=int(fields.gaps),
            gap_seconds=round(float(fields.gap_seconds), 3),
            non_finite=self._total("non_finite"),
            midi_messages=self._total("midi_messages"),
            engine_restarts=supervisor.restarts,
            drift_ppm=round(float(fields.drift_ppm), 1),
            load=round(supervisor.telemetry.load, 4),
            mic_latency_ms=round(1000 * supervisor.telemetry.mic_latency, 2),
            mic_dropouts=self._total("mic_dropouts"),
            inference_ms=round(float(fields.inference_ms), 3),
            memory_kib=int(fields.memory_kib),
            memory_kib_first=self._first_memory,
            activity=round(float(self.activity(1)[0]), 4),
            levels_db={
                name: round(decibels(level), 1) if level > SILENCE else None
                for name, level in zip(METERS, map(float, loudest), strict=True)
            },
            clips=dict(zip(METERS, map(int, fields.clips), strict=True)),
            parameters={name: round(value, 6) for name, value in supervisor.values.items()},
            playing=bool(fields.playing),
            position=round(float(fields.position), 3),
            duration=round(float(fields.duration), 3),
            recording=bool(fields.recording),
            recorded=round(float(fields.recorded), 3),
            disk_left=round(float(fields.disk_left)),
        )

    def activity(self, frames: int) -> Audio:
        """The singing activity of this many last frames that were heard."""
        fields = self._supervisor.telemetry.fields
        known = int(fields.frames)
        end = min(max(int(fields.heard_frame), 0), known)
        wanted: Audio = np.zeros(frames, np.float32)
        first = max(end - frames, known - FRAMES, 0)
        if first < end:
            wanted[frames - (end - first) :] = fields.activity[np.arange(first, end) % FRAMES]
        return wanted
