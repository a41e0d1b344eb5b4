"""First in, first out, for (channels, samples) audio."""

from __future__ import annotations

import numpy as np

from livevox.dsp.stft import Audio


class Fifo:
    """A queue of samples in one array, which grows to the largest fill and is reused."""

    def __init__(self, channels: int, fill: int = 0) -> None:
        """Start with ``fill`` samples of silence."""
        self._data: Audio = np.zeros((channels, max(4096, 2 * fill)), np.float32)
        self._read = 0
        self._write = fill

    def __len__(self) -> int:
        return self._write - self._read

    def push(self, block: Audio) -> None:
        """Append (channels, n) samples."""
        n = block.shape[1]
        if self._write + n > self._data.shape[1]:
            kept = self._data[:, self._read : self._write]
            needed = kept.shape[1] + n
            if needed > self._data.shape[1] // 2:
                data = np.zeros((len(self._data), 2 * needed), np.float32)
                data[:, : kept.shape[1]] = kept
                self._data = data
            else:
                self._data[:, : kept.shape[1]] = kept.copy()
            self._read, self._write = 0, kept.shape[1]
        self._data[:, self._write : self._write + n] = block
        self._write += n

    def pop(self, n: int) -> Audio:
        """Remove and return the oldest ``n`` samples; IndexError if there are fewer."""
        if n > len(self):
            raise IndexError(f"{n} samples requested, but the queue holds {len(self)}")
        self._read += n
        return self._data[:, self._read - n : self._read].copy()
