"""The overview of a music file, as a window draws it.

    python -m livevox.media.overview FILE COLUMNS

writes what :func:`overview` returns to its output, as little-endian float32. Reading a long file
takes seconds of a core, which neither a window's thread nor an engine can spare: hence a process.
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
"""Samples that are read at a time."""


def overview(path: Path, columns: int) -> Audio:
    """Least and greatest sample of a file in each of ``columns`` equal times, (columns, 2).

    All channels count; samples that are NaN or infinite count as silence. The file is read block
    by block. Raises LivevoxError where it can't be read or is damaged.
    """
    if columns < 1:
        raise LivevoxError(f"an overview of {columns} columns: give at least one")
    with open_audio(path) as source:
        bins = min(columns, source.samples)
        least, greatest = np.full(bins, inf, np.float32), np.full(bins, -inf, np.float32)
        at = 0
        for block in source.blocks(BLOCK):
            block = np.nan_to_num(block, nan=0, posinf=0, neginf=0)
            # Where the file is longer than it tells, the last bin takes the rest.
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
    """Write the overview; 1 and a line of errors where the file can't be read."""
    try:
        seen = overview(Path(path), int(columns))
    except LivevoxError as error:
        print(error, file=sys.stderr)
        return 1
    sys.stdout.buffer.write(seen.astype("<f4").tobytes())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
