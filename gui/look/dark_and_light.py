"""The colours of the window in its two themes.

Voice is orange and accompaniment blue everywhere, a pair that is distinct for all common kinds of
colour vision. Nothing important is shown by colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from PyQt6.QtGui import QColor


@dataclass(frozen=True)
class Theme:
    """Colours as #rrggbb. ``raised`` is for controls, ``sunken`` for displays, ``line`` for
    borders, ``dim`` for secondary text; the ``on_`` colours are for text on a coloured
    background."""

    dark: bool
    window: str
    panel: str
    raised: str
    hover: str
    sunken: str
    line: str
    text: str
    dim: str
    voice: str
    music: str
    neutral: str
    alarm: str
    warning: str
    focus: str
    on_colour: str

    def colour(self, name: str) -> QColor:
        """A colour by its name, for painting."""
        return QColor(_parsed(getattr(self, name)))


@cache
def _parsed(colour: str) -> QColor:
    return QColor(colour)


DARK = Theme(
    dark=True,
    window="#15181d",
    panel="#1c2027",
    raised="#2a303a",
    hover="#363e4b",
    sunken="#0c0e12",
    line="#3a424f",
    text="#eef1f5",
    dim="#a3adbb",
    voice="#ffa04d",
    music="#58adff",
    neutral="#c9d1dc",
    alarm="#ff6b6b",
    warning="#ffd166",
    focus="#ffffff",
    on_colour="#101216",
)
LIGHT = Theme(
    dark=False,
    window="#eceef2",
    panel="#f8f9fb",
    raised="#e1e5eb",
    hover="#d3d9e2",
    sunken="#ffffff",
    line="#bcc4d0",
    text="#14181f",
    dim="#515b6a",
    voice="#c75200",
    music="#0066c7",
    neutral="#5b6574",
    alarm="#c62828",
    warning="#8a6100",
    focus="#14181f",
    on_colour="#ffffff",
)


def mixed(a: QColor, b: QColor, share: float) -> QColor:
    """Mix ``share`` of ``a`` with the rest of ``b``."""
    return QColor.fromRgbF(
        *(share * x + (1 - share) * y for x, y in zip(a.getRgbF(), b.getRgbF(), strict=True))
    )
