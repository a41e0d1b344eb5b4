"""The frames of the last seconds, for the scrolling displays."""

from __future__ import annotations

import numpy as np

from gui.model.engine_reader import Frames
from livevox.dsp.stft import FRAME_RATE, NET_BINS
from livevox.live.telemetry import FRAMES

SECONDS = 10.0
"""The length of the displays."""


class FrameStore:
    """Ring buffers of :class:`gui.model.engine_reader.Frames`; frame k is at k modulo FRAMES.

    ``first`` to ``end`` are the known frames, ``heard`` is the one that is heard now.
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
        """Add frames. If they do not follow the known ones, those are discarded."""
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
        """The activity that is heard now, 0 if it is not known."""
        frame = int(self.heard)
        return float(self.activity[frame % FRAMES]) if self.first <= frame < self.end else 0.0


def span() -> float:
    """Frames that the displays show."""
    return SECONDS * FRAME_RATE
