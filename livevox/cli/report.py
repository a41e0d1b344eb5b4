"""The numbers of a live run, for scripts and for the terminal, over all engines that it took."""

from __future__ import annotations

from typing import Any

import numpy as np

from livevox.dsp.stft import Audio
from livevox.live.client import EngineClient
from livevox.live.telemetry import FRAMES, METERS, STAGES
from livevox.parameters import decibels

COUNTERS = (
    "elapsed",
    "late_blocks",
    "skipped_blocks",
    "xruns",
    "dropouts",
    "non_finite",
    "midi_messages",
)
"""Fields of the telemetry that begin at 0 with every engine, some with every stream."""
SILENCE = 1e-6
"""A level below which a meter shows nothing, -120 dB."""
OWN_STAGES = ("resampling", "network", "buffers")
"""Stages of the latency that are livevox's own; the others are what the devices say of theirs."""


class Report:
    """Call :meth:`update` several times a second, and before a new engine takes over."""

    def __init__(self, client: EngineClient) -> None:
        self._client = client
        self._before = dict.fromkeys(COUNTERS, 0)
        self._last = dict.fromkeys(COUNTERS, 0)
        self._first_memory: int | None = None

    def update(self) -> None:
        """Look at the counters."""
        fields = self._client.telemetry.fields
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
        """How much sound has passed."""
        return self._total("elapsed") / max(1, int(self._client.telemetry.fields.sample_rate))

    def now(self) -> dict[str, Any]:
        """One object of `livevox live --json`."""
        client, fields = self._client, self._client.telemetry.fields
        rate = int(fields.sample_rate)
        stages = dict(zip(STAGES, map(float, fields.budget), strict=True))
        loudest = fields.levels.max(axis=1)
        return {
            "state": client.state,
            "pid": client.pid,
            "samples": self._total("elapsed"),
            "seconds": round(self.seconds, 3),
            "sample_rate": rate,
            "block": int(fields.block),
            "latency_samples": round(sum(stages[name] for name in OWN_STAGES) * rate),
            "latency_ms": round(1000 * sum(stages.values()), 2),
            "latency_by_stage_ms": {k: round(1000 * v, 2) for k, v in stages.items()},
            **{name: self._total(name) for name in COUNTERS[1:]},
            "engine_restarts": client.restarts,
            "drift_ppm": round(float(fields.drift_ppm), 1),
            "load": round(float(fields.load), 4),
            "inference_ms": round(float(fields.inference_ms), 3),
            "memory_kib": int(fields.memory_kib),
            "memory_kib_first": self._first_memory,
            "activity": round(float(self.activity(1)[0]), 4),
            "levels_db": {
                name: round(decibels(level), 1) if level > SILENCE else None
                for name, level in zip(METERS, map(float, loudest), strict=True)
            },
            "clips": dict(zip(METERS, map(int, fields.clips), strict=True)),
            "parameters": {name: round(value, 6) for name, value in client.values.items()},
            "playing": bool(fields.playing),
            "position": round(float(fields.position), 3),
            "duration": round(float(fields.duration), 3),
            "recording": bool(fields.recording),
            "recorded": round(float(fields.recorded), 3),
            "disk_left": round(float(fields.disk_left)),
        }

    def activity(self, frames: int) -> Audio:
        """The singing activity of the last so many frames that were heard."""
        fields = self._client.telemetry.fields
        known = int(fields.frames)
        end = min(max(int(fields.heard_frame), 0), known)
        wanted: Audio = np.zeros(frames, np.float32)
        first = max(end - frames, known - FRAMES, 0)
        if first < end:
            wanted[frames - (end - first) :] = fields.activity[np.arange(first, end) % FRAMES]
        return wanted
