"""Conversion between channel counts."""

from __future__ import annotations

import numpy as np

from livevox.dsp.stft import Audio


def with_channels(audio: Audio, channels: int) -> Audio:
    """Convert (n, samples) to (``channels``, samples). Mono is copied to all channels. Two or more
    become mono by the mean of the first two. Otherwise the first are kept and the rest are silent.

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
