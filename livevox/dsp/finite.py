"""Samples that are no numbers."""

from __future__ import annotations

import numpy as np

from livevox.dsp.stft import Audio


def finite(audio: Audio) -> tuple[Audio, int]:
    """The audio with silence instead of NaN and infinite samples, and the number of those.

    >>> finite(np.array([[1.0, np.nan]], np.float32))
    (array([[1., 0.]], dtype=float32), 1)
    """
    fine = np.isfinite(audio)
    if fine.all():
        return audio, 0
    return np.where(fine, audio, np.float32(0)), int(audio.size - np.count_nonzero(fine))
