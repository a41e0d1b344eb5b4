"""The picture of a file's waveform, coloured by singing activity."""

from __future__ import annotations

from typing import cast

import numpy as np
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QImage, QPixmap

from gui.look.colours import painted, rgb
from gui.look.theme import theme
from gui.model.singing_map import MARKS_PER_SECOND
from livevox.dsp.stft import Audio

SINGING = 0.5
"""Least probability at which a mark counts as singing."""
MARK_HEIGHT = 5


def waveform_picture(
    overview: Audio | None, marks: Audio, duration: float, widget_size: QSize, ratio: float
) -> QPixmap:
    """The waveform: orange for singing, blue for none, grey for not analysed yet; a bar below
    repeats this.

    ``overview`` has the minimum and maximum per column, (columns, 2); without it the picture is
    empty. ``marks`` come from a :class:`gui.model.singing_map.SingingMap`, ``duration`` is the
    file's in seconds, and ``ratio`` is the number of screen pixels per widget pixel.
    """
    t = theme()
    size = widget_size * ratio
    if overview is None:
        picture = QPixmap(size)
        picture.fill(t.colour("sunken"))
        return picture
    width, height = size.width(), size.height()
    bar = round(MARK_HEIGHT * ratio)
    rows = np.arange(height - bar - 2)[:, None]
    columns = np.arange(width) * len(overview) // width
    low = np.minimum.reduceat(overview[:, 0], columns)
    high = np.maximum.reduceat(overview[:, 1], columns)
    middle = len(rows) / 2
    scale = 0.94 * middle / max(float(np.abs(overview).max()), 1e-3)
    tops = middle - scale * high
    bottoms = np.maximum(middle - scale * low, tops + 0.5)
    covers = np.clip(np.minimum(bottoms, rows + 1) - np.maximum(tops, rows), 0, 1)
    kinds = _kinds(marks, duration, width)
    grounds, cover = rgb(t.sunken), np.zeros((height, width))
    cover[: len(rows)] = covers * np.where(kinds == 0, 0.5, 1)
    cover[height - bar :] = kinds == 2
    tones = np.array([rgb(t.neutral), rgb(t.music), rgb(t.voice)])[kinds]
    pixels = painted(grounds, tones, cover)
    image = QImage(cast(bytes, pixels.data), width, height, 4 * width, QImage.Format.Format_RGB32)
    # Copied because a pixmap may keep using the image's memory.
    picture = QPixmap.fromImage(image.copy())
    picture.setDevicePixelRatio(ratio)
    return picture


def _kinds(marks: Audio, duration: float, width: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """For every column of pixels: 0 unknown, 1 no singing, 2 singing."""
    if not len(marks):
        return np.zeros(width, np.int64)
    edges = np.arange(width + 1) * duration * MARKS_PER_SECOND / width
    first = np.minimum(edges[:-1].astype(np.int64), len(marks) - 1)
    greatest = np.maximum.reduceat(marks, first)
    return np.where(greatest < 0, 0, np.where(greatest < SINGING, 1, 2))
