"""A watch on the output: counts what should be heard and is not."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from livevox.dsp.stft import Audio
from livevox.parameters import SILENCE_DB

SOUNDS = 1e-3
"""A peak above this is sound, -60 dB."""
SILENT = 1e-6
"""A peak up to this is silence, -120 dB."""
MUTES = ("vocals_mute", "vocals_solo", "accompaniment_mute", "accompaniment_solo")
GAINS = ("output", "vocals", "accompaniment")


class Unheard:
    """Call :meth:`add` for every block of the output."""

    def __init__(self) -> None:
        self.samples = 0
        """Samples that should have been heard since anything was."""

    def add(self, input: Audio, mix: Audio, through: bool, played: bool) -> None:
        """Take a block: the ``input`` that became ``mix``, whether such input must be heard
        ``through`` the mix, see :func:`lets_through`, and whether the device ``played`` it."""
        sounds = _peak(mix)
        if played and sounds > SILENT:
            self.samples = 0
        elif sounds > SOUNDS or (through and _peak(input) > SOUNDS):
            self.samples += mix.shape[1]


def lets_through(values: Mapping[str, float]) -> bool:
    """Whether whatever comes in is heard, as nothing is muted; by the parameters' values."""
    open = all(values[name] > SILENCE_DB for name in GAINS)
    return open and not any(values[name] for name in MUTES)


def _peak(block: Audio) -> float:
    return float(np.abs(block).max(initial=0.0))
