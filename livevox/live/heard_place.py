"""The position in the file of the sound that is heard now, computed from the telemetry."""

from __future__ import annotations

from collections import deque

from livevox.dsp.stft import FRAME_RATE

SMOOTH_SECONDS = 0.002
"""Two reports of a position belong to one stretch of music where time and file differ by less."""
STRETCHES = 64


class Places:
    """Gives frames their seconds in the file, from reports of (frame, second), some ten a second.

    Between two reports in which both went on alike, each frame has its second; around a seek or
    the turn of a loop it has none.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all reports."""
        self._stretches: deque[tuple[float, float, float]] = deque(maxlen=STRETCHES)
        # First and last frame, and the first one's second.
        self._last: tuple[float, float] | None = None

    def report(self, frame: float, second: float) -> None:
        """Frame ``frame`` is made of the file's audio at ``second``; one that is less than the one
        before begins a new count."""
        if self._last is not None and frame < self._last[0]:
            self.clear()
        last, self._last = self._last, (frame, second)
        if last is not None and frame > last[0]:
            passed, played = (frame - last[0]) / FRAME_RATE, second - last[1]
            if abs(passed - played) < SMOOTH_SECONDS:
                self._stretches.append((last[0], frame, last[1]))

    def at(self, frame: float) -> float | None:
        """The second of the file at a frame of the last few seconds, None where that is unclear."""
        for first, last, second in reversed(self._stretches):
            if first <= frame <= last:
                return second + (frame - first) / FRAME_RATE
        if self._stretches and self._last and self._stretches[-1][1] == self._last[0] < frame:
            return self._last[1] + (frame - self._last[0]) / FRAME_RATE
        return None


class HeardPlace:
    """The second of the file that is heard, look by look."""

    def __init__(self) -> None:
        self._places = Places()

    def look(self, heard: float, second: float, frame: float, playing: bool) -> float:
        """The second that is heard where ``heard`` is the frame that is; the file's audio at
        ``second`` becomes the frame ``frame``.

        Where that is unclear, as in the moment after a seek, the music counts as having gone on
        evenly up to ``second``.
        """
        self._places.report(frame, second)
        known = self._places.at(heard)
        if known is not None:
            return known
        return max(0.0, second + min(0.0, heard - frame) / FRAME_RATE) if playing else second
