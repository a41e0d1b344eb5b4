"""What the engine tells while it plays, in memory that other processes read without asking.

Each field has one writer and is read as it is: a reader never waits, and never makes the engine
wait. The rings of frames are read behind the count of frames; a reader that is a ring late gets
newer frames than it asked for.
"""

from __future__ import annotations

from math import isnan
from multiprocessing.shared_memory import SharedMemory
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from livevox.dsp.stft import NET_BINS, Audio
from livevox.parameters import PARAMETERS

FRAMES = 1024
"""Frames that the rings hold, 11.9 s."""
METERS = ("input", "vocals", "accompaniment", "output")
METER_CHANNELS = 2
"""Channels with a meter of their own; further ones have none."""
STAGES = ("input device", "resampling", "network", "buffers", "output device")
"""Where the latency comes from."""
INFERENCE_EDGES: npt.NDArray[np.float64] = np.geomspace(0.05, 100, 45)
"""Edges, in ms, of the histogram of the time that the worker took for a block."""
State = Literal["starting", "waiting", "running", "ended"]
"""Of an engine: it waits for devices; it runs while sound flows."""
STATES: tuple[State, ...] = get_args(State)
"""In shared memory a state is its place in here."""

_LAYOUT = np.dtype(
    [
        ("state", "i8"),
        ("heartbeat", "f8"),
        ("revision", "i8"),
        ("parameters", "f8", len(PARAMETERS)),
        ("sample_rate", "i8"),
        ("block", "i8"),
        ("budget", "f8", len(STAGES)),
        ("elapsed", "i8"),
        ("heard_frame", "f8"),
        ("heard_at", "f8"),
        ("fill", "i8"),
        ("late_blocks", "i8"),
        ("skipped_blocks", "i8"),
        ("xruns", "i8"),
        ("dropouts", "i8"),
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
        ("duration", "f8"),
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


class Telemetry:
    """The shared memory. ``fields`` is a numpy record of what follows.

    ``heartbeat`` and ``heard_at`` are seconds of the monotonic clock; ``heard_frame`` is the frame
    that was heard at ``heard_at``, of ``frames`` known ones; ``budget`` is in seconds, by
    :data:`STAGES`, NaN if unknown, see :attr:`budget`; ``levels`` are peaks that fall by 20 dB in
    1.5 s, as amplitudes; ``load`` is the share of its time that the worker works; ``position``,
    ``duration``, ``recorded`` and ``disk_left`` are in seconds; ``position_frame`` is the frame
    that the file's audio at ``position`` becomes; ``revision`` counts changes of
    :class:`livevox.live.status.Status`.
    """

    def __init__(self, name: str | None = None) -> None:
        """Create the memory, or attach to that of another process by its name."""
        self._memory = SharedMemory(name, create=name is None, size=_LAYOUT.itemsize)
        self._owner = name is None
        self.fields: Any = np.recarray((), dtype=_LAYOUT, buf=self._memory.buf)
        if self._owner:
            self.clear()

    @property
    def name(self) -> str:
        """By which another process attaches."""
        return self._memory.name

    @property
    def budget(self) -> tuple[float | None, ...]:
        """Seconds of latency by :data:`STAGES`; None for a device that does not tell its own."""
        return tuple(None if isnan(s) else s for s in map(float, self.fields.budget))

    def clear(self) -> None:
        """Forget everything, for another engine to write."""
        for field in _LAYOUT.names or ():
            self.fields[field] = 0

    def add_frames(self, activity: Audio, spectrogram: Audio, mask: Audio) -> None:
        """Append the frames that became known: (n,), (n, 257) and (n, 257)."""
        first = int(self.fields.frames)
        at = (first + np.arange(len(activity))) % FRAMES
        self.fields.activity[at] = activity
        self.fields.spectrogram[at] = spectrogram
        self.fields.mask[at] = mask
        self.fields.frames = first + len(activity)
        if len(activity):
            self.fields.activity_now = activity[-1]

    def close(self) -> None:
        """Let go of the memory; the process that created it also frees it."""
        del self.fields
        self._memory.close()
        if self._owner:
            self._memory.unlink()
