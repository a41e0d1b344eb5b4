"""The engine's telemetry, in shared memory that other processes read.

Each field has one writer and there are no locks: neither readers nor the engine wait. Frame k is at
index k modulo :data:`FRAMES` of a ring buffer; a reader that is later than that reads newer
frames.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isnan, nan
from multiprocessing.shared_memory import SharedMemory
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from livevox.dsp.stft import FRAME_RATE, NET_BINS, Audio
from livevox.parameters import PARAMETERS

LONGEST_GUESS = 0.25
"""Seconds for which the heard frame is extrapolated without an update."""
FRAMES = 1024
"""Length of the ring buffers in frames, 11.9 s."""
METERS = ("input", "vocals", "accompaniment", "output", "mic")
METER_CHANNELS = 2
"""Channels of a meter; further channels have none."""
STAGES = ("input device", "key", "resampling", "network", "buffers", "output device")
"""The parts of the latency; the key's is 0 in the original key."""
MIC_STAGES = ("input device", "buffers", "output device")
"""The parts of the microphone's latency."""
MIC_RING = 1 << 17
"""Length in samples of the microphone's sound that is kept for recordings, 2.7 s at 48 kHz."""
INFERENCE_EDGES: npt.NDArray[np.float64] = np.geomspace(0.05, 100, 45)
"""Bin edges, in ms, of the histogram of the worker's time per block."""
State = Literal["starting", "waiting", "running", "ended"]
"""State of an engine. It waits for devices, and runs while sound flows."""
STATES: tuple[State, ...] = get_args(State)
"""Shared memory holds a state as its index in this tuple."""

# Not set to 0 for the next engine. A microphone that has lost its engine still reads parameters.
LASTING = ("gaps", "gap_seconds", "silent_since", "parameters")

_LAYOUT = np.dtype(
    [
        ("state", "i8"),
        ("heartbeat", "f8"),
        ("revision", "i8"),
        ("parameters", "f8", len(PARAMETERS)),
        ("sample_rate", "i8"),
        ("block", "i8"),
        ("budget", "f8", len(STAGES)),
        ("round_trip", "f8"),
        ("elapsed", "i8"),
        ("heard_frame", "f8"),
        ("heard_at", "f8"),
        ("fill", "i8"),
        ("late_blocks", "i8"),
        ("skipped_blocks", "i8"),
        ("xruns", "i8"),
        ("dropouts", "i8"),
        ("gaps", "i8"),
        ("gap_seconds", "f8"),
        ("silent_since", "f8"),
        ("non_finite", "i8"),
        ("drift_ppm", "f8"),
        ("load", "f8"),
        ("inference_ms", "f8"),
        ("inference", "i8", len(INFERENCE_EDGES) + 1),
        ("levels", "f8", (len(METERS), METER_CHANNELS)),
        ("clips", "i8", len(METERS)),
        ("playing", "i8"),
        ("position", "f8"),
        ("position_frame", "f8"),
        ("position_tempo", "f8"),
        ("duration", "f8"),
        ("mic_budget", "f8", len(MIC_STAGES)),
        ("mic_guard", "i8"),
        ("mic_reduction", "f8"),
        ("mic_load", "f8"),
        ("mic_dropouts", "i8"),
        ("mic_samples", "i8"),
        ("mic_heard_at", "f8"),
        ("mic_sound", "f4", (MIC_RING, METER_CHANNELS)),
        ("recording", "i8"),
        ("recorded", "f8"),
        ("disk_left", "f8"),
        ("midi_messages", "i8"),
        ("memory_kib", "i8"),
        ("activity_now", "f8"),
        ("frames", "i8"),
        ("activity", "f4", FRAMES),
        ("spectrogram", "f4", (FRAMES, NET_BINS)),
        ("mask", "f4", (FRAMES, NET_BINS)),
    ],
    align=True,
)


@dataclass(frozen=True)
class Place:
    """The frame ``frame`` is made of the file's audio at ``second``, which plays ``tempo`` times as
    fast as it was recorded."""

    frame: float = 0.0
    second: float = 0.0
    tempo: float = 1.0


