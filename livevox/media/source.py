"""The interface of an open audio file, whichever library decodes it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from math import ceil
from pathlib import Path

import numpy as np

from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.media.headers import OggPages


class DamagedError(LivevoxError):
    """The file is shorter than its header says, or part of it can't be decoded."""


class AudioSource(ABC):
    """An open audio file: ``samples`` per channel at ``sample_rate`` Hz. A wrong time in the file
    can make them up to two packets too many.

    ``layout`` is the channel layout by FFmpeg's name ("5.1"), with the channels in the order of WAV
    files; None if it is not known. ``tracks`` describes all audio tracks of the file, ``track`` is
    the index of this one. It begins ``begins`` seconds after the file; if a video's sound starts
    after its pictures, silence comes first. ``damage`` lists the damage that was found on opening
    and on reading.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sample_rate = 0
        self.channels = 0
        self.samples = 0
        self.layout: str | None = None
        self.tracks: tuple[str, ...] = ("",)
        self.track = 0
        self.begins = 0.0
        self.damage: list[str] = []

    def blocks(self, samples: int, first: int = 0, lenient: bool = False) -> Iterator[Audio]:
        """The audio from sample ``first`` on as float32 (channels, ``samples`` or, at the end,
        fewer).

        Raises DamagedError after the last sample before damaged data, and at the end if the file
        is shorter than its header says. If ``lenient``, returns everything that can be decoded, and
        ``damage`` lists what is wrong.
        """
        if first >= self.samples:
            return
        held: list[Audio] = []
        count = 0
        failure: DamagedError | None = None
        chunks = self._read(first, lenient)
        while True:
            try:
                chunk = next(chunks, None)
            except DamagedError as error:
                failure, chunk = error, None
            if chunk is None:
                break
            held.append(chunk)
            count += chunk.shape[1]
            if count >= samples:
                joined = np.concatenate(held, axis=1) if len(held) > 1 else chunk
                whole = count - count % samples
                for start in range(0, whole, samples):
                    yield joined[:, start : start + samples]
                held, count = [joined[:, whole:]], count - whole
        if count:
            yield np.concatenate(held, axis=1)
        if failure:
            raise failure
        if not lenient:
            self.check()

    def check(self) -> None:
        """Raise DamagedError if the file is known to be damaged."""
        if self.damage:
            raise self._error(self.damage[0])

    @abstractmethod
    def _read(self, first: int, lenient: bool) -> Iterator[Audio]:
        """The audio from sample ``first`` on, in pieces of any length; calls :meth:`_damaged`."""

    @abstractmethod
    def close(self) -> None:
        """Close the file."""

    def _damaged(self, what: str, lenient: bool) -> None:
        """Add to ``damage``, and raise DamagedError unless ``lenient``."""
        if what not in self.damage:
            self.damage.append(what)
        if not lenient:
            raise self._error(what)

    def _error(self, what: str) -> DamagedError:
        return DamagedError(f"{self.path} is damaged: {what}: get a good copy")

    def _check_pages(self, pages: OggPages) -> None:
        if pages.damaged_after is not None:
            place = pages.damaged_after / self.sample_rate
            self._damaged(f"the data after {place:.2f} s are corrupt", lenient=True)
        if not pages.whole:
            self._damaged("its end is missing", lenient=True)

    def _of(self, there: float, announced: float) -> str:
        """A text that says how much of the file is there. Both are in samples."""
        missing = ceil(announced - there)
        if missing < self.sample_rate / 100:  # the seconds would look the same
            return f"at its end {missing} of {ceil(announced)} samples are missing"
        return (
            f"{there / self.sample_rate:.2f} of {announced / self.sample_rate:.2f} s are there "
            f"({round(there)} of {round(announced)} samples)"
        )
