"""Pieces of a queue at another tempo, and where in the file each of their samples belongs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from livevox.dsp.stft import Audio
from livevox.media.playlist import Piece
from livevox.media.stretch import Stretch, Stretcher


@dataclass(frozen=True)
class Placed:
    """Audio, (channels, n), of file ``index``; ``places`` (n,) are its samples' places there."""

    index: int
    places: npt.NDArray[np.int64]
    audio: Audio


def at_tempo(pieces: Iterable[Piece], tempo: float, sample_rate: int) -> Iterator[Placed]:
    """``pieces``, ``tempo`` times as fast, in their own key; each file lasts as long as it should,
    to the sample. The turns of loops are where they were."""
    for index, of_file in groupby(pieces, key=lambda piece: piece[0]):
        if tempo == 1:
            for _, start, audio in of_file:
                yield Placed(index, np.arange(start, start + audio.shape[1]), audio)
        else:
            yield from _stretched(index, of_file, tempo, sample_rate)


def _stretched(
    index: int, pieces: Iterable[Piece], tempo: float, sample_rate: int
) -> Iterator[Placed]:
    stretcher: Stretcher | None = None
    runs = _Runs(tempo)
    for _, start, audio in pieces:
        if stretcher is None:
            stretcher = Stretcher(sample_rate, audio.shape[0], Stretch(tempo))
        runs.add(start, audio.shape[1])
        ready = stretcher.feed(audio)
        if ready.shape[1]:
            yield Placed(index, runs.places(ready.shape[1]), ready)
    if stretcher is not None:
        rest = stretcher.flush()
        if rest.shape[1]:
            yield Placed(index, runs.places(rest.shape[1]), rest)


class _Runs:
    """Runs of samples that follow each other in a file, and their places after the stretch."""

    def __init__(self, tempo: float) -> None:
        self._tempo = tempo
        self._given = self._returned = 0
        # By run: the number of its first sample in the stream, and that sample's place.
        self._runs: list[tuple[int, int]] = []
        self._expected: int | None = None

    def add(self, start: int, samples: int) -> None:
        """The next samples of the stream are those from ``start`` on."""
        if start != self._expected:
            self._runs.append((self._given, start))
        self._expected = start + samples
        self._given += samples

    def places(self, samples: int) -> npt.NDArray[np.int64]:
        """The places of the next samples that come out, at least one."""
        out = np.arange(self._returned, self._returned + samples)
        self._returned += samples
        at = (out * self._tempo).astype(np.int64)
        while len(self._runs) > 1 and self._runs[1][0] <= at[0]:
            self._runs.pop(0)
        first, start = np.array(self._runs, np.int64).T
        run = np.searchsorted(first, at, side="right") - 1
        places: npt.NDArray[np.int64] = start[run] + at - first[run]
        return places
