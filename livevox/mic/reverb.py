"""The reverb: a feedback delay network (Jot and Chaigne, 1991) after two diffusers.

Eight delay lines feed each other through a Householder matrix, which keeps the energy; each line
loses as much as its length needs to decay by 60 dB in :data:`DECAY_SECONDS`, and more of its highs.
The diffusers are Schroeder's all-passes, with two of Freeverb's lengths.
"""

from __future__ import annotations

import numpy as np

from livevox.dsp.stft import Audio
from livevox.mic.delay_line import DelayLines

DECAY_SECONDS = 1.6
DAMPING = 0.25
"""Share of the sample before in each turn, which takes off the highs."""
LINES = (1031, 1187, 1297, 1423, 1549, 1657, 1789, 1931)
"""Lengths in samples at 44.1 kHz: primes, so that they share no echo."""
DIFFUSERS = (263, 556)
DIFFUSION = 0.5
LENGTHS_AT = 44_100
PIECE = 256
SILENCE = np.float32(1e-18)
"""Added to the input: numbers that decay further get slow to compute with."""
LEVEL = 0.45
"""Makes the reverb of a steady sound about as loud as the sound."""


class Reverb:
    """The reverb of (samples,) in stereo, without the sound itself."""

    def __init__(self, sample_rate: int) -> None:
        def scaled(length: int) -> int:
            # The sound of a piece must not reach into it.
            return max(PIECE, round(length * sample_rate / LENGTHS_AT))

        self._delays = np.array([scaled(length) for length in LINES])
        self._lines = DelayLines(len(LINES), int(self._delays.max()) + 1, PIECE + 1)
        kept = 10 ** (-3 * self._delays / (DECAY_SECONDS * sample_rate))
        self._near = ((1 - DAMPING) * kept[:, None]).astype(np.float32)
        self._far = (DAMPING * kept[:, None]).astype(np.float32)
        self._diffusers = [_Diffuser(scaled(length)) for length in DIFFUSERS]
        # Left are the even lines, right the odd ones, every other one inverted.
        signs = np.where(np.arange(len(LINES)) % 4 < 2, 1, -1)[:, None]
        self._signs = (LEVEL * signs).astype(np.float32)

    def process(self, block: Audio) -> Audio:
        """The reverb of the next samples, (2, samples)."""
        parts = [
            self._process(block[start : start + PIECE]) for start in range(0, len(block), PIECE)
        ]
        return np.concatenate(parts, axis=1)

    def _process(self, piece: Audio) -> Audio:
        piece = piece + SILENCE
        for diffuser in self._diffusers:
            piece = diffuser.process(piece)
        n = len(piece)
        held = self._lines.delayed(self._delays + 1, n + 1)
        out = self._near * held[:, 1:] + self._far * held[:, :-1]
        mixed = out - out.sum(axis=0) * np.float32(2 / len(LINES))
        self._lines.write(mixed + piece)
        out *= self._signs
        return np.stack([out[0::2].sum(axis=0), out[1::2].sum(axis=0)])

    def clear(self) -> None:
        """End the reverb."""
        for lines in (self._lines, *(diffuser.line for diffuser in self._diffusers)):
            lines.clear()


class _Diffuser:
    def __init__(self, delay: int) -> None:
        self._delay = [delay]
        self.line = DelayLines(1, delay, PIECE)

    def process(self, piece: Audio) -> Audio:
        held = self.line.delayed(self._delay, len(piece))[0]
        inner = piece + np.float32(DIFFUSION) * held
        self.line.write(inner[None])
        passed: Audio = held - np.float32(DIFFUSION) * inner
        return passed
