"""Growing WAV files that are valid at any time: 32-bit float, RF64 from 4 GiB on."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Self

import numpy as np

from livevox.dsp.stft import Audio

SAMPLE_BYTES = 4
WAV_HEADER_BYTES = 94


def wav_header(sample_rate: int, channels: int, samples: int) -> bytes:
    """The header for ``samples`` of 32-bit floats: WAV, or RF64 where WAV is too small.

    Both are equally long (EBU Tech 3306): in WAV, which more programs read, padding reserves the
    room for RF64's sizes.
    """
    frame = channels * SAMPLE_BYTES
    data = samples * frame
    riff = WAV_HEADER_BYTES - 8 + data
    wav = riff < 2**32

    def size(value: int) -> int:
        return value if wav else 2**32 - 1

    sizes = (0, 0, 0, 0) if wav else (riff, data, samples, 0)
    return b"".join(
        (
            struct.pack("<4sI4s", b"RIFF" if wav else b"RF64", size(riff), b"WAVE"),
            struct.pack("<4sIQQQI", b"JUNK" if wav else b"ds64", 28, *sizes),
            # Format 3 is IEEE float; the last 0 is the length of the absent extension.
            struct.pack("<4sIHHII", b"fmt ", 18, 3, channels, sample_rate, sample_rate * frame),
            struct.pack("<HHH", frame, 8 * SAMPLE_BYTES, 0),
            struct.pack("<4sII", b"fact", 4, size(samples)),
            struct.pack("<4sI", b"data", size(data)),
        )
    )


class GrowingFile:
    """A growing file; its first ``size`` bytes are valid."""

    def __init__(self, path: Path, beginning: bytes) -> None:
        # Unbuffered: the system holds written data, which survives a crash of this process.
        self._file = path.open("xb", buffering=0)
        self.size = 0
        try:
            self.write(beginning, 0)
        except OSError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def write(self, data: bytes, at: int) -> None:
        """Write all of ``data`` at byte ``at``; OSError if the disk takes only part of it."""
        self._file.seek(at)
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]
        self.size = max(self.size, at + len(data))

    def resize(self, size: int) -> None:
        """Truncate, or extend with zeros (most file systems store no data for these)."""
        self._file.truncate(size)
        self.size = size


class WavFile(GrowingFile):
    """A WAV file of floats; its header has the ``samples`` of the last :meth:`save`."""

    def __init__(self, path: Path, sample_rate: int, channels: int) -> None:
        super().__init__(path, wav_header(sample_rate, channels, 0))
        self._sample_rate = sample_rate
        self._channels = channels
        self.samples = 0

    def append(self, rows: Audio, gap: int) -> None:
        """Append (n, channels) samples, then a gap of silence."""
        self.write(np.asarray(rows, "<f4").tobytes(), self._end(self.samples))
        self.samples += len(rows)
        if gap:
            self.resize(self._end(self.samples + gap))
            self.samples += gap

    def shorten(self, samples: int) -> None:
        """Truncate to the first ``samples``."""
        self.samples = samples
        self.save()
        self.resize(self._end(samples))

    def save(self) -> None:
        """Update the header."""
        self.write(wav_header(self._sample_rate, self._channels, self.samples), 0)

    def _end(self, samples: int) -> int:
        return WAV_HEADER_BYTES + samples * self._channels * SAMPLE_BYTES
