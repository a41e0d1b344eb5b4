"""FFmpeg's times of an audio stream, in samples."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

import av
from av.audio.stream import AudioStream
from av.container import InputContainer

COARSE_ERROR_SECONDS = 0.1
"""The error of times whose unit is more than two samples, such as Matroska's milliseconds."""
SHIFTED = frozenset(("mpeg",))
"""FFmpeg's names of containers in which it gives some packets the time of the next one: DVDs."""
WITH_DURATION = frozenset(
    (
        "aiff",
        "ape",
        "asf",
        "au",
        "caf",
        "flac",
        "matroska",
        "tak",
        "tta",
        "w64",
        "wav",
        "webm",
        "wv",
    )
)
"""FFmpeg's names of containers whose headers state a duration. It estimates that of others."""


@dataclass(frozen=True)
class StreamTimes:
    """``tick`` is the unit of FFmpeg's times, and ``origin`` the time of the first sample.

    Both are in samples at ``sample_rate`` Hz. ``shifted``: times can be too late, by one packet.
    """

    sample_rate: int
    tick: Fraction = Fraction(1)
    origin: float = 0.0
    shifted: bool = False

    @classmethod
    def of(
        cls, audio: AudioStream, sample_rate: int, first: int | None, formats: frozenset[str]
    ) -> StreamTimes:
        """The times of a stream whose first frame has the time ``first``, in ticks.

        ``formats`` are FFmpeg's names of the container.
        """
        tick = (audio.time_base or Fraction(1)) * sample_rate
        origin = 0.0 if first is None else float(first * tick)
        return cls(sample_rate, tick, origin, bool(formats & SHIFTED))

    @property
    def exact(self) -> bool:
        """Whether a time gives the exact position of a sample."""
        return self.tick <= 1 and not self.shifted

    @property
    def error(self) -> float:
        """The error of a time, in samples."""
        return COARSE_ERROR_SECONDS * self.sample_rate if self.tick > 2 else 0.0

    def least_gap(self, samples: int) -> float:
        """The shortest gap before a packet of ``samples`` that shows that another one is lost."""
        return max((1.9 if self.shifted else 0.9) * samples, self.error)

    def duration(self, ticks: int | None) -> float | None:
        """In samples."""
        return None if ticks is None else float(ticks * self.tick)

    def position(self, ticks: int | None) -> float | None:
        """Of a time, in samples after the first one."""
        return None if ticks is None else float(ticks * self.tick) - self.origin

    def time(self, position: int) -> int:
        """Of a position in samples after the first one, in ticks."""
        return int((position + self.origin) / self.tick)

    def seconds(self, position: float) -> str:
        """A position in samples as text, such as "1.75 s"."""
        return f"{max(0.0, position) / self.sample_rate:.2f} s"

    def container_duration(self, container: InputContainer, audio: AudioStream) -> float | None:
        """The duration that the container states, in samples.

        With several streams, it may be that of another one; a tag may state this one's. Both are
        the time of the end, even if the sound starts late.
        """
        end = 0.0
        if len(container.streams) == 1:
            end = (container.duration or 0) / av.time_base
        else:
            with suppress(ValueError):
                hours, minutes, seconds = audio.metadata.get("DURATION", "").split(":")
                end = 3600 * int(hours) + 60 * int(minutes) + float(seconds)
        return max(0.0, end * self.sample_rate - max(0.0, self.origin)) or None
