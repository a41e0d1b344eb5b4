"""The picture of a file's waveform, coloured by singing activity."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gui.look.quiet_pyqtgraph import pg
from gui.look.theme import theme
from gui.model.singing_map import MARKS_PER_SECOND
from livevox.dsp.stft import Audio

SINGING = 0.5
"""Least probability at which a mark counts as singing."""
MARK_HEIGHT = 5
"""Height of the bar below the waveform, which shows where somebody sings, in pixels."""
_LOUDEST = 0.94
_TONES = "neutral", "music", "voice"
"""By kind, see :func:`_kinds`."""


class WaveformPicture(pg.ItemGroup):  # type: ignore[misc]
    """The waveform: orange for singing, blue for none, grey for not analysed yet; a bar below
    repeats this.

    It is as wide as the file is long, in seconds, and reaches from 0 at the top to the height that
    is asked for, in pixels.
    """

    def __init__(self) -> None:
        super().__init__()
        self._tones = [pg.BarGraphItem(x0=[], width=0, y0=0, y1=0, pen=None) for _ in _TONES]
        self._singing = pg.BarGraphItem(x0=[], width=0, y0=0, y1=0, pen=None)
        for bars in (*self._tones, self._singing):
            # Drawn once: what moves over it would have it drawn with every frame.
            bars.setCacheMode(bars.CacheMode.DeviceCoordinateCache)
            self.addItem(bars)

    def show_waveform(
        self, overview: Audio | None, marks: Audio, duration: float, width: int, height: float
    ) -> None:
        """``overview`` has the minimum and maximum per column, (columns, 2); without it the picture
        is empty. ``marks`` come from a :class:`gui.model.singing_map.SingingMap`, ``duration`` is
        the file's in seconds, and ``width`` the number of bars."""
        self.setVisible(overview is not None and duration > 0)
        if overview is None or duration <= 0:
            return
        columns = np.arange(width) * len(overview) // width
        low = np.minimum.reduceat(overview[:, 0], columns)
        high = np.maximum.reduceat(overview[:, 1], columns)
        middle = (height - MARK_HEIGHT - 2) / 2
        scale = _LOUDEST * middle / max(float(np.abs(overview).max()), 1e-3)
        tops = middle - scale * high
        # A line where the file is silent.
        bottoms = np.maximum(middle - scale * low, tops + 0.5)
        kinds = _kinds(marks, duration, width)
        lefts, wide, t = np.arange(width) * duration / width, duration / width, theme()
        for kind, (bars, tone) in enumerate(zip(self._tones, _TONES, strict=True)):
            at = kinds == kind
            colour = t.colour(tone)
            colour.setAlphaF(0.5 if kind == 0 else 1)
            bars.setOpts(x0=lefts[at], width=wide, y0=tops[at], y1=bottoms[at], brush=colour)
        sung = lefts[kinds == 2]
        self._singing.setOpts(
            x0=sung, width=wide, y0=height - MARK_HEIGHT, y1=height, brush=t.voice
        )


def _kinds(marks: Audio, duration: float, width: int) -> npt.NDArray[np.int64]:
    """For every column of pixels: 0 unknown, 1 no singing, 2 singing."""
    if not len(marks):
        return np.zeros(width, np.int64)
    edges = np.arange(width + 1) * duration * MARKS_PER_SECOND / width
    first = np.minimum(edges[:-1].astype(np.int64), len(marks) - 1)
    greatest = np.maximum.reduceat(marks, first)
    return np.where(greatest < 0, 0, np.where(greatest < SINGING, 1, 2))
