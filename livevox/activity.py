"""Turn the probability of singing per frame into intervals and label files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from livevox.dsp.stft import FRAME_RATE, Audio

SMOOTHING_SECONDS = 0.5
"""Of :func:`smoothed`."""
Interval = tuple[float, float]
"""Start and end in seconds."""


@dataclass(frozen=True)
class DetectionRule:
    """The rule by which a probability counts as singing.

    Singing begins at ``threshold`` and lasts until the probability is below ``threshold -
    hysteresis``. Gaps shorter than ``min_gap`` seconds are closed first; then intervals shorter
    than ``min_length`` seconds are dropped. Raises ValueError if a value is out of range.
    """

    threshold: float = 0.5
    hysteresis: float = 0.1
    min_gap: float = 0.3
    min_length: float = 0.2

    def __post_init__(self) -> None:
        if not 0 < self.threshold < 1:
            raise ValueError(f"threshold is {self.threshold}: give a probability between 0 and 1")
        if not 0 <= self.hysteresis < self.threshold:
            raise ValueError(
                f"hysteresis is {self.hysteresis}: give 0 or more, below the threshold"
            )
        if self.min_gap < 0 or self.min_length < 0:
            raise ValueError(
                f"min_gap {self.min_gap} and min_length {self.min_length} are seconds, 0 or more"
            )


def smoothed(activity: Audio) -> Audio:
    """The mean over half a second around each frame, (frames,); over fewer frames at the ends.

    It knows the future, so it is for files: live it would come a quarter of a second late.

    >>> smoothed(np.ones(5, np.float32))
    array([1., 1., 1., 1., 1.], dtype=float32)
    """
    reach = round(SMOOTHING_SECONDS * FRAME_RATE / 2)
    frames = np.arange(len(activity))
    first, end = np.maximum(frames - reach, 0), np.minimum(frames + reach + 1, len(activity))
    sums = np.concatenate([[0.0], np.cumsum(activity, dtype=np.float64)])
    return np.asarray((sums[end] - sums[first]) / (end - first), np.float32)


def singing_intervals(activity: Audio, rule: DetectionRule) -> list[Interval]:
    """The intervals, in seconds, in which somebody sings; ``activity`` is (frames,) in 0..1.

    Frame k covers the time from half a frame before its centre to half a frame after it.

    >>> singing_intervals(np.repeat([0.0, 1.0, 0.0], 86).astype(np.float32), DetectionRule())
    [(0.993, 1.991)]
    """
    singing = _with_hysteresis(activity, rule.threshold, rule.threshold - rule.hysteresis)
    edges = np.diff(np.concatenate([[False], singing, [False]]).astype(np.int8))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    joined: list[list[float]] = []
    for first, last in zip(starts, ends, strict=True):
        start, end = max(0.0, (float(first) - 0.5) / FRAME_RATE), (float(last) - 0.5) / FRAME_RATE
        if joined and start - joined[-1][1] < rule.min_gap:
            joined[-1][1] = end
        else:
            joined.append([start, end])
    return [(round(s, 3), round(e, 3)) for s, e in joined if e - s >= rule.min_length]


def _with_hysteresis(activity: Audio, on: float, off: float) -> npt.NDArray[np.bool_]:
    """True from a frame at or above ``on`` until a frame below ``off``."""
    decided = np.where(activity >= on, 1, np.where(activity < off, 0, -1))
    # Undecided frames keep the last decision; before the first one nobody sings.
    last = np.maximum.accumulate(np.where(decided >= 0, np.arange(len(decided)), -1))
    return np.asarray((last >= 0) & (decided[np.maximum(last, 0)] == 1))


class LabelWriter(Protocol):
    """The text of a label file.

    ``intervals`` are what is sung from ``first`` to ``last``, all in seconds of the music's file.
    """

    def __call__(self, intervals: Sequence[Interval], last: float, first: float = 0.0) -> str: ...


def _lab(intervals: Sequence[Interval], last: float, first: float = 0.0) -> str:
    """`start end sing|nosing` lines that cover everything, the Jamendo VAD format."""
    lines, now = [], first
    for start, end in [*intervals, (last, last)]:
        if start > now:
            lines.append(f"{now:.3f} {start:.3f} nosing\n")
        if end > start:
            lines.append(f"{start:.3f} {end:.3f} sing\n")
        now = end
    return "".join(lines)


def _csv(intervals: Sequence[Interval], last: float, first: float = 0.0) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["start_s", "end_s"])
    writer.writerows((f"{start:.3f}", f"{end:.3f}") for start, end in intervals)
    return text.getvalue()


def _json(intervals: Sequence[Interval], last: float, first: float = 0.0) -> str:
    singing = [{"start_s": start, "end_s": end} for start, end in intervals]
    return json.dumps({"duration_s": round(last - first, 3), "singing": singing}, indent=2) + "\n"


def _audacity(intervals: Sequence[Interval], last: float, first: float = 0.0) -> str:
    """A label track that Audacity imports."""
    return "".join(f"{start:.6f}\t{end:.6f}\tsinging\n" for start, end in intervals)


LABEL_FORMATS: dict[str, LabelWriter] = {
    "lab": _lab,
    "csv": _csv,
    "json": _json,
    "audacity": _audacity,
}
"""By their names."""


def curve_csv(activity: Audio, first: float = 0.0) -> str:
    """The probability curve: `time_s,probability` lines, one per frame, from ``first`` s on."""
    rows = (f"{first + k / FRAME_RATE:.4f},{p:.4f}\n" for k, p in enumerate(activity))
    return "time_s,probability\n" + "".join(rows)
