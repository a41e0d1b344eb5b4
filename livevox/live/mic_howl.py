"""Finds howls of the microphone: those that grow slowly, and those that are sudden."""

from __future__ import annotations

import numpy as np

from livevox.dsp.stft import Audio
from livevox.live.howl import HowlDetector
from livevox.mic.tone import ToneDetector

REDUCTION_DB = 6.0
"""The limiter has a sudden howl at least so far down, unless the input clips."""
CLIPPED = 0.99


class MicHowl:
    """Both detectors of one microphone."""

    def __init__(self, sample_rate: int, loop_seconds: float) -> None:
        """``loop_seconds`` is the time from the microphone to the output."""
        self._growth = HowlDetector(sample_rate, loop_seconds)
        self._tone = ToneDetector(sample_rate)

    def add(self, sung: Audio, played: Audio, reduction: float) -> bool:
        """Take a block, (channels, samples): of the microphone, and what is played of it, with the
        limiter's ``reduction`` in dB. Returns whether it howls."""
        limited = reduction >= REDUCTION_DB or bool(np.abs(sung).max() >= CLIPPED)
        held = self._tone.add(played) and limited
        return self._growth.add(played) or held
