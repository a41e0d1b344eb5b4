"""The key of a live stream: a pitch shifter that costs and delays nothing until it is used."""

from __future__ import annotations

import numpy as np

from livevox.dsp.finite import finite
from livevox.dsp.pitch import PitchShifter
from livevox.dsp.ramp import Ramp
from livevox.dsp.stft import Audio

HOLD_SECONDS = 1.0
"""The shifter stays on for so long after the return to the original key: a fader may pass it."""

LOUDEST = np.float32(1e6)
"""Larger samples are no sound, and would overflow in the shifter."""


class Transposer:
    """Transposes (``channels``, samples) at ``sample_rate`` Hz by semitones, fractions allowed.

    In the original key the stream passes as it is. The first change fills the shifter, and then
    cross-fades to its output, which is later by :attr:`latency`; further changes only change the
    pitch. A second after the return to the original key it cross-fades back.
    """

    def __init__(self, sample_rate: int, channels: int, semitones: float = 0.0) -> None:
        """See :meth:`reset`."""
        self._rate = sample_rate
        self._channels = channels
        self._shifter = PitchShifter(sample_rate, channels)
        # The stream's sudden start in the shifter sounds in the first window that comes out.
        self._filling = 2 * self._shifter.latency
        self.non_finite = 0
        """Number of NaN or infinite samples so far that were replaced by 0."""
        self.reset(semitones)

    def reset(self, semitones: float = 0.0) -> None:
        """Start a new stream. In another key than the original it is shifted from the start."""
        self._shifter.reset()
        self._on = self._shifted = semitones != 0
        self._filled = self._filling
        """Samples in the shifter since it was turned on."""
        self._unused = 0
        """Samples since the return to the original key."""
        self._wet = Ramp(float(self._shifted), self._rate)

    @property
    def latency(self) -> int:
        """In samples: that of the shifter, or 0 where the stream passes as it is."""
        return self._shifter.latency if self._shifted else 0

    def feed(self, block: Audio, semitones: float) -> Audio:
        """Take (channels, n) samples; return as many. Raises ValueError for another shape."""
        if block.ndim != 2 or block.shape[0] != self._channels:
            raise ValueError(f"a block of shape {block.shape} is not ({self._channels}, samples)")
        samples = block.shape[1]
        if not samples:
            return block
        self._unused = 0 if semitones else self._unused + samples
        if not self._on:
            if not semitones:
                return block
            self._shifter.reset()
            self._on, self._filled = True, 0
        block, replaced = finite(block)
        self.non_finite += replaced
        block = np.clip(block, -LOUDEST, LOUDEST)
        shifted = self._shifter.feed(block, 2 ** (semitones / 12))
        used = self._unused <= HOLD_SECONDS * self._rate
        self._shifted = used and self._filled >= self._filling
        self._filled += samples
        wet = self._wet.advance(float(self._shifted), samples)
        # In the original key again, once it has faded.
        self._on = used or bool(wet.any())
        return wet * shifted + (1 - wet) * block
