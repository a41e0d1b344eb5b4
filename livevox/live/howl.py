"""Detects a howl: feedback from the output to the input, a narrow peak that grows steadily.

What goes round in a loop grows by the same factor each time. So the energy is measured in five
parts, each as long as sound takes through livevox and at least 50 ms, and for slow growth also in
parts twice and four times as long. Notes have overtones, or do not grow, or grow less and less.
"""

from __future__ import annotations

import numpy as np

from livevox.dsp.frames import SPREAD, Frames, lobe
from livevox.dsp.stft import Audio, Spectrum

PARTS = 5
FRAMES_PER_PART = 4
PART_SECONDS = 0.05
"""The shortest part: the growth over all four steps is seen for 200 ms."""
FRAME_SECONDS = 0.046
SCALES = (1, 2, 4)
"""Lengths of the parts, for fast and slow growth."""
GROWTH_DB = 8.0
"""Least growth from the first to the last part."""
UNEVEN = 0.5
"""The least of the steps, relative to their mean."""
SLOWING = 0.75
"""The last of the steps, relative to the first; that of a linear attack is 0.5."""
SHARE, FAST_SHARE, FAST_DB = 0.8, 0.15, 24.0
"""Least share of the energy that the peak has in the last part: that of growth by GROWTH_DB, and
that of growth by FAST_DB, which would be too loud before it is as narrow."""
LOUDEST_SECONDS = 4.0
"""A howl is the loudest for so long; notes that beat only get as loud as before."""
LEAST_DB = -45.0
"""The peak's level in the last part, in dB of a full-scale sine."""


class HowlDetector:
    """Takes an output block by block; arrays are made once."""

    def __init__(self, sample_rate: int, loop_seconds: float) -> None:
        """``loop_seconds`` is the time from the input to the output."""
        part = max(PART_SECONDS, loop_seconds)
        self._frames = Frames(sample_rate, FRAME_SECONDS, part / FRAMES_PER_PART)
        frames = PARTS * FRAMES_PER_PART * max(SCALES)
        self._powers = np.zeros((frames, self._frames.bins), np.float32)
        longest = max(frames, round(LOUDEST_SECONDS * sample_rate / self._frames.hop))
        self._wholes = np.zeros(longest, np.float32)

    def add(self, block: Audio) -> bool:
        """Take (channels, samples); whether they howl. After a howl the next one needs as long."""
        return max(map(self._analyse, self._frames.spectra(block)), default=False)

    def _analyse(self, spectrum: Spectrum) -> bool:
        self._powers[:-1], self._wholes[:-1] = self._powers[1:], self._wholes[1:]
        self._powers[-1] = np.abs(spectrum) ** 2
        self._wholes[-1] = self._powers[-1, self._frames.lowest :].sum()
        if not self._howls():
            return False
        self._powers[:], self._wholes[:] = 0, 0
        return True

    def _howls(self) -> bool:
        last = self._powers[-FRAMES_PER_PART:].sum(axis=0)
        peaks = lobe(self._powers, self._frames.peak(last))
        level = float(peaks[-FRAMES_PER_PART:].mean()) / SPREAD
        if (
            level < 10 ** (LEAST_DB / 10)
            or self._wholes[-FRAMES_PER_PART:].max() < self._wholes.max()
        ):
            return False
        return any(_grow(_parts(peaks, scale), _parts(self._wholes, scale)) for scale in SCALES)


def _parts(powers: Audio, scale: int) -> Audio:
    """The mean powers of the last parts, (PARTS,)."""
    means: Audio = powers[-PARTS * FRAMES_PER_PART * scale :].reshape(PARTS, -1).mean(axis=1)
    return means


def _grow(peak: Audio, whole: Audio) -> bool:
    """Whether the powers of a peak, (PARTS,), and with them those of the ``whole`` grow by about
    the same number of dB each time."""
    if not min(peak.min(), whole.min()) > 0:
        return False
    steps = 10 * np.diff(np.log10([peak, whole]))
    growth = steps.sum(axis=1)
    share = np.interp(growth[0], (GROWTH_DB, FAST_DB), (SHARE, FAST_SHARE))
    even = (steps.min(axis=1) >= UNEVEN * steps.mean(axis=1)).all()
    lasting = (steps[:, -1] >= SLOWING * steps[:, 0]).all()
    return bool(growth.min() >= GROWTH_DB and even and lasting and peak[-1] >= share * whole[-1])
