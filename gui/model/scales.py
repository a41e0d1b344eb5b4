"""Parameters on controls: position, steps and text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from PyQt6.QtCore import QCoreApplication

from livevox.parameters import PARAMETERS, SILENCE_DB, Parameter

MINUS = "\N{MINUS SIGN}"
_GAIN_DB = (SILENCE_DB, -50.0, -40.0, -30.0, -20.0, -10.0, 0.0, 12.0)
_GAIN_PLACES = (0.0, 0.06, 0.14, 0.24, 0.38, 0.56, 0.78, 1.0)
"""Positions of these gains on a fader: most of its travel is for the most common levels."""
_UNITS = {"dB": 10, "s": 1000, "Hz": 1, "semitones": 100, "%": 1, "": 100, "on/off": 1}
"""Steps per unit: tenths of a dB, milliseconds, hertz, cents, per cent."""
_BY_RATIO = ("s", "Hz")
"""Units in which a control moves by ratios."""


@dataclass(frozen=True)
class Scale:
    """The scale of one parameter. A place is 0 (bottom or left) to 1, a step an integer."""

    parameter: Parameter

    @property
    def is_gain(self) -> bool:
        """Whether the bottom is silence."""
        return self.parameter.minimum == SILENCE_DB

    @property
    def steps_per_unit(self) -> int:
        """Steps per unit of the parameter."""
        return _UNITS[self.parameter.unit]

    @property
    def marks(self) -> Sequence[float]:
        """Values to mark beside a fader."""
        return (12, 0, -10, -20, -30, -40, SILENCE_DB)

    def place(self, value: float) -> float:
        """The place of a value."""
        p = self.parameter
        if self.is_gain:
            return float(np.interp(value, _GAIN_DB, _GAIN_PLACES))
        if p.unit in _BY_RATIO:
            return log(value / p.minimum) / log(p.maximum / p.minimum)
        return (value - p.minimum) / (p.maximum - p.minimum)

    def value(self, place: float, fine: bool = False) -> float:
        """The value at a place, rounded to a notch if the parameter has those, unless ``fine``, and
        to a step."""
        p = self.parameter
        place = min(max(place, 0.0), 1.0)
        if self.is_gain:
            value = float(np.interp(place, _GAIN_PLACES, _GAIN_DB))
        elif p.unit in _BY_RATIO:
            value = p.minimum * (p.maximum / p.minimum) ** place
        else:
            value = p.minimum + place * (p.maximum - p.minimum)
        if p.notch and not fine:
            value = p.notch * round(value / p.notch)
        return self.from_step(self.to_step(value))

    def to_step(self, value: float) -> int:
        """The nearest step."""
        return round(value * self.steps_per_unit)

    def from_step(self, step: int) -> float:
        """The value of a step."""
        return self.parameter.limited(step / self.steps_per_unit)

    def moved(self, value: float, notches: float) -> float:
        """The value after this many notches of a wheel, or presses of a key."""
        if self.parameter.unit == "dB":
            moved = value + 0.5 * notches
        elif self.parameter.notch:
            moved = value + self.parameter.notch * notches
        elif self.parameter.unit in _BY_RATIO:
            # For small values, a notch must be at least one step.
            least = notches / self.steps_per_unit
            moved = value * 1.1**notches
            moved = moved if abs(moved - value) > abs(least) else value + least
        else:
            moved = value + 0.01 * notches
        return self.from_step(self.to_step(moved))

    def text(self, value: float) -> str:
        """The value with its unit."""
        if self.is_gain and value <= SILENCE_DB:
            return f"{MINUS}∞ dB"
        match self.parameter.unit:
            case "dB":
                sign = "+" if value > 0 and self.is_gain else ""
                return f"{sign}{value:.1f} dB".replace("-", MINUS)
            case "s":
                return f"{1000 * value:.0f} ms" if value < 1 else f"{value:.2f} s"
            case "Hz":
                return f"{value:.0f} Hz"
            case "semitones":
                sign = "+" if value > 0 else ""
                semitones = QCoreApplication.translate("scales", "st")
                return f"{sign}{round(value, 2):g} {semitones}".replace("-", MINUS)
            case "%":
                return f"{value:.0f} %"
            case "":
                return f"{100 * value:.0f} %"
        off, on = (
            QCoreApplication.translate("scales", "off"),
            QCoreApplication.translate("scales", "on"),
        )
        return off if value == 0 else on


SCALES = {name: Scale(parameter) for name, parameter in PARAMETERS.items()}


def label(name: str) -> str:
    """A parameter's name in the user's language."""
    return QCoreApplication.translate("parameters", PARAMETERS[name].label)


def explanation(name: str) -> str:
    """A parameter's description in the user's language."""
    return QCoreApplication.translate("parameters", PARAMETERS[name].help)
