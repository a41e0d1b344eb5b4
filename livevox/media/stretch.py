"""Another tempo and another key, by FFmpeg's filters, which come with PyAV.

``atempo`` changes the tempo: it moves short pieces and cross-fades them where they fit best
(WSOLA). The key is changed by playing at another rate, resampled, and then restoring the tempo.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from math import ceil, log2

import av
import av.filter
import numpy as np

from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError

MIN_TEMPO, MAX_TEMPO = 0.5, 1.5
"""Relative to the original."""
MAX_KEY = 600.0
"""Cents up or down: six semitones."""
SLOWEST = 0.5
"""The smallest factor that one ``atempo`` takes."""
TAIL_SECONDS = 0.25
"""Silence after the end, longer than the pieces that ``atempo`` moves."""


@dataclass(frozen=True)
class Stretch:
    """A tempo, as a factor, and a key, in cents above the original.

    Raises LivevoxError if one is out of range.
    """

    tempo: float = 1.0
    key: float = 0.0

    def __post_init__(self) -> None:
        if not MIN_TEMPO <= self.tempo <= MAX_TEMPO:
            raise LivevoxError(
                f"tempo is {100 * self.tempo:g} %: "
                f"give {100 * MIN_TEMPO:g} to {100 * MAX_TEMPO:g} %"
            )
        if not -MAX_KEY <= self.key <= MAX_KEY:
            raise LivevoxError(
                f"key is {self.key / 100:g} semitones: "
                f"give {-MAX_KEY / 100:g} to {MAX_KEY / 100:g} semitones"
            )

    def samples(self, original: int) -> int:
        """The length of a sound that has ``original`` samples."""
        return round(original / self.tempo)

    def stems(self, blocks: Iterable[list[Audio]], sample_rate: int) -> Iterator[list[Audio]]:
        """Change stems, blocks of (channels, samples) each, so that they stay in time together."""
        stretcher: Stretcher | None = None
        edges: list[int] = []
        for block in blocks:
            if stretcher is None:
                edges = list(accumulate(len(stem) for stem in block))
                stretcher = Stretcher(sample_rate, edges.pop(), self)
            yield np.split(stretcher.feed(np.concatenate(block)), edges)
        if stretcher is not None:
            yield np.split(stretcher.flush(), edges)


class Stretcher:
    """Changes tempo and key of a stream of (``channels``, samples) at ``sample_rate`` Hz.

    All channels are moved together. Sounds are within 50 ms of their place.
    """

    def __init__(self, sample_rate: int, channels: int, stretch: Stretch) -> None:
        self._rate, self._channels, self._stretch = sample_rate, channels, stretch
        self._given = self._returned = 0
        self._time_base = Fraction(1, sample_rate)
        self._layout = f"{channels}C"
        played_at = round(sample_rate * 2 ** (stretch.key / 1200))
        self._unchanged = stretch.tempo == 1 and played_at == sample_rate
        if not self._unchanged:
            self._source, self._sink = self._chain(played_at)

    def feed(self, block: Audio) -> Audio:
        """Take (channels, n); return the samples that became ready, (channels, m)."""
        if self._unchanged:
            return block
        self._push(block)
        self._given += block.shape[1]
        ready = self._pulled()
        self._returned += ready.shape[1]
        return ready

    def flush(self) -> Audio:
        """The rest, (channels, m): all in all, as many samples as were fed divided by the tempo."""
        left = self._stretch.samples(self._given) - self._returned
        if self._unchanged or left <= 0:
            return np.zeros((self._channels, 0), np.float32)
        # As much input as is surely needed, at any tempo.
        self._push(np.zeros((self._channels, ceil(TAIL_SECONDS * self._rate)), np.float32))
        self._source.push(None)
        rest = self._pulled()[:, :left]
        return np.pad(rest, ((0, 0), (0, left - rest.shape[1])))

    def _chain(self, played_at: int) -> tuple[av.filter.FilterContext, av.filter.FilterContext]:
        graph = self._graph = av.filter.Graph()
        facts = f"sample_rate={self._rate}:sample_fmt=flt:channel_layout={self._layout}"
        nodes = [graph.add("abuffer", f"{facts}:time_base={self._time_base}")]
        if played_at != self._rate:
            nodes.append(graph.add("asetrate", str(played_at)))
            nodes.append(graph.add("aresample", str(self._rate)))
        factor = self._stretch.tempo * self._rate / played_at
        parts = max(1, ceil(log2(factor) / log2(SLOWEST)))
        nodes += [graph.add("atempo", repr(factor ** (1 / parts))) for _ in range(parts)]
        nodes.append(graph.add("aformat", "sample_fmts=flt"))
        nodes.append(graph.add("abuffersink"))
        for before, after in pairwise(nodes):
            before.link_to(after)
        graph.configure()
        return nodes[0], nodes[-1]

    def _push(self, block: Audio) -> None:
        if not block.shape[1]:
            return  # FFmpeg takes no empty frame.
        # Interleaved: PyAV has no frames of more than eight planes.
        packed = np.ascontiguousarray(block.T, np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=self._layout)
        frame.sample_rate, frame.time_base, frame.pts = self._rate, self._time_base, self._given
        self._source.push(frame)

    def _pulled(self) -> Audio:
        empty = np.zeros((self._channels, 0), np.float32)
        return np.concatenate([empty, *self._frames()], axis=1)

    def _frames(self) -> Iterator[Audio]:
        while True:
            try:
                frame = self._sink.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            assert isinstance(frame, av.AudioFrame)
            yield np.asarray(frame.to_ndarray(), np.float32).reshape(-1, self._channels).T
