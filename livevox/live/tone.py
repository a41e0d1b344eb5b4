"""A test tone, to check that an output is audible."""

from __future__ import annotations

from math import tau

import numpy as np

from livevox.dsp.ramp import Ramp
from livevox.dsp.stft import Audio
from livevox.parameters import gain

FREQUENCY = 440.0
LEVEL_DB = -20.0


class Tone:
    """A sine of :data:`FREQUENCY` Hz whose peaks are at :data:`LEVEL_DB`, ramped in and out."""

    def __init__(self, sample_rate: int) -> None:
        self.on = False
        """May be set from another thread at any time."""
        self._step = tau * FREQUENCY / sample_rate
        self._phase = 0.0
        self._ramp = Ramp(0.0, sample_rate)

    def added_to(self, audio: Audio, channels: int) -> Audio:
        """``audio`` with the tone in its first ``channels``; ``audio`` itself if it is off."""
        samples = audio.shape[1]
        level = self._ramp.advance(gain(LEVEL_DB) if self.on else 0.0, samples)
        if not level.any():
            return audio
        phases = self._phase + self._step * np.arange(samples)
        self._phase = (self._phase + self._step * samples) % tau
        audio = audio.copy()
        audio[:channels] += level * np.sin(phases).astype(np.float32)
        return audio
