"""Singing activity over the playing file, from the engine's frames."""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from livevox.dsp.stft import Audio
from livevox.live.heard_place import Places
from livevox.live.telemetry import Place

MARKS_PER_SECOND = 20
UNKNOWN = -1.0


class SingingMap:
    """Combines reports of places in the file with activity by frame.

    Frames without a second are left out, see :class:`livevox.live.heard_place.Places`.
    """

    def __init__(self) -> None:
        self.marks: Audio = np.zeros(0, np.float32)
        """Greatest probability of singing in each 1 / MARKS_PER_SECOND s, or UNKNOWN."""
        self._places = Places()
        self._pending: deque[tuple[int, float]] = deque()

    def begin(self, seconds: float) -> None:
        """Begin with another file, of that length."""
        length = max(1, int(np.ceil(seconds * MARKS_PER_SECOND)))
        self.marks = np.full(length, UNKNOWN, np.float32)
        self.restart()

    def restart(self) -> None:
        """The frame count restarts at 0; the marks stay."""
        self._places.clear()
        self._pending.clear()

    def report(self, place: Place) -> bool:
        """Report which frame has which of the file's audio; return whether there are new marks."""
        self._places.report(place)
        return self._settle(place.frame)

    def add(self, first: int, activity: npt.NDArray[np.float32]) -> None:
        """Add the activity of the frames from ``first`` on."""
        self._pending.extend(enumerate(map(float, activity), first))

    def _settle(self, end: float) -> bool:
        """Mark the frames up to ``end``, whose seconds are known now."""
        changed = False
        while self._pending and self._pending[0][0] <= end:
            frame, probability = self._pending.popleft()
            second = self._places.at(frame)
            if second is None:
                continue
            mark = int(second * MARKS_PER_SECOND)
            if 0 <= mark < len(self.marks) and probability > self.marks[mark]:
                self.marks[mark] = probability
                changed = True
        return changed
