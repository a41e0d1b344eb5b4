"""The gate's envelope: the singing level, 0 to 1, for every output sample."""

from __future__ import annotations

from math import exp

import numpy as np
import numpy.typing as npt

from livevox.activity import DetectionRule
from livevox.dsp.stft import FRAME_RATE, Audio

HYSTERESIS = DetectionRule.hysteresis
"""Hysteresis: the gate closes this far below the threshold."""


class SingingEnvelope:
    """Follows the activity as a gate does: up with an attack time, down with a release time."""

    def __init__(self, sample_rate: int, latency: int) -> None:
        """``latency`` is in samples at ``sample_rate``: output sample n is input sample
        n - latency."""
        self._samples_per_frame = sample_rate / FRAME_RATE
        self._heard = -latency
        self._frames = 0
        self._singing = False
        self._level = 0.0
        self._times: npt.NDArray[np.float64] = np.zeros(1)
        self._levels: npt.NDArray[np.float64] = np.zeros(1)

    def advance(
        self, activity: Audio, samples: int, threshold: float, attack: float, release: float
    ) -> Audio:
        """Take the new frames of activity; return the next ``samples`` levels.

        ``attack`` and ``release`` are time constants in seconds. Levels are interpolated linearly
        between the centres of the frames.
        """
        levels = []
        for probability in activity:
            self._singing = probability >= (threshold - HYSTERESIS * self._singing)
            seconds = attack if self._singing else release
            self._level += (self._singing - self._level) * (1 - exp(-1 / (FRAME_RATE * seconds)))
            levels.append(self._level)
        times = (self._frames + np.arange(len(levels))) * self._samples_per_frame
        self._frames += len(levels)
        self._times = np.concatenate([self._times, times])
        self._levels = np.concatenate([self._levels, levels])
        heard = np.arange(self._heard, self._heard + samples)
        self._heard += samples
        result = np.interp(heard, self._times, self._levels).astype(np.float32)
        past = max(0, int(np.searchsorted(self._times, self._heard, "right")) - 1)
        self._times, self._levels = self._times[past:], self._levels[past:]
        return result
