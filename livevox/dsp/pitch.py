"""A pitch shifter for streams: constant latency, any pitch at any time, no clicks.

A phase vocoder. Each frame is resampled to the new pitch, and its partials are turned so that they
continue those of the frame before: Laroche and Dolson, "Improved phase vocoder time-scale
modification of audio" (1999), section III, identity phase locking.
"""

from __future__ import annotations

from math import log2

import numpy as np
import numpy.typing as npt

from livevox.dsp.fifo import Fifo
from livevox.dsp.stft import Audio, Spectrum

WINDOW_SECONDS = 0.07
"""About. With 0.045 low notes are impure (a chord with a bass at 55 Hz, five semitones lower, is
7 dB further from the true one); a longer window is later and gains nothing."""
HOPS = 4
"""Frames that overlap."""
FINER = 4
"""Points per sample from which a frame is resampled."""
LEAST_WEIGHT = 1e-3
"""The windows' sum counts as at least that; it is less only before the start of a stream."""

Curve = npt.NDArray[np.float64]


class PitchShifter:
    """Multiplies the frequencies of (``channels``, samples) at ``sample_rate`` Hz by a ratio.

    All channels are turned alike, so they keep their relation. A ratio of 1 returns the input, to
    float precision, :attr:`latency` samples later.
    """

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._channels = channels
        size: int = 3 * 2 ** round(log2(WINDOW_SECONDS * sample_rate / 3))
        self._size = size
        self._hop = size // HOPS
        self._bins = np.arange(size // 2 + 1)
        self._evenly = 2 * np.pi * self._hop / size * self._bins
        """How far a partial in the centre of each bin turns in a hop."""
        self.reset()

    @property
    def latency(self) -> int:
        """In samples; the same for every ratio."""
        return self._size

    def reset(self) -> None:
        """Forget the stream; the next block starts a new one."""
        self._use(1.0)
        self._input = Fifo(self._channels)
        self._frame: Audio = np.zeros((self._channels, self._size), np.float32)
        self._spectrum: Spectrum = np.zeros((self._channels, len(self._bins)), np.complex64)
        self._turn = np.zeros(len(self._bins))
        """By how much each bin is turned."""
        # The last row sums the windows.
        self._sum: Audio = np.zeros((self._channels + 1, self._size), np.float32)
        self._output = Fifo(self._channels, self._hop)

    def feed(self, block: Audio, ratio: float) -> Audio:
        """Take (channels, n) samples; return as many, those of :attr:`latency` samples ago.

        ``ratio``, 0.5 to 2, is that of the frames that end in this block."""
        self._input.push(block)
        while len(self._input) >= self._hop:
            self._frame[:, : -self._hop] = self._frame[:, self._hop :]
            self._frame[:, -self._hop :] = self._input.pop(self._hop)
            if ratio != self._ratio:
                self._use(ratio)
            self._add_frame()
        return self._output.pop(block.shape[1])

    def _use(self, ratio: float) -> None:
        """Prepare for a ratio: the window, and where the resampled frame is read."""
        self._ratio = ratio
        size = self._size
        # A lower pitch makes a frame longer, so it begins shorter: the latency stays.
        width = size * min(1.0, ratio)
        self._window = _hann(np.arange(size) - size / 2, width).astype(np.float32)
        reach = min(int(width / 2 / ratio), size // 2 - 1)
        self._into = slice(size // 2 - reach, size // 2 + reach + 1)
        source = ratio * np.arange(-reach, reach + 1)
        fade = _hann(source, width)
        at = FINER * (source + size / 2)
        first = np.floor(at).astype(np.int64)
        self._from = (first + np.arange(-1, 3)[:, None]) % (FINER * size)
        self._weights = (FINER * fade * _cubic(at - first)).astype(np.float32)
        self._window_sum = fade**2
        # What would lie above the highest frequency then.
        self._last_bin = min(len(self._bins), int(size / 2 / max(1.0, ratio)) + 1)

    def _add_frame(self) -> None:
        spectrum = np.fft.rfft(self._window * self._frame).astype(np.complex64, copy=False)
        self._turn = self._turned(spectrum)
        self._spectrum = spectrum
        turned = spectrum * np.exp(1j * self._turn).astype(np.complex64)
        turned[:, self._last_bin :] = 0
        turned[:, -1] /= 2
        finer = np.fft.irfft(turned, FINER * self._size).astype(np.float32, copy=False)
        self._sum[:-1, self._into] += (self._weights * finer[:, self._from]).sum(axis=1)
        self._sum[-1, self._into] += self._window_sum
        done = self._sum[:, : self._hop]
        self._output.push(done[:-1] / np.maximum(done[-1], LEAST_WEIGHT))
        self._sum[:, : -self._hop] = self._sum[:, self._hop :]
        self._sum[:, -self._hop :] = 0

    def _turned(self, spectrum: Spectrum) -> Curve:
        """The turn of each bin: that of the peak in whose region it is. A peak's frequency is that
        of its phase's advance since the last frame."""
        if self._ratio == 1:
            return np.zeros_like(self._turn)
        power = np.square(np.abs(spectrum)).sum(axis=0)
        peaks = 1 + np.flatnonzero((power[1:-1] > power[:-2]) & (power[1:-1] >= power[2:]))
        if not len(peaks):
            return self._turn
        advance = (spectrum[:, peaks] * self._spectrum[:, peaks].conj()).sum(axis=0)
        evenly = self._evenly[peaks]
        advance = evenly + np.angle(advance * np.exp(-1j * evenly))
        turn = self._turn[peaks] + (self._ratio - 1) * advance
        regions = np.searchsorted((peaks[1:] + peaks[:-1]) / 2, self._bins)
        turned: Curve = np.remainder(turn, 2 * np.pi)[regions]
        return turned


def _hann(at: npt.NDArray[np.floating], width: float) -> Curve:
    """A Hann window of that width around 0."""
    inside = np.abs(at) < width / 2
    return np.where(inside, 0.5 + 0.5 * np.cos(2 * np.pi * at / width), 0.0)


def _cubic(t: Curve) -> Curve:
    """The weights (4, n) of the points at -1, 0, 1 and 2 for the place ``t``, 0 to 1 (Lagrange)."""
    return np.stack(
        [
            -t * (t - 1) * (t - 2) / 6,
            (t + 1) * (t - 1) * (t - 2) / 2,
            -(t + 1) * t * (t - 2) / 2,
            (t + 1) * t * (t - 1) / 6,
        ]
    )
