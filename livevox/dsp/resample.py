"""Streaming sample rate conversion by soxr, and its latency."""

from __future__ import annotations

from functools import lru_cache
from math import ceil

import numpy as np
import soxr

from livevox.dsp.stft import SAMPLE_RATE, Audio

MIN_RATE = 4_000
MAX_RATE = 768_000


def _quality(rate: int) -> str:
    """Rates above 44.1 kHz use soxr's LQ: from 48 to 44.1 kHz and back it delays audio by 11 ms, HQ
    by 40 ms, and below 16 kHz the two differ by less than -32 dB. The roll-off of LQ above 17 kHz
    affects the vocals only: the accompaniment is the input minus the vocals."""
    return "LQ" if rate > SAMPLE_RATE else "HQ"


class Resampler:
    """Converts a stream from one rate to another; its lag is at most :func:`held_back`."""

    def __init__(self, from_rate: int, to_rate: int, channels: int) -> None:
        self._stream: soxr.ResampleStream | None = None
        if from_rate != to_rate:
            self._stream = soxr.ResampleStream(
                from_rate, to_rate, channels, quality=_quality(max(from_rate, to_rate))
            )

    def feed(self, block: Audio) -> Audio:
        """Take (channels, n) samples; return those that are ready, (channels, m)."""
        if self._stream is None or block.shape[1] == 0:
            return block
        return np.asarray(self._stream.resample_chunk(np.ascontiguousarray(block.T))).T


@lru_cache
def held_back(from_rate: int, to_rate: int) -> int:
    """The largest lag of a :class:`Resampler` behind its input's duration, in output samples.

    soxr works in internal blocks, so the lag is measured by feeding one sample at a time, the
    worst case, until the pattern repeats. One sample is added for rounding.
    """
    if from_rate == to_rate:
        return 0
    resampler = Resampler(from_rate, to_rate, 1)
    one = np.zeros((1, 1), np.float32)
    produced, most = 0, 0.0
    for consumed in range(1, max(from_rate, 32_768) + 1):
        produced += resampler.feed(one).shape[1]
        most = max(most, consumed * to_rate / from_rate - produced)
    return ceil(most) + 1


def total_latency(latency: int, rate: int) -> int:
    """The total latency, in samples at ``rate``, of conversion to 44.1 kHz, ``latency`` samples
    there, and conversion back."""
    inner = latency + held_back(rate, SAMPLE_RATE)
    return ceil(inner * rate / SAMPLE_RATE) + held_back(SAMPLE_RATE, rate)
