"""The colours of the spectrogram: brightness for the level, hue for the source.

The table is built in Oklab, a perceptually uniform colour space. Lightness depends on magnitude
only, so that the picture reads the same in grey and with any colour vision. The mask goes from blue
through grey to orange.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from livevox.dsp.stft import Audio

MAGNITUDES, MASKS = 128, 64
"""Size of the table."""
Colours = npt.NDArray[np.uint32]
"""Colours as 0xffrrggbb, QImage's Format_RGB32."""

_VOICE_HUE, _MUSIC_HUE = np.radians(62.0), np.radians(250.0)
_CHROMA = 0.17

_OKLAB_TO_LMS = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
_LMS_TO_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)
"""Conversion from Oklab (Björn Ottosson) to linear sRGB, in two steps."""

_LEVELS, _HUES = 32, 8
"""Steps of magnitude and mask in the lookup table: 256 entries, one byte for each pixel."""

Floats = npt.NDArray[np.float64]


@cache
def colour_table(dark: bool, background: str) -> Colours:
    """(MAGNITUDES, MASKS) colours, from ``background`` (#rrggbb) for silence to the brightest (on a
    light background the darkest) for the loudest."""
    loud = np.linspace(0, 1, MAGNITUDES)[:, None]
    mask = np.linspace(0, 1, MASKS)[None, :]
    ground = _lightness(background)
    lightness = ground + loud * ((0.95 if dark else 0.25) - ground) + 0 * mask
    # Pure colours at the ends, grey in between: a third hue would look like a third source.
    share = _eased(mask)
    direction = share * np.exp(1j * _VOICE_HUE) + (1 - share) * np.exp(1j * _MUSIC_HUE)
    wanted = _CHROMA * np.minimum(1, 2.2 * loud) * direction
    return _packed(_to_rgb(lightness, wanted * _gamut(lightness, wanted)))


@cache
def lookup_table(dark: bool, background: str) -> npt.NDArray[np.uint8]:
    """(256, 3) colours of :func:`colour_table` as red, green and blue; of :func:`positions`."""
    levels = np.linspace(0, MAGNITUDES - 1, _LEVELS).round().astype(np.intp)
    hues = np.linspace(0, MASKS - 1, _HUES).round().astype(np.intp)
    packed = colour_table(dark, background)[levels[:, None], hues].reshape(-1, 1)
    return (packed >> np.array([16, 8, 0], np.uint32) & 0xFF).astype(np.uint8)


def positions(loud: Audio, mask: Audio) -> npt.NDArray[np.uint8]:
    """Positions in the :func:`lookup_table` of magnitudes and masks from 0 to 1."""
    level = (loud * (_LEVELS - 1) + 0.5).astype(np.uint8)
    hue = (np.clip(mask, 0, 1) * (_HUES - 1) + 0.5).astype(np.uint8)
    at: npt.NDArray[np.uint8] = level * np.uint8(_HUES) + hue
    return at


def _eased(x: Floats) -> Floats:
    """Increase the contrast of masks around one half, where most of them are."""
    return np.clip(0.5 + 1.35 * (x - 0.5), 0, 1)


def _to_linear(lightness: Floats, chroma: npt.NDArray[np.complex128]) -> Floats:
    lab = np.stack([lightness, chroma.real, chroma.imag], axis=-1)
    linear: Floats = (lab @ _OKLAB_TO_LMS.T) ** 3 @ _LMS_TO_RGB.T
    return linear


def _gamut(lightness: Floats, chroma: npt.NDArray[np.complex128]) -> Floats:
    """The factor, at most 1, that brings each chroma into the sRGB gamut."""
    low, high = np.zeros_like(lightness), np.ones_like(lightness)
    for _ in range(12):
        middle = (low + high) / 2
        linear = _to_linear(lightness, chroma * middle)
        inside = np.all((linear > -1e-4) & (linear < 1 + 1e-4), axis=-1)
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return low


def _to_rgb(lightness: Floats, chroma: npt.NDArray[np.complex128]) -> Floats:
    linear = np.clip(_to_linear(lightness, chroma), 0, 1)
    encoded: Floats = np.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055
    )
    return encoded


def _rgb(colour: str) -> Floats:
    """Red, green and blue from 0 to 1 of #rrggbb."""
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def _packed(rgb: Floats) -> Colours:
    r, g, b = np.moveaxis(np.round(255 * rgb).astype(np.uint32), -1, 0)
    packed: Colours = np.uint32(0xFF000000) | r << np.uint32(16) | g << np.uint32(8) | b
    return packed


def _lightness(colour: str) -> float:
    """Oklab's L of a grey with the luminance of ``colour``."""
    encoded = _rgb(colour)
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return float(np.cbrt(linear @ [0.2126, 0.7152, 0.0722]))
