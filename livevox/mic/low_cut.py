"""The low-cut: a second-order Butterworth high-pass whose corner can move while it runs.

The filter is the trapezoidal state-variable filter (Zavalishin, The Art of VA Filter Design, 2012,
section 4.2). Its state keeps its meaning while the corner moves, so that nothing clicks. A whole
cell is computed by two products with matrices, which stay the same while the corner does.
"""

from __future__ import annotations

from math import exp, log, pi, sqrt, tan

import numpy as np
import numpy.typing as npt

from livevox.dsp.stft import Audio

GLIDE_SECONDS = 0.02
"""Time constant of the corner's glide."""
REACHED = 1e-3
"""The corner jumps to its target within this ratio."""

Matrix = npt.NDArray[np.float64]


class LowCut:
    """Filters (samples,) in pieces of at most ``cell`` samples."""

    def __init__(self, sample_rate: int, cell: int, corner: float) -> None:
        """``corner`` is in Hz: 12 dB less at half of it, 3 dB at it."""
        self._rate = sample_rate
        self._cell = cell
        self._glide = 1 - exp(-cell / (GLIDE_SECONDS * sample_rate))
        self._corner = corner
        self._state: Matrix = np.zeros(2)
        self._set_up()

    def move(self, corner: float) -> None:
        """Move on towards a corner in Hz; for the start of each cell."""
        if corner == self._corner:
            return
        way = log(corner / self._corner)
        reached = abs(way) < REACHED
        self._corner = corner if reached else self._corner * exp(self._glide * way)
        self._set_up()

    def process(self, piece: Audio) -> Matrix:
        """The next samples, filtered."""
        n = len(piece)
        filtered: Matrix = self._from_state[:n] @ self._state + self._from_input[:n, :n] @ piece
        self._state = self._steps[n] @ self._state + self._to_state[:, self._cell - n :] @ piece
        return filtered

    def _set_up(self) -> None:
        # The corner stays below the highest frequency, whatever the rate.
        g = tan(pi * min(self._corner / self._rate, 0.45))
        k = sqrt(2)
        a1 = 1 / (1 + g * (g + k))
        a2 = g * a1
        a3 = g * a2
        step = np.array([[2 * a1 - 1, -2 * a2], [2 * a2, 1 - 2 * a3]])
        to_state = np.array([2 * a2, 2 * a3])
        from_state = np.array([-k * a1 - a2, k * a2 + a3 - 1])
        steps = [np.eye(2)]
        for _ in range(self._cell):
            steps.append(step @ steps[-1])
        self._steps: Matrix = np.array(steps)
        self._from_state: Matrix = from_state @ self._steps[:-1]
        self._to_state: Matrix = (self._steps[-2::-1] @ to_state).T
        response = np.append(1 - k * a2 - a3, self._from_state[:-1] @ to_state)
        ago = np.arange(self._cell)[:, None] - np.arange(self._cell)
        self._from_input: Matrix = np.where(ago >= 0, response[ago], 0.0)
