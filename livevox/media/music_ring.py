"""A lock-free ring buffer of decoded music, from the decoding thread to the audio worker."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from livevox.dsp.stft import Audio


class MusicRing:
    """Samples, (channels, n), each with its file's number and its position in the file. Positions
    in the ring never wrap.

    Only the decoding thread calls :meth:`put`; only the reading thread calls :meth:`take` and moves
    :attr:`read`. Neither checks for room.
    """

    def __init__(self, channels: int, capacity: int) -> None:
        self.channels = channels
        self.capacity = capacity
        self.written = 0
        """The write position."""
        self.read = 0
        """The read position; it may jump ahead."""
        # Filled with zeros, so that the audio worker meets no page faults.
        self._audio: Audio = np.full((channels, capacity), 0, np.float32)
        self._where: npt.NDArray[np.int64] = np.full((2, capacity), 0)

    @property
    def fill(self) -> int:
        """Number of samples to read."""
        return self.written - self.read

    def put(self, index: int, places: npt.NDArray[np.int64], audio: Audio) -> None:
        """Append samples of file ``index``, with their positions in it, (n,)."""
        n = audio.shape[1]
        at = self.written % self.capacity
        before_end = min(n, self.capacity - at)
        for first, last in ((0, before_end), (before_end, n)):
            begin = (at + first) % self.capacity
            into = slice(begin, begin + last - first)
            self._audio[:, into] = audio[:, first:last]
            self._where[0, into] = index
            self._where[1, into] = places[first:last]
        self.written += n

    def take(self, out: Audio) -> tuple[int, int]:
        """Fill ``out`` with the next samples, at least one; return the file and the position after
        them."""
        n = out.shape[1]
        at = self.read % self.capacity
        before_end = min(n, self.capacity - at)
        out[:, :before_end] = self._audio[:, at : at + before_end]
        out[:, before_end:] = self._audio[:, : n - before_end]
        index, sample = self.place_at(self.read + n - 1)
        self.read += n
        return index, sample + 1

    def ahead(self, at: int, samples: int) -> Audio:
        """A copy of the samples from a position in the ring on, at most so many."""
        end = min(at + samples, self.written)
        return self._audio[:, np.arange(at, end) % self.capacity]

    def file_end(self, at: int, until: int) -> int | None:
        """The first position after ``at`` and before ``until`` that has another file's sample than
        ``at``; None if there is none."""
        files = self._where[0, np.arange(at, until) % self.capacity]
        others = np.flatnonzero(files != files[:1])
        return at + int(others[0]) if len(others) else None

    def place_at(self, at: int) -> tuple[int, int]:
        """The file and the position in it of the sample at a position in the ring."""
        index, sample = self._where[:, at % self.capacity]
        return int(index), int(sample)
