"""A binding of one MIDI control to one parameter or preset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from math import log
from typing import Any, Literal, Self, get_args

from livevox.midi.decoder import CONTROL_CHANGE, LSB, NOTE_ON, PITCH_BEND, PROGRAM_CHANGE
from livevox.midi.encoder import Coding, steps
from livevox.parameters import PARAMETERS, Parameter

Control = Literal["cc", "cc14", "encoder", "pitch_bend", "nrpn", "nrpn14", "note", "program"]
Curve = Literal["linear", "log"]
Mode = Literal["toggle", "momentary"]

PRESET = "preset:"
"""Prefix of a target that names a preset instead of a parameter."""

_NRPN = 0x100
"""Stands for the kind of NRPN, which are no messages but rows of them."""
_KINDS = {
    "cc": CONTROL_CHANGE,
    "cc14": CONTROL_CHANGE,
    "encoder": CONTROL_CHANGE,
    "pitch_bend": PITCH_BEND,
    "nrpn": _NRPN,
    "nrpn14": _NRPN,
    "note": NOTE_ON,
    "program": PROGRAM_CHANGE,
}
_LAST_NUMBER = {"cc14": LSB - 1, "pitch_bend": 0, "nrpn": 0x3FFF, "nrpn14": 0x3FFF}
_FOURTEEN_BITS = ("cc14", "pitch_bend", "nrpn14")


class BindingError(ValueError):
    """An invalid binding. ``key`` is the wrong, missing or unknown field."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True)
