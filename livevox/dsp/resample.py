"""Streaming sample rate conversion by soxr, and how late it makes the audio."""

from __future__ import annotations

from functools import lru_cache
from math import ceil

import numpy as np
import soxr

from livevox.dsp.stft import SAMPLE_RATE, Audio

MIN_RATE = 4_000
MAX_RATE = 768_000


def _quality(rate: int) -> str:
    """Rates above 44.1 kHz take soxr's LQ: at 48 kHz there and back it holds 11 ms of audio where
    HQ holds 40 ms, and below 16 kHz the two differ by less than -32 dB. What LQ rolls off above
    17 kHz is missing from the vocals only: the accompaniment is what the vocals leave."""
    return "LQ" if rate > SAMPLE_RATE else "HQ"


class Resampler:
    """A stream from one rate to another, in time with its input but for what it holds back."""

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
    """The most output samples by which a :class:`Resampler` lags behind its input's duration.

    soxr works in internal blocks, so this is found by feeding one sample at a time, the worst
    way to feed it, until the pattern has repeated. One sample is added for rounding.
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
    """Samples at ``rate`` by which audio is late after going to 44.1 kHz, being ``latency`` samples
    late there, and coming back."""
    inner = latency + held_back(rate, SAMPLE_RATE)
    return ceil(inner * rate / SAMPLE_RATE) + held_back(SAMPLE_RATE, rate)
