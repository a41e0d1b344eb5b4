"""Timing of a network: frames in and out of a window, alignment and latency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from livevox.dsp.stft import HOP, N_FFT

Alignment = Literal["centre", "causal"]

GRID = 16
"""Four poolings by two: an output depends on its position modulo 16 on one absolute grid."""
CENTRE_CONTEXT = 46
"""Centre alignment: output j belongs to input frame j + 46 and depends on frames j to j + 92."""
CAUSAL_CONTEXT = 107
"""Causal alignment: output j depends on frames j to j + 107."""


@dataclass(frozen=True)
class Geometry:
    """The timing of one network. ``look_ahead`` is in frames.

    In the centre alignment (the paper's) it is always 46; in the causal one any value up to 107.
    Raises ValueError if alignment and look-ahead do not fit.
    """

    alignment: Alignment = "causal"
    look_ahead: int = 2

    def __post_init__(self) -> None:
        if self.alignment not in ("centre", "causal"):
            raise ValueError(f"alignment is '{self.alignment}': choose 'centre' or 'causal'")
        if self.alignment == "centre" and self.look_ahead != CENTRE_CONTEXT:
            raise ValueError(
                f"look_ahead is {self.look_ahead}: the centre alignment always has "
                f"{CENTRE_CONTEXT} frames; use the causal alignment for another"
            )
        if not 0 <= self.look_ahead <= CAUSAL_CONTEXT:
            raise ValueError(f"look_ahead is {self.look_ahead}: give 0 to {CAUSAL_CONTEXT} frames")

    @property
    def step(self) -> int:
        """Frames that become ready at once: 16, one grid cell, in the centre alignment."""
        return GRID if self.alignment == "centre" else 1

    @property
    def first_output_frame(self) -> int:
        """The frame of a window that its output 0 belongs to."""
        return CENTRE_CONTEXT if self.alignment == "centre" else CAUSAL_CONTEXT - self.look_ahead

    @property
    def lost_frames(self) -> int:
        """The number of frames minus the number of outputs of a window."""
        return 2 * CENTRE_CONTEXT if self.alignment == "centre" else CAUSAL_CONTEXT

    @property
    def latency(self) -> int:
        """Algorithmic latency in samples at 44.1 kHz."""
        return N_FFT + (self.look_ahead + self.step - 1) * HOP

    def window_frames(self, outputs: int) -> int:
        """The shortest valid window (14 modulo 16 frames) with at least ``outputs`` outputs.

        >>> Geometry("centre", 46).window_frames(16), Geometry("causal", 2).window_frames(115)
        (110, 222)
        """
        needed = outputs + self.lost_frames
        return needed + (14 - needed) % GRID