class Telemetry:
    """The shared memory. ``fields`` is a numpy record.

    ``heartbeat`` and ``heard_at`` are seconds of the monotonic clock; ``frames`` is the
    number of frames so far, and ``heard_frame`` the one that was heard at ``heard_at``; ``budget``
    is in seconds, by :data:`STAGES`, NaN if unknown, see :attr:`budget`; ``block`` is written after
    the budget that belongs to it, so read it before; ``round_trip`` is the measured latency of both
    devices in seconds, NaN if unknown; ``levels`` are peak amplitudes that fall by 20 dB in 1.5 s;
    ``load`` is the share of time in which the worker is busy; ``gaps`` and
    ``gap_seconds`` are those of all engines, see :mod:`livevox.live.gaps`;
    the fields that begin with `mic` are written by the microphone's process
    (:mod:`livevox.live.mic_process`): ``mic_guard`` is an index in ``GUARD_STATES``,
    ``mic_reduction`` what its limiter takes off in dB, ``mic_samples`` the number of samples so
    far, and ``mic_heard_at`` when the next one is heard, apart from the output device's latency;
    sample n is in ``mic_sound`` at n modulo :data:`MIC_RING`;
    ``silent_since`` is the start of the current gap on the monotonic clock, or 0; ``position``,
    ``duration``, ``recorded`` and ``disk_left`` are in seconds; ``position_frame`` is the frame of
    the file's audio at ``position``, and ``position_tempo`` the tempo there, see :meth:`place`;
    ``revision`` counts changes of :class:`livevox.live.status.Status`.
    """

    def __init__(self, name: str | None = None) -> None:
        """Create the memory, or attach to existing memory by its name."""
        self._memory = SharedMemory(name, create=name is None, size=_LAYOUT.itemsize)
        self._owner = name is None
        self.fields: Any = np.recarray((), dtype=_LAYOUT, buf=self._memory.buf)
        if self._owner:
            self._set_to_0(_LAYOUT.names or ())

    @property
    def name(self) -> str:
        """The name by which another process attaches."""
        return self._memory.name

    @property
    def budget(self) -> tuple[float | None, ...]:
        """Seconds of latency by :data:`STAGES`; None for a device that does not report it."""
        return tuple(None if isnan(s) else s for s in map(float, self.fields.budget))

    def heard_frame(self, now: float) -> float:
        """The frame that is heard at ``now``, a time of the monotonic clock, with the output
        device's own latency."""
        since = min(max(0.0, now - float(self.fields.heard_at)), LONGEST_GUESS)
        return float(self.fields.heard_frame) + (since - (self.budget[-1] or 0.0)) * FRAME_RATE

    def set_place(self, place: Place) -> None:
        """Set the place that :meth:`place` returns."""
        self.fields.position_frame = nan
        self.fields.position = place.second
        self.fields.position_tempo = place.tempo
        self.fields.position_frame = place.frame

    def place(self) -> Place | None:
        """The last place in the file that was read; None while it is being written."""
        fields = self.fields
        frame = float(fields.position_frame)
        place = Place(frame, float(fields.position), float(fields.position_tempo))
        return place if frame == float(fields.position_frame) else None

    @property
    def round_trip(self) -> float | None:
        """Seconds that both devices take together, as measured; None where it was not measured."""
        seconds = float(self.fields.round_trip)
        return None if isnan(seconds) else seconds

    @property
    def load(self) -> float:
        """The share of time in which the worker and the microphone are busy."""
        return float(self.fields.load) + float(self.fields.mic_load)

    @property
    def mic_latency(self) -> float:
        """Seconds from the microphone to the output device, as far as they are known."""
        return sum(seconds for seconds in map(float, self.fields.mic_budget) if not isnan(seconds))

    @property
    def latency(self) -> float:
        """Seconds from the input device to the output device, as far as they are known."""
        entering, *own, leaving = (seconds or 0.0 for seconds in self.budget)
        of_devices = entering + leaving
        return sum(own) + (of_devices if self.round_trip is None else self.round_trip)

    def clear(self) -> None:
        """Set everything to 0, for the next engine, except the parameters and what is counted over
        all engines."""
        self._set_to_0(field for field in _LAYOUT.names or () if field not in LASTING)

    def _set_to_0(self, fields: Iterable[str]) -> None:
        for field in fields:
            self.fields[field] = 0
        self.fields.round_trip = nan

    def add_frames(self, activity: Audio, spectrogram: Audio, mask: Audio) -> None:
        """Append new frames: (n,), (n, 257) and (n, 257)."""
        first = int(self.fields.frames)
        at = (first + np.arange(len(activity))) % FRAMES
        self.fields.activity[at] = activity
        self.fields.spectrogram[at] = spectrogram
        self.fields.mask[at] = mask
        self.fields.frames = first + len(activity)
        if len(activity):
            self.fields.activity_now = activity[-1]

    def close(self) -> None:
        """Detach from the memory; the process that created it also frees it."""
        del self.fields
        self._memory.close()
        if self._owner:
            self._memory.unlink()
