"""Measures of separation quality."""

from __future__ import annotations

import numpy as np

from livevox.dsp.stft import Audio


def sdr(reference: Audio, estimate: Audio) -> float:
    """Signal-to-distortion ratio in dB over all channels: any difference is distortion.

    >>> round(sdr(np.ones((1, 4), np.float32), np.full((1, 4), 0.9, np.float32)))
    20
    """
    signal = np.square(reference, dtype=np.float64).sum()
    error = np.square(reference - estimate, dtype=np.float64).sum()
    return float(10 * np.log10((signal + 1e-12) / (error + 1e-12)))
