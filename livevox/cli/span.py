"""The part of a file to work on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf
from typing import Annotated

import typer

from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.media.source import AudioSource

StartOption = Annotated[float, typer.Option("--start", help="skip so many seconds")]
DurationOption = Annotated[
    float | None, typer.Option("--duration", help="seconds, else to the end")
]


@dataclass(frozen=True)
class Span:
    """``duration`` seconds from ``start``, or up to the end. LivevoxError for other values."""

    start: float = 0.0
    duration: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start < inf:
            raise LivevoxError(f"--start is {self.start:g}: give seconds, 0 or more")
        if self.duration is not None and not 0 < self.duration < inf:
            raise LivevoxError(f"--duration is {self.duration:g}: give seconds above 0")

    def first(self, source: AudioSource) -> int:
        """The first sample. Raises LivevoxError if the file is shorter."""
        first = round(self.start * source.sample_rate)
        if first >= source.samples:
            length = source.samples / source.sample_rate
            raise LivevoxError(
                f"{source.path} has {length:.2f} s, but --start is {self.start:g}: give less"
            )
        return first

    def samples(self, source: AudioSource) -> int:
        """The length in samples, for the file's announced length."""
        rest = source.samples - self.first(source)
        return rest if self.duration is None else min(rest, self._wanted(source))

    def blocks(self, source: AudioSource, samples: int, lenient: bool) -> Iterator[Audio]:
        """The sound in blocks of ``samples``; see :meth:`AudioSource.blocks`."""
        blocks = source.blocks(samples, self.first(source), lenient)
        return blocks if self.duration is None else _limited(self._wanted(source), blocks)

    def _wanted(self, source: AudioSource) -> int:
        return max(1, round((self.duration or 0.0) * source.sample_rate))


WHOLE = Span()


def _limited(samples: int, blocks: Iterable[Audio]) -> Iterator[Audio]:
    for block in blocks:
        yield block[:, :samples]
        samples -= block.shape[1]
        if samples <= 0:
            return
