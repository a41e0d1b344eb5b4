"""Floats as integers of 16 or 24 bits, with dither."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from livevox.dsp.stft import Audio


class Dither:
    """Rounds to integers after adding noise with a triangular distribution (TPDF) of two steps.

    The error then has the same mean and power whatever the sound is (Lipshitz, Wannamaker and
    Vanderkooy, "Quantization and dither: a theoretical survey", JAES 40(5), 1992). Digital silence
    stays so. The noise is the same for every file, and doesn't depend on the blocks.
    """

    def __init__(self, bits: int) -> None:
        self._scale = 2.0 ** (bits - 1)
        self._noises = [np.random.default_rng(seed) for seed in (0, 1)]

    def __call__(self, block: Audio) -> npt.NDArray[np.int32]:
        """(channels, samples) as integers (samples, channels)."""
        sound = block.T.astype(np.float64)
        one, other = (noise.random(sound.shape) for noise in self._noises)
        dithered = np.rint(sound * self._scale + np.where(sound == 0, 0, one - other))
        return np.clip(dithered, -self._scale, self._scale - 1).astype(np.int32)
