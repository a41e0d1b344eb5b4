"""The meaning of OSC messages: which parameter or preset they set, and what is sent back.

Received, under the prefix ``/livevox/``:

- ``NAME value``: set a parameter, in its own unit; on and off are 1 and 0, or true and false.
- ``NAME/position value``: the same by the position in its range, 0 to 1.
- ``preset name`` or ``preset/NAME 1``: load a preset.
- ``refresh``: send all parameters again.

Sent: ``NAME`` and ``NAME/position`` when a parameter changes, and ``activity``, the probability
that somebody sings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import isfinite

from livevox.errors import LivevoxError
from livevox.midi.control import Move, Recall
from livevox.osc.port import Message, Value
from livevox.parameters import PARAMETERS, Parameter

PREFIX = "/livevox/"
POSITION = "position"
PRESET = "preset"
REFRESH = "refresh"
ACTIVITY = f"{PREFIX}activity"
QUIET_S = 0.5
"""Seconds after a parameter's last message before its value is sent back, so that a fader does not
fight with the hand that moves it."""
ACTIVITY_S = 0.1

Sent = tuple[str, Value]


class OscControl:
    """Turns messages into actions, and changed values into messages. Times are in seconds."""

    def __init__(self) -> None:
        self.problem = ""
        """One line on the last message that meant nothing; or empty."""
        self._shown: dict[str, float] = {}
        self._heard: dict[str, float] = {}
        self._activity_at = -ACTIVITY_S

    def receive(self, messages: Iterable[Message], now: float) -> list[Move | Recall]:
        """The actions of the messages, in order. A wrong message only sets :attr:`problem`."""
        actions: list[Move | Recall] = []
        for message in messages:
            try:
                action = self._action(message, now)
            except LivevoxError as error:
                self.problem = str(error)
            else:
                actions += [action] if action is not None else []
        return actions

    def feedback(self, values: Mapping[str, float], activity: float, now: float) -> Iterator[Sent]:
        """The messages that the receivers lack: changed ``values``, and the activity (0 to 1)."""
        for name, value in values.items():
            quiet = now - self._heard.get(name, -QUIET_S) >= QUIET_S
            if quiet and self._shown.get(name) != value:
                self._shown[name] = value
                yield f"{PREFIX}{name}", value
                yield f"{PREFIX}{name}/{POSITION}", _position(PARAMETERS[name], value)
        if now - self._activity_at >= ACTIVITY_S:
            self._activity_at = now
            yield ACTIVITY, activity

    def _action(self, message: Message, now: float) -> Move | Recall | None:
        path = message.address.removeprefix(PREFIX).split("/")
        match path:
            case [name] if name in PARAMETERS:
                self._heard[name] = now
                return Move(name, PARAMETERS[name].limited(_number(message)))
            case [name, part] if name in PARAMETERS and part == POSITION:
                self._heard[name] = now
                return Move(name, _value(PARAMETERS[name], _number(message)))
            case [word] if word == PRESET:
                return Recall(_text(message))
            case [word, name] if word == PRESET:
                # A button sends 0 when it is let go.
                return Recall(name) if not message.values or _number(message) else None
            case [word] if word == REFRESH:
                self._shown.clear()
                return None
        raise LivevoxError(
            f"OSC '{message.address}' means nothing here: give {PREFIX} and a parameter, "
            f"{PRESET} or {REFRESH}"
        )


def _value(parameter: Parameter, position: float) -> float:
    low, high = parameter.minimum, parameter.maximum
    return parameter.limited(low * (1 - position) + high * position)


def _position(parameter: Parameter, value: float) -> float:
    return (value - parameter.minimum) / (parameter.maximum - parameter.minimum)


def _number(message: Message) -> float:
    match message.values:
        case [bool() | int() | float() as value] if isfinite(value):
            return float(value)
    raise LivevoxError(f"OSC {message.address} has {_shown(message)}: give one finite number")


def _text(message: Message) -> str:
    match message.values:
        case [str() as text]:
            return text
    raise LivevoxError(f"OSC {message.address} has {_shown(message)}: give a preset's name")


def _shown(message: Message) -> str:
    return ", ".join(map(repr, message.values)) or "no value"
