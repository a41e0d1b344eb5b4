"""The frames of the last seconds, as the scrolling displays need them."""

from __future__ import annotations

import numpy as np

from gui.model.engine_reader import Frames
from livevox.dsp.stft import FRAME_RATE, NET_BINS
from livevox.live.telemetry import FRAMES

SECONDS = 10.0
"""That the displays show."""


class FrameStore:
    """Rings of what :class:`gui.model.engine_reader.Frames` brought; frame k is at k modulo FRAMES.

    ``first`` to ``end`` are the frames that are known, ``heard`` is the one that is heard now.
    """

    def __init__(self) -> None:
        self.activity = np.zeros(FRAMES, np.float32)
        self.spectrogram = np.zeros((FRAMES, NET_BINS), np.float32)
        self.mask = np.zeros((FRAMES, NET_BINS), np.float32)
        self.clear()

    def clear(self) -> None:
        """Forget all frames."""
        self.first = self.end = 0
        self.heard = 0.0
        self.generation = getattr(self, "generation", 0) + 1

    def append(self, frames: Frames) -> None:
        """Add frames; those that were missed in between are lost."""
        count = len(frames.activity)
        if frames.first != self.end:
            self.first = frames.first
            self.generation += 1
        at = np.arange(frames.first, frames.first + count) % FRAMES
        self.activity[at] = frames.activity
        self.spectrogram[at] = frames.spectrogram
        self.mask[at] = frames.mask
        self.end = frames.first + count
        self.first = max(self.first, self.end - FRAMES)

    def activity_heard(self) -> float:
        """The activity that is heard now, 0 where it is not known."""
        frame = int(self.heard)
        return float(self.activity[frame % FRAMES]) if self.first <= frame < self.end else 0.0


def span() -> float:
    """Frames that the displays show."""
    return SECONDS * FRAME_RATE
