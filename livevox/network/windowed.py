"""Streaming inference by windows on one absolute grid."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from livevox.dsp.stft import NET_BINS, Audio
from livevox.network.geometry import GRID, Geometry

LONGEST_OUTPUT = 640
"""Most output frames per window: bounds the memory, and keeps the overhead of context small."""


class WindowedMasker:
    """Runs a network over windows that start on multiples of 16 frames of the stream.

    On that grid the result does not depend on the sizes in which frames arrive (docs/design.md:
    windows 16 frames apart agree to float precision). Frames before the stream are silence.
    """

    def __init__(self, geometry: Geometry, run: Callable[[Audio], tuple[Audio, Audio]]) -> None:
        """``run`` maps one window as :meth:`livevox.network.model.Model.run` does."""
        self._geometry = geometry
        self._run = run
        self._next = 0
        self._start = self._window_start()
        self._frames: Audio = np.zeros((-self._start, NET_BINS), np.float32)

    def _window_start(self) -> int:
        """The latest grid line from which a window still yields the next output."""
        return (self._next - self._geometry.first_output_frame) // GRID * GRID

    def catch_up(self) -> None:
        """Nothing is left to do."""

    def feed(self, frames: Audio) -> tuple[Audio, Audio]:
        """Take (n, 257) log magnitudes; return the ready masks (m, 257) and activities (m,).

        Output i of the stream belongs to input i; it is ready once its look-ahead has arrived.
        """
        masks = [np.zeros((0, NET_BINS), np.float32)]
        activities = [np.zeros(0, np.float32)]
        if len(frames) == 0:
            return masks[0], activities[0]
        self._frames = np.concatenate([self._frames, frames])
        geometry = self._geometry
        known = self._start + len(self._frames)
        ready = (known - geometry.look_ahead) // geometry.step * geometry.step
        while self._next < ready:
            end = min(ready, self._next + LONGEST_OUTPUT)
            first_output = self._start + geometry.first_output_frame
            window = geometry.window_frames(end - first_output)
            # No returned value depends on the padding, which only completes the grid.
            missing = max(0, window - len(self._frames))
            padded = np.pad(self._frames[:window], ((0, missing), (0, 0)))
            mask, activity = self._run(padded)
            wanted = slice(self._next - first_output, end - first_output)
            masks.append(mask[wanted])
            activities.append(activity[wanted])
            self._next = end
            before, self._start = self._start, self._window_start()
            self._frames = self._frames[self._start - before :]
        return np.concatenate(masks), np.concatenate(activities)
