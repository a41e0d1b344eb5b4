"""The waveform overview of a music file for the window.

    python -m livevox.media.overview FILE COLUMNS

writes the result of :func:`overview` to standard output as little-endian float32. It runs in its
own process because reading a long file takes seconds of CPU time.
"""

from __future__ import annotations

import sys
from math import inf
from pathlib import Path

import numpy as np

from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.media.files import open_audio

BLOCK = 65_536
"""Samples read at a time."""


def overview(path: Path, columns: int) -> Audio:
    """Minimum and maximum of a file's samples in ``columns`` equal spans of time, (columns, 2).

    All channels count; NaN and infinite samples count as silence. The file is read block by block.
    Raises LivevoxError if it can't be read or is damaged.
    """
    if columns < 1:
        raise LivevoxError(f"an overview of {columns} columns: give at least one")
    with open_audio(path) as source:
        bins = min(columns, source.samples)
        least, greatest = np.full(bins, inf, np.float32), np.full(bins, -inf, np.float32)
        at = 0
        for block in source.blocks(BLOCK):
            block = np.nan_to_num(block, nan=0, posinf=0, neginf=0)
            # If the file is longer than its header says, the last column takes the rest.
            place = np.arange(at, at + block.shape[1])
            bin_of = np.minimum(place * bins // source.samples, bins - 1)
            starts = np.flatnonzero(np.diff(bin_of, prepend=-1))
            into = bin_of[starts]
            low = np.minimum.reduceat(block.min(axis=0), starts)
            high = np.maximum.reduceat(block.max(axis=0), starts)
            least[into] = np.minimum(least[into], low)
            greatest[into] = np.maximum(greatest[into], high)
            at += block.shape[1]
    seen = np.stack([least, greatest])
    seen[np.isinf(seen)] = 0
    return np.asarray(seen[:, np.arange(columns) * bins // columns].T)


def main(path: str, columns: str) -> int:
    """Write the overview; return 1 and print one line if the file can't be read."""
    try:
        seen = overview(Path(path), int(columns))
    except LivevoxError as error:
        print(error, file=sys.stderr)
        return 1
    sys.stdout.buffer.write(seen.astype("<f4").tobytes())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
