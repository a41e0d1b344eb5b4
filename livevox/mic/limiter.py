"""The limiter: nothing is louder than its ceiling."""

from __future__ import annotations

import numpy as np

from livevox.dsp.stft import Audio

RELEASE_DB_PER_SECOND = 40.0
"""How fast the gain comes back after a peak."""
QUIETEST = np.float32(1e-9)


class Limiter:
    """Lowers the gain at once where a peak needs it, so that it adds no latency."""

    def __init__(self, sample_rate: int) -> None:
        self._rise = RELEASE_DB_PER_SECOND / sample_rate
        self._db = 0.0

    @property
    def reduction(self) -> float:
        """By how many dB the last sample was lowered."""
        return -self._db

    def process(self, block: Audio, ceiling: Audio) -> Audio:
        """Limit (channels, samples) to ``ceiling``, an amplitude above 0: (samples,), or (1,) for
        all of them."""
        peaks = np.abs(block).max(axis=0)
        if self._db == 0 and (peaks <= ceiling).all():
            return block
        allowed = np.minimum(0.0, 20 * np.log10(ceiling / np.maximum(peaks, QUIETEST, dtype=float)))
        # The gain rises by the same step from sample to sample, except where a peak lowers it.
        risen = self._rise * np.arange(len(peaks) + 1)
        gains = np.minimum.accumulate(np.append(self._db, allowed) - risen) + risen
        gains = np.minimum(0.0, gains[1:])
        self._db = float(gains[-1])
        limited: Audio = (block * 10 ** (gains / 20)).astype(np.float32)
        # Rounding may exceed it.
        return np.clip(limited, -ceiling, ceiling)
