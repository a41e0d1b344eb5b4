"""The position in the file of the sound that is heard now, computed from the telemetry."""

from __future__ import annotations

from collections import deque

from livevox.dsp.stft import FRAME_RATE
from livevox.live.telemetry import Place

SMOOTH_SECONDS = 0.002
"""Two reports of a position belong to one stretch of music where time and file differ by less."""
STRETCHES = 64


class Places:
    """Gives frames their seconds in the file, from reports of places, some ten a second.

    Between two reports in which both went on alike, each frame has its second; around a seek, the
    turn of a loop or another tempo it has none.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all reports."""
        self._stretches: deque[tuple[Place, float]] = deque(maxlen=STRETCHES)
        # First place and last frame.
        self._last: Place | None = None

    def report(self, place: Place) -> None:
        """Take the next report; a frame before that of the last one begins a new count."""
        if self._last is not None and place.frame < self._last.frame:
            self.clear()
        last, self._last = self._last, place
        if last is None or place.frame <= last.frame or place.tempo != last.tempo:
            return
        if abs(_second(last, place.frame) - place.second) < SMOOTH_SECONDS:
            self._stretches.append((last, place.frame))

    def at(self, frame: float) -> float | None:
        """The second of the file at a frame of the last few seconds, None where that is unclear."""
        for first, last in reversed(self._stretches):
            if first.frame <= frame <= last:
                return _second(first, frame)
        if self._stretches and self._last and self._stretches[-1][1] == self._last.frame < frame:
            return _second(self._last, frame)
        return None


class HeardPlace:
    """The second of the file that is heard, look by look."""

    def __init__(self) -> None:
        self._places = Places()

    def look(self, heard: float, place: Place, playing: bool) -> float:
        """The second that is heard where ``heard`` is the frame that is, and ``place`` the last
        place that was read.

        Where that is unclear, as in the moment after a seek, the music counts as having gone on
        evenly up to there.
        """
        self._places.report(place)
        known = self._places.at(heard)
        if known is not None:
            return known
        return max(0.0, _second(place, min(heard, place.frame))) if playing else place.second


def _second(place: Place, frame: float) -> float:
    """The second of the file at a frame near that place."""
    return place.second + place.tempo * (frame - place.frame) / FRAME_RATE
