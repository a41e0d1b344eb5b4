"""The definition of silence, and predicted energy at silence (PES, EPS)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from livevox.dsp.stft import SAMPLE_RATE, Audio
from train.evaluation.known_values import mean_of_known

Floats = npt.NDArray[np.float64]

SILENT_RMS = 1e-4
"""RMS below this, -80 dB, is silence: stems decoded from a lossy file are never exactly zero."""


def energy_at_silence(vocals: Audio, estimate: Audio, mixture: Audio) -> tuple[float, float]:
    """Predicted energy at silence and energy at predicted silence (PES, EPS), in dB.

    PES is the mean over the seconds in which the vocals are silent of 10 log10 of the estimate's
    energy, EPS the mean over the seconds in which the estimate is silent of that of the true
    vocals, silent or not. Lower is better; NaN where there is no such second. Both follow
    Schulze-Forster et al. (2019), with two differences: energies are relative to the mixture's in
    the same second (seconds with a silent mixture drop out), so that the level of a recording does
    not matter, and silence is below :data:`SILENT_RMS`, not exactly zero. The floor of -120 dB is
    from the original.
    """
    true, guess, mixed = map(power_of_seconds, (vocals, estimate, mixture))
    audible = ~is_silence(mixed)

    def mean_db(power: Floats, where: npt.NDArray[np.bool_]) -> float:
        chosen = where & audible
        return mean_of_known(10 * np.log10(power[chosen] / mixed[chosen] + 1e-12))

    return mean_db(guess, is_silence(true)), mean_db(true, is_silence(guess))


def power_of_seconds(audio: Audio) -> Floats:
    """Mean power of every whole second, or of the whole signal if it is shorter."""
    length = min(SAMPLE_RATE, audio.shape[-1])
    count = audio.shape[-1] // length
    power = np.square(audio[:, : count * length], dtype=np.float64)
    means: Floats = power.reshape(len(audio), count, length).mean(axis=(0, 2))
    return means


def is_silence(power: Floats) -> npt.NDArray[np.bool_]:
    """True for each mean power that is silence."""
    return power < SILENT_RMS**2


def is_silent(audio: npt.NDArray[np.floating]) -> bool:
    """Whether audio of any shape is silence throughout."""
    return bool(np.square(audio, dtype=np.float64).mean() < SILENT_RMS**2)
