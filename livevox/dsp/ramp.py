"""Parameter changes without clicks."""

from __future__ import annotations

import numpy as np

from livevox.dsp.stft import Audio

TIME_CONSTANT = 0.004
"""Time constant in seconds; a ramp reaches 99 % after 6.6 of them, 27 ms."""
SETTLED = 1e-6
"""A ramp within this distance of its target, -120 dB, jumps to it."""


class Ramp:
    """A value that follows its target through a critically damped second-order filter.

    Value and slope are continuous for any target, so the output has no step and no corner. It is
    computed in closed form and does not depend on the block length.
    """

    def __init__(self, value: float, sample_rate: int) -> None:
        self._value = value
        self._slope = 0.0
        self._rate = 1 / (TIME_CONSTANT * sample_rate)

    def jump(self, value: float) -> None:
        """Jump to ``value`` without a ramp."""
        self._value, self._slope = value, 0.0

    def advance(self, target: float, samples: int) -> Audio:
        """The next ``samples`` values towards ``target``; a single one, (1,), at rest."""
        if samples == 0:
            return np.zeros(0, np.float32)
        distance = self._value - target
        if distance == 0 and self._slope == 0:
            return np.full(1, target, np.float32)
        time = np.arange(1, samples + 1)
        decay = np.exp(-self._rate * time)
        pull = self._slope + self._rate * distance
        values = target + (distance + pull * time) * decay
        self._value = float(values[-1])
        self._slope = float((self._slope - self._rate * pull * samples) * decay[-1])
        if abs(self._value - target) < SETTLED and abs(self._slope) < SETTLED * self._rate:
            self.jump(target)
        ramped: Audio = values.astype(np.float32)
        return ramped
