"""Delay lines: the last samples of several signals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from livevox.dsp.stft import Audio


class DelayLines:
    """Keeps (lines, samples); each line is read at a delay of its own."""

    def __init__(self, lines: int, longest: int, most: int) -> None:
        """``longest`` is the longest delay, ``most`` the most samples that are read or written at
        once."""
        self._length = 1 << (longest + most).bit_length()
        self._data: Audio = np.zeros(lines * self._length, np.float32)
        self._starts = self._length * np.arange(lines)[:, None]
        self._steps: npt.NDArray[np.int64] = np.arange(most)
        self._at = 0

    def delayed(self, delays: Sequence[int] | npt.NDArray[np.int64], n: int) -> Audio:
        """The next ``n`` samples, (lines, n), as they will have been ``delays`` samples before,
        which is at least ``n``."""
        at = self._at - np.asarray(delays)[:, None] + self._steps[:n]
        return self._data.take(self._starts + (at & self._length - 1))

    def clear(self) -> None:
        """Forget all samples."""
        if self._at:
            self._data[:] = 0
            self._at = 0

    def write(self, block: Audio) -> None:
        """Append (lines, n)."""
        n = block.shape[1]
        at = (self._at + self._steps[:n]) & self._length - 1
        self._data[self._starts + at] = block
        self._at += n
