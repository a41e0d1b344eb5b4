"""Variants of a voice: lower, darker, higher, clipped, through a vocoder."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import soxr

from livevox.dsp.stft import BINS, N_FFT, SAMPLE_RATE, Audio, istft, stft
from livevox.separator import frames_within
from train.data.corpus import Activity
from train.data.effects import TILT_PIVOT_HZ, clipped, robot, whispered


class Variant(StrEnum):
    """The change of a voice: none; four semitones down, a tilt of -3 dB per octave, or both; seven
    semitones up, about a child's voice; heavily clipped, about a growl; a channel vocoder's, on
    sawtooths or, whispered, on noise."""

    AS_IS = "as-is"
    LOW = "low"
    DARK = "dark"
    LOW_DARK = "low-dark"
    HIGH = "high"
    CLIPPED = "clipped"
    ROBOT = "robot"
    WHISPERED = "whispered"


USUAL = (Variant.AS_IS, Variant.LOW, Variant.DARK, Variant.LOW_DARK)
"""The variants to choose models by."""

LOW_SPEED = 2 ** (-4 / 12)
"""Speed of the low variants: four semitones down, changed like the training's speed."""
HIGH_SPEED = 2 ** (7 / 12)
CLIPPED_DB = 18.0
"""Drive of :func:`train.data.effects.clipped`: the training's heaviest."""
DARK_DB = -3.0
"""Tilt per octave of the dark variants, around :data:`train.data.effects.TILT_PIVOT_HZ`."""


def changed(voice: Audio, activity: Activity, variant: Variant) -> tuple[Audio, Activity]:
    """A voice, (samples,), in a variant, and the activity of its frames."""
    if variant in (Variant.LOW, Variant.LOW_DARK):
        voice, activity = _at_speed(voice, activity, LOW_SPEED)
    if variant in (Variant.DARK, Variant.LOW_DARK):
        bins_hz = np.maximum(1, np.arange(BINS)) * SAMPLE_RATE / N_FFT
        gain = 10 ** (DARK_DB / 20 * np.log2(bins_hz / TILT_PIVOT_HZ))
        voice = istft(stft(voice[None]) * gain.astype(np.float32), len(voice))[0]
    # The same for every system.
    rng = np.random.default_rng(len(voice))
    if variant is Variant.HIGH:
        voice, activity = _at_speed(voice, activity, HIGH_SPEED)
    elif variant is Variant.CLIPPED:
        voice = clipped(voice, CLIPPED_DB)
    elif variant is Variant.ROBOT:
        voice = robot(voice, rng)
    elif variant is Variant.WHISPERED:
        voice = whispered(voice, rng)
    return voice, activity


def _at_speed(voice: Audio, activity: Activity, speed: float) -> tuple[Audio, Activity]:
    voice = soxr.resample(voice, SAMPLE_RATE * speed, SAMPLE_RATE)
    frames = np.round(np.arange(frames_within(len(voice), SAMPLE_RATE)) * speed).astype(int)
    return voice, activity[np.minimum(frames, len(activity) - 1)]
