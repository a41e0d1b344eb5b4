"""Finds howls of the microphone: those that grow slowly, and those that are sudden."""

from __future__ import annotations

import numpy as np

from livevox.dsp.stft import Audio
from livevox.live.howl import HowlDetector
from livevox.mic.tone import ToneDetector

REDUCTION_DB = 6.0
"""The limiter has a sudden howl at least so far down, unless the input clips."""
CLIPPED = 0.99
REST_SECONDS = 0.3
"""Further finds within this time are of the same howl, which is fading away."""


class MicHowl:
    """Both detectors of one microphone."""

    def __init__(self, sample_rate: int, loop_seconds: float) -> None:
        """``loop_seconds`` is the time from the microphone to the output."""
        self._growth = HowlDetector(sample_rate, loop_seconds)
        self._tone = ToneDetector(sample_rate)
        self._whole_rest = round(REST_SECONDS * sample_rate)
        self._rest = 0
        """Samples for which a find does not count."""

    def add(self, sung: Audio, played: Audio, reduction: float) -> bool:
        """Take a block, (channels, samples): of the microphone, and what is played of it, with the
        limiter's ``reduction`` in dB. Returns whether it howls; once in :data:`REST_SECONDS`."""
        limited = reduction >= REDUCTION_DB or bool(np.abs(sung).max() >= CLIPPED)
        held = self._tone.add(played) and limited
        found = self._growth.add(played) or held
        self._rest = max(0, self._rest - played.shape[1])
        if not found or self._rest:
            return False
        self._rest = self._whole_rest
        return True
