"""Spectra of short frames of a stream, for detectors."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from livevox.dsp.stft import Audio, Spectrum

LOWEST_HZ = 60.0
LOBE = 3
"""Bins beside a peak that the window spreads it to."""
SPREAD = 1.5
"""What the powers of a sine's bins add up to, relative to that of its peak."""


class Frames:
    """Cuts a stream into Hann-windowed frames and transforms them; arrays are made once.

    A spectrum, (:attr:`bins`,), is scaled so that the peak of a full-scale sine is 1.
    """

    def __init__(self, sample_rate: int, frame_seconds: float, hop_seconds: float) -> None:
        """A frame has the power of two of samples that is next to ``frame_seconds``."""
        size = 1 << round(np.log2(frame_seconds * sample_rate))
        self.hop = max(1, round(hop_seconds * sample_rate))
        """Samples from one frame to the next."""
        self.bins = size // 2 + 1
        self.lowest = int(np.ceil(LOWEST_HZ * size / sample_rate))
        """The first bin from :data:`LOWEST_HZ` on."""
        self._window = np.hanning(size).astype(np.float32)
        self._window *= 2 / float(self._window.sum())
        self._recent = np.zeros(size, np.float32)
        self._wait = self.hop

    def spectra(self, block: Audio) -> Iterator[Spectrum]:
        """Take (channels, samples), as their mean; the spectra of the frames that end in it."""
        mono = block.mean(axis=0, dtype=np.float32)
        while len(mono):
            taken, mono = mono[: self._wait], mono[self._wait :]
            self._keep(taken)
            self._wait -= len(taken)
            if self._wait == 0:
                self._wait = self.hop
                yield np.fft.rfft(self._recent * self._window).astype(np.complex64)

    def peak(self, powers: Audio) -> int:
        """The bin of the greatest power, of (bins,), from :attr:`lowest` on."""
        return self.lowest + int(powers[self.lowest :].argmax())

    def _keep(self, samples: Audio) -> None:
        samples = samples[-len(self._recent) :]
        self._recent[: -len(samples)] = self._recent[len(samples) :]
        self._recent[-len(samples) :] = samples


def lobe(powers: Audio, peak: int) -> Audio:
    """The power of a peak of (..., bins), with the bins beside it."""
    total: Audio = powers[..., max(0, peak - LOBE) : peak + LOBE + 1].sum(axis=-1)
    return total