class Binding:
    """A binding of one MIDI control to one target.

    control: ``cc``, a control change; ``cc14``, two of them (most significant 7 bits at ``number``,
        0 to 31, the others at ``number`` + 32); ``encoder``, a control change of an endless knob;
        ``pitch_bend`` (14 bits, ``number`` is 0); ``nrpn`` and ``nrpn14``, non-registered parameter
        ``number``, 0 to 16383, with a value of 7 or 14 bits; ``note`` or ``program``.
    number: as MIDI has it, from 0 on, also for programs.
    target: a parameter; or ``preset:NAME``, for notes and programs only.
    channel: 1 to 16, or 0 for any.
    minimum, maximum: the parameter's values at the two ends of the control, in the parameter's
        unit; None is the parameter's own limit. A minimum above the maximum inverts the control.
    curve: ``linear``, or ``log``: equal steps are equal ratios, for times.
    mode: the action of buttons, which are notes, and control changes on switches. ``toggle``: each
        press goes to the other end. ``momentary``: maximum while pressed, minimum otherwise.
        None is ``toggle`` for a note and ``momentary`` for all others.
    coding: of an ``encoder``, how it sends its movements: see :data:`livevox.midi.encoder.Coding`.

    A note on a parameter that is no switch goes between minimum and maximum. Raises BindingError
    if the values do not fit each other.

    >>> Binding("cc", 7, "vocals", minimum=-24, maximum=0).value(127)
    0.0
    """

    control: Control
    number: int
    target: str
    channel: int = 0
    minimum: float | None = None
    maximum: float | None = None
    curve: Curve = "linear"
    mode: Mode | None = None
    coding: Coding | None = None

    def __post_init__(self) -> None:
        _choice("control", self.control, get_args(Control))
        _whole("channel", self.channel, 16)
        _whole("number", self.number, _LAST_NUMBER.get(self.control, 127))
        check_target(self.target)
        _choice("curve", self.curve, get_args(Curve))
        self._check_coding()
        if self.mode is not None:
            _choice("mode", self.mode, get_args(Mode))
            if not self.is_button:
                raise BindingError(
                    "mode",
                    f"mode is {self.mode!r}, but {self.control} on {self.target} is no button: "
                    "leave mode out",
                )
        if self.target.startswith(PRESET):
            self._check_preset()
        else:
            self._check_parameter()

    def _check_coding(self) -> None:
        if self.control == "encoder":
            _choice("coding", self.coding, get_args(Coding))
            if self.target in PARAMETERS and self.parameter.is_switch:
                raise BindingError(
                    "target",
                    f"target is {self.target!r}, but an encoder has no on and off: "
                    "choose another control",
                )
        elif self.coding is not None:
            raise BindingError(
                "coding",
                f"coding is {self.coding!r}, but {self.control} is no encoder: leave coding out",
            )

    def _check_preset(self) -> None:
        if self.control not in ("note", "program"):
            raise BindingError(
                "target",
                f"target is {self.target!r}, but {self.control} loads no preset: "
                "choose note or program",
            )
        if (self.minimum, self.maximum, self.curve) != (None, None, "linear"):
            raise BindingError(
                "target",
                f"target {self.target!r} has no range: leave minimum, maximum and curve out",
            )

    def _check_parameter(self) -> None:
        if self.control == "program":
            raise BindingError(
                "target",
                f"target is {self.target!r}, but program loads presets only: "
                f"give {PRESET}NAME or choose another control",
            )
        for name, value in (("minimum", self.minimum), ("maximum", self.maximum)):
            if value is not None and not _fits(self.parameter, value):
                raise BindingError(
                    name,
                    f"{name} is {value!r}: give {self.parameter.minimum:g} to "
                    f"{self.parameter.maximum:g}, the range of {self.target}",
                )
        low, high = self.ends
        if low == high or (self.parameter.is_switch and {low, high} != {0.0, 1.0}):
            raise BindingError(
                "minimum",
                f"minimum {low:g} and maximum {high:g} leave {self.target} no range: "
                "give two different values",
            )
        if self.curve == "log" and min(low, high) <= 0:
            raise BindingError(
                "curve",
                f"curve is 'log' from {low:g} to {high:g}, but it needs values above 0: "
                "choose linear, or another minimum and maximum",
            )

    @cached_property
    def parameter(self) -> Parameter:
        """The target parameter; KeyError if the target is a preset."""
        return PARAMETERS[self.target]

    @cached_property
    def preset(self) -> str | None:
        """The name of the preset that this loads, None for a parameter."""
        return self.target.removeprefix(PRESET) if self.target.startswith(PRESET) else None

    @cached_property
    def is_button(self) -> bool:
        """Whether it acts on a parameter by presses instead of movements."""
        return self.preset is None and (self.control == "note" or self.parameter.is_switch)

    @cached_property
    def toggles(self) -> bool:
        """Whether each press of this button goes to the other end."""
        return self.mode == "toggle" or (self.mode is None and self.control == "note")

    @cached_property
    def ends(self) -> tuple[float, float]:
        """The parameter's values with the control at 0 and at :attr:`top`."""
        low = self.parameter.minimum if self.minimum is None else self.minimum
        high = self.parameter.maximum if self.maximum is None else self.maximum
        return float(low), float(high)

    @cached_property
    def top(self) -> int:
        """The largest value that the control sends; the smallest is 0."""
        return 0x3FFF if self.control in _FOURTEEN_BITS else 0x7F

    def value(self, sent: int) -> float:
        """The parameter's value for a control position, 0..:attr:`top`."""
        return self._at(sent / self.top)

    def turned(self, sent: int, present: float) -> float:
        """The parameter's value after an encoder's movement, if it was ``present``.

        A step is 1/127 of the range, or the parameter's notch if that is more.
        """
        assert self.coding is not None
        low, high = self.ends
        step = max(1 / self.top, self.parameter.notch / abs(high - low))
        way = self.way(present) + steps(sent, self.coding) * step
        return self._at(min(max(way, 0.0), 1.0))

    def _at(self, way: float) -> float:
        low, high = self.ends
        # This form is exact at both ends, which silence at the bottom of a gain relies on.
        if self.curve == "log":
            return self._notched(low ** (1 - way) * high**way, way)
        return self._notched(low * (1 - way) + high * way, way)

    def _notched(self, value: float, way: float) -> float:
        """The nearest notch, where the control has too few positions to reach every value."""
        notch = self.parameter.notch
        if not notch or self.control in _FOURTEEN_BITS or way in (0, 1):
            return float(value)
        low, high = sorted(self.ends)
        return min(max(round(value / notch) * notch, low), high)

    def way(self, value: float) -> float:
        """The relative position, 0..1, at which the control gives ``value``, or the nearest end."""
        low, high = self.ends
        value = min(max(value, min(low, high)), max(low, high))
        if self.curve == "log":
            return log(value / low) / log(high / low)
        return (value - low) / (high - low)

    def sent(self, value: float) -> int:
        """The control position, 0..:attr:`top`, nearest to ``value``."""
        return round(self.way(value) * self.top)

    def clashes(self, other: Binding) -> bool:
        """Whether one message could match both bindings."""
        on_same_channel = 0 in (self.channel, other.channel) or self.channel == other.channel
        return on_same_channel and not self.messages.isdisjoint(other.messages)

    @cached_property
    def messages(self) -> frozenset[tuple[int, int]]:
        """Kind and number of the control's messages; a note-off counts as a note-on.

        The control changes that carry an NRPN belong to all of them, so they are not its own.
        """
        numbers = {self.number, self.number + LSB} if self.control == "cc14" else {self.number}
        return frozenset((_KINDS[self.control], number) for number in numbers)

    def to_dict(self) -> dict[str, Any]:
        """The values that differ from the defaults, for a preset file."""
        pairs = ((field, getattr(self, field.name)) for field in fields(self))
        return {field.name: value for field, value in pairs if value != field.default}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`to_dict`. Raises BindingError for an unknown or missing key."""
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                raise BindingError(
                    name, f"a binding has no '{name}': choose from {', '.join(known)}"
                )
        if values.get("control") == "pitch_bend":
            values = {"number": 0, **values}
        for name in ("control", "number", "target"):
            if name not in values:
                raise BindingError(
                    name, f"a binding lacks '{name}': give control, number and target"
                )
        return cls(**values)


def _choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise BindingError(name, f"{name} is {value!r}: choose from {', '.join(choices)}")


def _whole(name: str, value: object, top: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= top:
        wanted = f"a whole number from 0 to {top}" if top else "0"
        raise BindingError(name, f"{name} is {value!r}: give {wanted}")


def _fits(parameter: Parameter, value: float) -> bool:
    # A file may hold a value of any type here.
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and parameter.minimum <= value <= parameter.maximum


def check_target(target: object) -> None:
    """Raise ValueError unless ``target`` is a parameter or names a preset."""
    valid = isinstance(target, str) and (
        target in PARAMETERS or (target.startswith(PRESET) and target != PRESET)
    )
    if not valid:
        raise BindingError(
            "target",
            f"target is {target!r}: choose from {', '.join(PARAMETERS)}, or give {PRESET}NAME",
        )
