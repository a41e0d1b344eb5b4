"""The echo: repeats that get quieter and darker."""

from __future__ import annotations

import numpy as np

from livevox.dsp.stft import Audio
from livevox.mic.delay_line import DelayLines
from livevox.parameters import PARAMETERS

FEEDBACK = 0.45
"""Each repeat is 7 dB quieter than the one before."""
DAMPING = 0.2
"""Share of the sample before in each repeat, which takes off the highs."""
FADE_SECONDS = 0.05
"""A new time fades in for so long."""
PIECE = 256


class Echo:
    """The echo of (samples,), without the sound itself."""

    def __init__(self, sample_rate: int, seconds: float) -> None:
        """``seconds`` is the time between the repeats."""
        time = PARAMETERS["mic_echo_time"]
        self._rate = sample_rate
        # The repeats of a piece must not reach into it.
        self._piece = min(PIECE, int(time.minimum * sample_rate))
        self._line = DelayLines(1, round(time.maximum * sample_rate) + 1, self._piece + 1)
        self._old = self._new = round(seconds * sample_rate)
        self._fade = round(FADE_SECONDS * sample_rate)
        self._faded = self._fade
        self._steps = np.arange(1, self._piece + 1)

    def process(self, block: Audio, seconds: float) -> Audio:
        """The echo of the next samples."""
        parts = [
            self._process(block[start : start + self._piece], seconds)
            for start in range(0, len(block), self._piece)
        ]
        return np.concatenate(parts)

    def _process(self, piece: Audio, seconds: float) -> Audio:
        n = len(piece)
        if self._faded >= self._fade:
            self._old, self._new = self._new, round(seconds * self._rate)
            if self._new != self._old:
                self._faded = 0
        echo = self._tap(self._new, n)
        if self._faded < self._fade:
            part = np.minimum(1, (self._faded + self._steps[:n]) / self._fade).astype(np.float32)
            echo = part * echo + (1 - part) * self._tap(self._old, n)
            self._faded += n
        self._line.write((piece + np.float32(FEEDBACK) * echo)[None])
        return echo

    def _tap(self, delay: int, n: int) -> Audio:
        held = self._line.delayed([delay + 1], n + 1)[0]
        damped: Audio = np.float32(1 - DAMPING) * held[1:] + np.float32(DAMPING) * held[:-1]
        return damped

    def clear(self) -> None:
        """End all repeats."""
        self._line.clear()
