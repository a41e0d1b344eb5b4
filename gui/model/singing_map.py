"""Singing activity over the playing file, from the engine's frames."""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from livevox.dsp.stft import FRAME_RATE, Audio

MARKS_PER_SECOND = 20
UNKNOWN = -1.0
SMOOTH_SECONDS = 0.03
"""Greatest difference of elapsed time and position between two reports of one stretch."""
STRETCHES = 64


class SingingMap:
    """Combines reports of (frame, second in the file), about ten a second, with activity by frame.

    Between two reports of continuous playback, the second of each frame is known. Frames around a
    seek or the end of a loop are left out.
    """

    def __init__(self) -> None:
        self.marks: Audio = np.zeros(0, np.float32)
        """Greatest probability of singing in each 1 / MARKS_PER_SECOND s, or UNKNOWN."""
        self._stretches: deque[tuple[float, float, float]] = deque(maxlen=STRETCHES)
        """First and last frame, and the first one's second."""
        self._last: tuple[float, float] | None = None
        self._pending: deque[tuple[int, float]] = deque()

    def begin(self, seconds: float) -> None:
        """Begin with another file, of that length."""
        length = max(1, int(np.ceil(seconds * MARKS_PER_SECOND)))
        self.marks = np.full(length, UNKNOWN, np.float32)
        self.restart()

    def restart(self) -> None:
        """The frame count restarts at 0; the marks stay."""
        self._stretches.clear()
        self._pending.clear()
        self._last = None

    def at(self, frame: float) -> float | None:
        """The second of the file at a frame of the last few seconds, None if unknown."""
        for first, last, second in reversed(self._stretches):
            if first <= frame <= last:
                return second + (frame - first) / FRAME_RATE
        if self._stretches and self._last and self._stretches[-1][1] == self._last[0] < frame:
            return self._last[1] + (frame - self._last[0]) / FRAME_RATE
        return None

    def report(self, frame: float, second: float) -> bool:
        """Report that ``frame`` has the file's audio at ``second``; return whether there are new
        marks."""
        last, self._last = self._last, (frame, second)
        if last is not None and frame > last[0]:
            passed, played = (frame - last[0]) / FRAME_RATE, second - last[1]
            if abs(passed - played) < SMOOTH_SECONDS:
                self._stretches.append((last[0], frame, last[1]))
        return self._settle(frame)

    def add(self, first: int, activity: npt.NDArray[np.float32]) -> None:
        """Add the activity of the frames from ``first`` on."""
        self._pending.extend(enumerate(map(float, activity), first))

    def _settle(self, end: float) -> bool:
        """Mark the frames up to ``end``, whose seconds are known now."""
        changed = False
        while self._pending and self._pending[0][0] <= end:
            frame, probability = self._pending.popleft()
            second = self.at(frame)
            if second is None:
                continue
            mark = int(second * MARKS_PER_SECOND)
            if 0 <= mark < len(self.marks) and probability > self.marks[mark]:
                self.marks[mark] = probability
                changed = True
        return changed
