"""The gate: silence while nobody sings into the microphone."""

from __future__ import annotations

from math import exp

import numpy as np

from livevox.mic.low_cut import Matrix
from livevox.parameters import PARAMETERS, gain

OFF_DB = PARAMETERS["mic_gate"].minimum
"""A threshold there never closes the gate."""
HYSTERESIS_DB = 6.0
"""An open gate closes this far below its threshold."""
HOLD_SECONDS = 0.1
ATTACK_SECONDS = 0.001
RELEASE_SECONDS = 0.06
CLOSED = 1e-4
"""A closing gate jumps from this gain, -80 dB, to 0."""


class Gate:
    """The gain of each cell, which ramps from one cell to the next.

    The peak of a whole cell decides about the next one, so nothing depends on the blocks.
    """

    def __init__(self, sample_rate: int, cell: int) -> None:
        seconds = cell / sample_rate
        self._cell = cell
        self._attack = 1 - exp(-seconds / ATTACK_SECONDS)
        self._release = 1 - exp(-seconds / RELEASE_SECONDS)
        self._cells_held = round(HOLD_SECONDS / seconds)
        self._left = 0
        """Cells for which the gate is still held open."""
        self._at = 0
        self._peak = 0.0
        self._gain = self._next = 1.0
        self._ramp = np.arange(1, cell + 1) / cell

    def gains(self, piece: Matrix, threshold: float) -> Matrix:
        """The gains for a piece, (samples,) of one cell; one, (1,), at rest. ``threshold`` is in
        dB of full scale."""
        n = len(piece)
        self._peak = max(self._peak, float(np.abs(piece).max()))
        if self._gain == self._next:
            gains = np.full(1, self._gain)
        else:
            ramp = self._ramp[self._at : self._at + n]
            gains = self._gain + (self._next - self._gain) * ramp
        self._at += n
        if self._at == self._cell:
            self._decide(threshold)
        return gains

    def _decide(self, threshold: float) -> None:
        closes_at = threshold - (HYSTERESIS_DB if self._left else 0.0)
        if threshold <= OFF_DB or self._peak >= gain(closes_at):
            self._left = self._cells_held
        else:
            self._left = max(0, self._left - 1)
        self._gain = self._next
        target = 1.0 if self._left else 0.0
        speed = self._attack if self._left else self._release
        self._next += speed * (target - self._next)
        if abs(self._next - target) < CLOSED:
            self._next = target
        self._at, self._peak = 0, 0.0
