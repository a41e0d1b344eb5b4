"""Voices made up."""

from __future__ import annotations

import numpy as np

from livevox.dsp.stft import SAMPLE_RATE, Audio
from train.data.corpus import Voice, activity_of_stem


def tone(hz: float, seconds: float) -> Audio:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.1 * np.sin(2 * np.pi * hz * time)).astype(np.float32)


def noise(seconds: float, seed: int) -> Audio:
    rng = np.random.default_rng(seed)
    return rng.uniform(-0.2, 0.2, round(seconds * SAMPLE_RATE)).astype(np.float32)


def singer(name: str, *phrases: Audio) -> Voice:
    audio = np.concatenate(phrases)
    return Voice(name, audio, activity_of_stem(audio, estimated=False))
