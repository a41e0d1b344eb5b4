"""Stems that are kept on disk until their peak is known, so that one gain can lower them all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from livevox.dsp.stft import Audio
from livevox.media.disk import disk_errors

FULL_SCALE = 1 - 2**-14
"""Room for the dither of 16 bits."""


class Held:
    """Stems on disk, in a file in ``folder`` that vanishes with the process. A context manager.

    Raises LivevoxError if the disk is full.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 -- closed by __exit__
        self._blocks = 0
        self._peak = 0.0

    def __enter__(self) -> Held:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # a full disk has been reported
            self._file.close()

    @property
    def peak(self) -> float:
        """The largest magnitude of all stems."""
        return self._peak

    @property
    def gain(self) -> float:
        """The gain that lowers the peak to full scale, if it is above."""
        return min(1.0, FULL_SCALE / self._peak) if self._peak > FULL_SCALE else 1.0

    def write(self, stems: Sequence[Audio]) -> None:
        """Append a block of every stem, (channels, samples)."""
        block = np.stack(stems)
        self._peak = max(self._peak, float(np.abs(block).max(initial=0.0)))
        with disk_errors(self._folder):
            np.save(self._file, block)
        self._blocks += 1

    def scaled(self) -> Iterator[Audio]:
        """The blocks in order, (stems, channels, samples), with the gain."""
        with disk_errors(self._folder):
            self._file.seek(0)
        for _ in range(self._blocks):
            yield np.load(self._file) * np.float32(self.gain)
