"""Detects an output that is silent although it should have sound."""

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
    """Counts silent samples that should have sound. Call :meth:`add` for every block."""

    def __init__(self) -> None:
        self.samples = 0
        """Samples that should have been audible since the output last had sound."""

    def add(self, input: Audio, mix: Audio, through: bool, played: bool) -> None:
        """Add a block: the delayed ``input``, its ``mix``, whether all input should be audible
        (``through``, see :func:`lets_through`), and whether the device ``played`` the mix."""
        sounds = _peak(mix)
        if played and sounds > SILENT:
            self.samples = 0
        elif sounds > SOUNDS or (through and _peak(input) > SOUNDS):
            self.samples += mix.shape[1]


def lets_through(values: Mapping[str, float]) -> bool:
    """Whether all input should be audible with these parameters: nothing is muted."""
    open = all(values[name] > SILENCE_DB for name in GAINS)
    return open and not any(values[name] for name in MUTES)


def _peak(block: Audio) -> float:
    return float(np.abs(block).max(initial=0.0))
