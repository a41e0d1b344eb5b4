"""From any number of channels to any other."""

from __future__ import annotations

import numpy as np

from livevox.dsp.stft import Audio


def with_channels(audio: Audio, channels: int) -> Audio:
    """(n, samples) as (``channels``, samples): one is repeated; two or more become one by the mean
    of the first two, left and right; else the first ones are taken and missing ones are silent.

    >>> with_channels(np.array([[1.0], [3.0], [9.0]], np.float32), 1)
    array([[2.]], dtype=float32)
    """
    have = audio.shape[0]
    if have == channels:
        return audio
    if have == 1:
        return np.repeat(audio, channels, axis=0)
    if channels == 1:
        mono: Audio = audio[:2].mean(axis=0, keepdims=True, dtype=np.float32)
        return mono
    missing = max(0, channels - have)
    return np.pad(audio[:channels], ((0, missing), (0, 0)))
