"""A sound file that is being written."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np

from livevox.dsp.stft import Audio
from livevox.media.disk import disk_errors


class AudioSink(ABC):
    """A file being written; take it from :func:`livevox.media.writing.writing`.

    ``sample_rate`` is the file's own, and ``samples`` are counted at it.
    """

    def __init__(self, path: Path, sample_rate: int) -> None:
        self.path = path
        self.sample_rate = sample_rate
        self.samples = 0
        self.above = 0
        """The number of samples above full scale so far."""

    def write(self, block: Audio) -> None:
        """Append (channels, samples). Raises LivevoxError if the disk fails or is full."""
        with disk_errors(self.path):
            self.samples += self._write(block)
        self.above += int(np.count_nonzero(np.abs(block) > 1))

    @property
    def clips(self) -> bool:
        """Whether the format ends at full scale."""
        return False

    @abstractmethod
    def _write(self, block: Audio) -> int:
        """Append a block; so many samples of the file it is."""

    @abstractmethod
    def finish(self) -> None:
        """Write buffered audio, and close the file."""
