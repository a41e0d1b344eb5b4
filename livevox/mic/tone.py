"""Detects a tone that neither moves nor falls, as the microphone's feedback is once it is loud.

A microphone's way to the loudspeaker is a few milliseconds long, so feedback can be as loud as the
limiter or the input lets it before :mod:`livevox.live.howl` has seen it grow. Then it is a pure
tone whose phase advances evenly and whose level never falls. A note that is sung with few overtones
has at least the octave, or its phase shows the vibrato.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from livevox.dsp.frames import SPREAD, Frames, lobe
from livevox.dsp.stft import Audio, Spectrum

FRAME_SECONDS = 0.023
HOP_SECONDS = 0.005
HOPS = 10
"""The tone lasts for so many hops, 50 ms."""
LEAST_DB = -24.0
"""Least level of the tone, in dB of a full-scale sine."""
SHARE = 0.9
"""Least share of the energy that the tone has."""
FALL_DB = 0.5
"""How far the level may fall."""
UNEVEN = 0.015
"""Greatest deviation of the phase from an even advance, in radians rms."""
OCTAVE_DB = -26.0
"""Greatest level of the octave, relative to the tone: clipping adds odd harmonics."""
RESOLVED, UNEVEN_LOW = 5, 0.004
"""Below this bin, 215 Hz, the octave is not apart from the tone, and the phase has to advance more
evenly: a low note's phase deviates less."""


class ToneDetector:
    """Takes the microphone's sound block by block; arrays are made once."""

    def __init__(self, sample_rate: int) -> None:
        self._frames = Frames(sample_rate, FRAME_SECONDS, HOP_SECONDS)
        self._spectra = np.zeros((HOPS, self._frames.bins), np.complex64)
        self._powers = np.zeros(HOPS)
        """Of the tone, by hop; 0 where there was none."""
        self._hops: npt.NDArray[np.float64] = np.arange(HOPS, dtype=float) - (HOPS - 1) / 2

    def add(self, block: Audio) -> bool:
        """Take (channels, samples); whether there is such a tone, anew as long as it lasts."""
        return max(map(self._analyse, self._frames.spectra(block)), default=False)

    def _analyse(self, spectrum: Spectrum) -> bool:
        self._spectra[:-1], self._powers[:-1] = self._spectra[1:], self._powers[1:]
        self._spectra[-1] = spectrum
        powers = np.abs(spectrum) ** 2
        peak = self._frames.peak(powers)
        tone = float(lobe(powers, peak))
        pure = tone >= SHARE * float(powers[self._frames.lowest :].sum())
        loud = tone / SPREAD >= 10 ** (LEAST_DB / 10)
        self._powers[-1] = tone if pure and loud else 0.0
        if not self._holds():
            return False
        deviation = _deviation(self._spectra[:, peak], self._hops)
        if peak < RESOLVED:
            return deviation <= UNEVEN_LOW
        return deviation <= UNEVEN and not self._has_octave(peak)

    def _holds(self) -> bool:
        """Whether there was a tone in all hops that did not fall."""
        least = np.maximum.accumulate(self._powers) * 10 ** (-FALL_DB / 10)
        return bool(self._powers.all() and (self._powers >= least).all())

    def _has_octave(self, peak: int) -> bool:
        tone, octave = (
            float((np.abs(self._spectra[:, bin - 1 : bin + 2]) ** 2).sum())
            for bin in (peak, 2 * peak)
        )
        return octave > 10 ** (OCTAVE_DB / 10) * tone


def _deviation(bins: npt.NDArray[np.complex64], hops: npt.NDArray[np.float64]) -> float:
    """How far the phase of a bin, (hops,), deviates from an even advance, in radians rms."""
    turns = np.angle(bins[1:] / bins[:-1])
    # The steps are equal up to whole turns and noise: unwrap them around the first.
    turns = turns[0] + np.angle(np.exp(1j * (turns - turns[0])))
    phase = np.append(0, np.cumsum(turns))
    phase -= phase.mean()
    phase -= hops * (hops @ phase) / (hops @ hops)
    return float(np.sqrt(np.mean(phase**2)))
