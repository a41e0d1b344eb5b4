"""Detects a tone that neither moves nor falls, as the microphone's feedback is once it is loud.

A microphone's way to the loudspeaker is a few milliseconds long, so feedback can be as loud as the
limiter or the input lets it before :mod:`livevox.live.howl` has seen it grow. Then it is a pure
tone whose phase advances evenly and whose level never falls.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from livevox.dsp.stft import Audio

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
LOBE = 3
"""Bins beside the peak that the window spreads it to."""
LOWEST_HZ = 60.0


class ToneDetector:
    """Takes the microphone's sound block by block; arrays are made once."""

    def __init__(self, sample_rate: int) -> None:
        size = 1 << round(np.log2(FRAME_SECONDS * sample_rate))
        self._hop = max(1, round(HOP_SECONDS * sample_rate))
        self._window = np.hanning(size).astype(np.float32)
        self._scale = 2 / float(self._window.sum())
        self._recent = np.zeros(size, np.float32)
        self._wait = self._hop
        self._spectra = np.zeros((HOPS, size // 2 + 1), np.complex64)
        self._powers = np.zeros(HOPS)
        """Of the tone, by hop; 0 where there was none."""
        self._lowest = int(np.ceil(LOWEST_HZ * size / sample_rate))
        self._hops: npt.NDArray[np.float64] = np.arange(HOPS, dtype=float) - (HOPS - 1) / 2

    def add(self, block: Audio) -> bool:
        """Take (channels, samples); whether there is such a tone, anew as long as it lasts."""
        mono = block.mean(axis=0, dtype=np.float32)
        found = False
        while len(mono):
            taken, mono = mono[: self._wait], mono[self._wait :]
            self._recent[: -len(taken)] = self._recent[len(taken) :]
            self._recent[-len(taken) :] = taken
            self._wait -= len(taken)
            if self._wait == 0:
                self._wait = self._hop
                found = self._analyse() or found
        return found

    def _analyse(self) -> bool:
        self._spectra[:-1], self._powers[:-1] = self._spectra[1:], self._powers[1:]
        self._spectra[-1] = self._scale * np.fft.rfft(self._recent * self._window)
        powers = np.abs(self._spectra[-1, self._lowest :]) ** 2
        peak = int(powers.argmax())
        lobe = float(powers[max(0, peak - LOBE) : peak + LOBE + 1].sum())
        pure = lobe >= SHARE * float(powers.sum())
        # The window spreads a sine over bins whose powers add up to 1.5 of its own.
        loud = lobe / 1.5 >= 10 ** (LEAST_DB / 10)
        self._powers[-1] = lobe if pure and loud else 0.0
        return self._holds() and _even(self._spectra[:, self._lowest + peak], self._hops)

    def _holds(self) -> bool:
        """Whether there was a tone in all hops that did not fall."""
        least = np.maximum.accumulate(self._powers) * 10 ** (-FALL_DB / 10)
        return bool(self._powers.all() and (self._powers >= least).all())


def _even(bins: npt.NDArray[np.complex64], hops: npt.NDArray[np.float64]) -> bool:
    """Whether the phase of a bin, (hops,), advances evenly."""
    turns = np.angle(bins[1:] / bins[:-1])
    # The steps are equal up to whole turns and noise: unwrap them around the first.
    turns = turns[0] + np.angle(np.exp(1j * (turns - turns[0])))
    phase = np.append(0, np.cumsum(turns))
    phase -= phase.mean()
    phase -= hops * (hops @ phase) / (hops @ hops)
    return bool(np.sqrt(np.mean(phase**2)) <= UNEVEN)
