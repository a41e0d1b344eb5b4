"""One MIDI control and the one parameter or preset that it acts on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from math import log
from typing import Any, Literal, Self, get_args

from livevox.parameters import PARAMETERS, Parameter

Control = Literal["cc", "cc14", "note", "program"]
Curve = Literal["linear", "log"]
Mode = Literal["toggle", "momentary"]

PRESET = "preset:"
"""A target that starts so is the name of a preset instead of a parameter."""

LSB = 32
"""Control change n + 32 carries the low 7 bits of control change n."""

NOTE_OFF, NOTE_ON, CONTROL_CHANGE, PROGRAM_CHANGE = 0x80, 0x90, 0xB0, 0xC0
_KINDS = {"cc": CONTROL_CHANGE, "cc14": CONTROL_CHANGE, "note": NOTE_ON, "program": PROGRAM_CHANGE}


class BindingError(ValueError):
    """A binding that can't be. ``key`` is the field that is wrong, missing or unknown."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True)
class Binding:
    """One MIDI control and the one thing that it moves.

    control: ``cc``, ``cc14`` (most significant 7 bits at ``number``, 0 to 31, the others at
        ``number`` + 32), ``note`` or ``program``.
    target: a parameter; or ``preset:NAME``, for notes and programs only.
    channel: 1 to 16, or 0 for any.
    minimum, maximum: the parameter's values at the two ends of the control, in the parameter's
        unit; None is the parameter's own end. A minimum above the maximum inverts.
    curve: ``linear``, or ``log``: equal ways are equal ratios, for times.
    mode: how buttons, which are notes and control changes on switches, act. ``toggle``: each
        press goes to the other end. ``momentary``: maximum while pressed, minimum otherwise.
        None is ``toggle`` for a note and ``momentary`` for a control change.

    A note on a parameter that is no switch goes between minimum and maximum. Raises BindingError
    where something does not fit.

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

    def __post_init__(self) -> None:
        _choice("control", self.control, get_args(Control))
        _whole("channel", self.channel, 16)
        _whole("number", self.number, LSB - 1 if self.control == "cc14" else 127)
        check_target(self.target)
        _choice("curve", self.curve, get_args(Curve))
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
                f"minimum {low:g} and maximum {high:g} leave {self.target} no way to go: "
                "give two ends of its range",
            )
        if self.curve == "log" and min(low, high) <= 0:
            raise BindingError(
                "curve",
                f"curve is 'log' from {low:g} to {high:g}, but ratios need values above 0: "
                "choose linear or other ends",
            )

    @cached_property
    def parameter(self) -> Parameter:
        """The target; KeyError where that is a preset."""
        return PARAMETERS[self.target]

    @cached_property
    def preset(self) -> str | None:
        """The name of the preset that this loads, if it does."""
        return self.target.removeprefix(PRESET) if self.target.startswith(PRESET) else None

    @cached_property
    def is_button(self) -> bool:
        """Whether it acts on a parameter by being pressed instead of moved."""
        return self.preset is None and (self.control == "note" or self.parameter.is_switch)

    @cached_property
    def toggles(self) -> bool:
        """Whether each press of this button goes to the other end."""
        return self.mode == "toggle" or (self.mode is None and self.control == "note")

    @cached_property
    def ends(self) -> tuple[float, float]:
        """The parameter's values where the control is at 0 and at :attr:`top`."""
        low = self.parameter.minimum if self.minimum is None else self.minimum
        high = self.parameter.maximum if self.maximum is None else self.maximum
        return float(low), float(high)

    @cached_property
    def top(self) -> int:
        """The greatest number that the control sends; 0 is the smallest."""
        return 0x3FFF if self.control == "cc14" else 0x7F

    def value(self, sent: int) -> float:
        """The parameter's value for 0..:attr:`top`."""
        low, high = self.ends
        way = sent / self.top
        # Written so that both ends are exact, which silence at the bottom of a gain relies on.
        if self.curve == "log":
            return float(low ** (1 - way) * high**way)
        return low * (1 - way) + high * way

    def way(self, value: float) -> float:
        """Where on its way, 0..1, the control would be to give ``value``, or the nearest end."""
        low, high = self.ends
        value = min(max(value, min(low, high)), max(low, high))
        if self.curve == "log":
            return log(value / low) / log(high / low)
        return (value - low) / (high - low)

    def sent(self, value: float) -> int:
        """What the control sends, 0..:attr:`top`, where it is nearest to ``value``."""
        return round(self.way(value) * self.top)

    def clashes(self, other: Binding) -> bool:
        """Whether one message could belong to both."""
        on_same_channel = 0 in (self.channel, other.channel) or self.channel == other.channel
        return on_same_channel and not self.messages.isdisjoint(other.messages)

    @cached_property
    def messages(self) -> frozenset[tuple[int, int]]:
        """Kind and number of the messages that the control sends; releases count as notes."""
        numbers = {self.number, self.number + LSB} if self.control == "cc14" else {self.number}
        return frozenset((_KINDS[self.control], number) for number in numbers)

    def to_dict(self) -> dict[str, Any]:
        """For a preset file: what differs from the defaults."""
        pairs = ((field, getattr(self, field.name)) for field in fields(self))
        return {field.name: value for field, value in pairs if value != field.default}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`to_dict`. Raises BindingError for what is unknown or missing."""
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                raise BindingError(
                    name, f"a binding has no '{name}': choose from {', '.join(known)}"
                )
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
        raise BindingError(name, f"{name} is {value!r}: give a whole number from 0 to {top}")


def _fits(parameter: Parameter, value: float) -> bool:
    # Files may hold anything where a number belongs.
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
