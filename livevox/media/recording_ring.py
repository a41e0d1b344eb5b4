"""A wait-free ring buffer of sound to record, from the audio worker to the recorder's thread.

There is no lock: each side writes its own counters and only reads the other's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np

from livevox.dsp.stft import Audio


class RecordingRing:
    """Rows of (streams, channels) from one thread to another; dropped rows leave a gap.

    Only the writing thread calls :meth:`push` and :meth:`skip`, only the reading one :meth:`pull`.
    """

    def __init__(self, capacity: int, streams: int, channels: int) -> None:
        # Filled with zeros, so that the audio worker meets no page faults.
        self._rows: Audio = np.full((capacity, streams, channels), 0, np.float32)
        self._capacity = capacity
        self._written = 0
        self._read = 0
        self._gap = 0
        self._gaps: deque[tuple[int, int]] = deque()
        self.skipped = 0

    @property
    def room(self) -> int:
        """Number of rows that :meth:`push` can take."""
        return self._capacity - (self._written - self._read)

    def push(self, *streams: Audio) -> None:
        """Append streams, (channels, n) each."""
        n = streams[0].shape[1]
        at = self._written % self._capacity
        before_end = min(n, self._capacity - at)
        for index, stream in enumerate(streams):
            self._rows[at : at + before_end, index] = stream[:, :before_end].T
            self._rows[: n - before_end, index] = stream[:, before_end:].T
        if self._gap:
            self._gaps.append((self._written, self._gap))
            self._gap = 0
        self._written += n

    def skip(self, n: int) -> None:
        """Count n rows as a gap."""
        self._gap += n
        self.skipped += n

    def pull(self, most: int, last: bool) -> Iterator[tuple[Audio, int]]:
        """All rows, as views of at most ``most`` rows, each with the length of the gap after it.
        Requesting the next view frees the room of the last one."""
        while True:
            # Read this before the gaps: a gap is set before the rows after it are written.
            written = self._written
            ahead = self._gaps[0][0] if self._gaps else written
            at = self._read % self._capacity
            n = min(written - self._read, ahead - self._read, self._capacity - at, most)
            gap = 0
            if self._gaps and self._gaps[0][0] == self._read + n:
                gap = self._gaps.popleft()[1]
            elif last and self._read + n == written:
                gap, self._gap = self._gap, 0
            if n == 0 and gap == 0:
                return
            yield self._rows[at : at + n], gap
            self._read += n
