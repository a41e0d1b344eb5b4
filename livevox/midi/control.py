"""Which MIDI control moves which parameter: bindings, soft takeover, learning and feedback.

Nothing here touches a MIDI port or a clock: messages and the time come in as arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from math import inf, log
from typing import Any, Literal, Self, get_args

from livevox.parameters import PARAMETERS, Parameter

Control = Literal["cc", "cc14", "note", "program"]
Curve = Literal["linear", "log"]
Mode = Literal["toggle", "momentary"]
Message = Sequence[int]
"""The bytes of one MIDI message, status first."""

PRESET = "preset:"
"""A target that starts so is the name of a preset instead of a parameter."""

PICKUP = 0.02
"""How near to the parameter's value a control takes it over, as a part of the control's way."""

QUIET_S = 0.5
"""Seconds after its last message before a moved control is told anything."""

PAIR_S = 0.1
"""Seconds in which the two halves of a 14-bit control follow each other."""

LSB = 32
"""Control change n + 32 carries the low 7 bits of control change n."""

FIRST_CHANNEL_MODE = 120
"""Control changes from here up are orders to synthesizers (all notes off), not controls."""

NOTE_OFF, NOTE_ON, CONTROL_CHANGE, PROGRAM_CHANGE = 0x80, 0x90, 0xB0, 0xC0
_KINDS = {"cc": CONTROL_CHANGE, "cc14": CONTROL_CHANGE, "note": NOTE_ON, "program": PROGRAM_CHANGE}
_LENGTHS = {NOTE_OFF: 3, NOTE_ON: 3, CONTROL_CHANGE: 3, PROGRAM_CHANGE: 2}


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

    A note on a parameter that is no switch goes between minimum and maximum. Raises ValueError
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
        _check_target(self.target)
        _choice("curve", self.curve, get_args(Curve))
        if self.mode is not None:
            _choice("mode", self.mode, get_args(Mode))
            if not self.is_button:
                raise ValueError(
                    f"mode is {self.mode!r}, but {self.control} on {self.target} is no button: "
                    "leave mode out"
                )
        if self.target.startswith(PRESET):
            self._check_preset()
        else:
            self._check_parameter()

    def _check_preset(self) -> None:
        if self.control not in ("note", "program"):
            raise ValueError(
                f"target is {self.target!r}, but {self.control} loads no preset: "
                "choose note or program"
            )
        if (self.minimum, self.maximum, self.curve) != (None, None, "linear"):
            raise ValueError(
                f"target {self.target!r} has no range: leave minimum, maximum and curve out"
            )

    def _check_parameter(self) -> None:
        if self.control == "program":
            raise ValueError(
                f"target is {self.target!r}, but program loads presets only: "
                f"give {PRESET}NAME or choose another control"
            )
        for name, value in (("minimum", self.minimum), ("maximum", self.maximum)):
            if value is not None and not _fits(self.parameter, value):
                raise ValueError(
                    f"{name} is {value!r}: give {self.parameter.minimum:g} to "
                    f"{self.parameter.maximum:g}, the range of {self.target}"
                )
        low, high = self.ends
        if low == high or (self.parameter.is_switch and {low, high} != {0.0, 1.0}):
            raise ValueError(
                f"minimum {low:g} and maximum {high:g} leave {self.target} no way to go: "
                "give two ends of its range"
            )
        if self.curve == "log" and min(low, high) <= 0:
            raise ValueError(
                f"curve is 'log' from {low:g} to {high:g}, but ratios need values above 0: "
                "choose linear or other ends"
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
        """The inverse of :meth:`to_dict`. Raises ValueError for what is unknown or missing."""
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                raise ValueError(f"a binding has no '{name}': choose from {', '.join(known)}")
        for name in ("control", "number", "target"):
            if name not in values:
                raise ValueError(f"a binding lacks '{name}': give control, number and target")
        return cls(**values)


def _choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} is {value!r}: choose from {', '.join(choices)}")


def _whole(name: str, value: object, top: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= top:
        raise ValueError(f"{name} is {value!r}: give a whole number from 0 to {top}")


def _fits(parameter: Parameter, value: float) -> bool:
    # Files may hold anything where a number belongs.
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and parameter.minimum <= value <= parameter.maximum


def _check_target(target: object) -> None:
    valid = isinstance(target, str) and (
        target in PARAMETERS or (target.startswith(PRESET) and target != PRESET)
    )
    if not valid:
        raise ValueError(
            f"target is {target!r}: choose from {', '.join(PARAMETERS)}, or give {PRESET}NAME"
        )


@dataclass(frozen=True)
class Move:
    """Set ``target``, a parameter, to ``value``."""

    target: str
    value: float


@dataclass(frozen=True)
class Recall:
    """Load the preset of that name."""

    preset: str


@dataclass(frozen=True)
class Learned:
    """``binding`` is new among the bindings, and may have replaced others."""

    binding: Binding


Action = Move | Recall | Learned


@dataclass
class _State:
    """A binding and what is known of its control."""

    binding: Binding
    channel: int
    """On which it is told something: the one it was last heard on."""
    heard: float = -inf
    """Time of its last message."""
    way: float | None = None
    """Where it was last, 0..1."""
    gave: float | None = None
    """The value that it gave its parameter; None until it has taken the parameter over."""
    shows: int | None = None
    """What it shows as far as known, 0..top: what it sent or was told last."""


class MidiControl:
    """Turns MIDI messages into actions, and values into messages for motor faders and lights.

    A moved control has no effect until it comes within 2 % of its way to the parameter's
    present value or passes it; then it leads until something else changes the parameter. So
    nothing jumps, unless the value is beyond the ends of the binding: then the control takes
    over at that end.

    Times are seconds of any clock that only goes forward.
    """

    def __init__(self, bindings: Iterable[Binding] = ()) -> None:
        self.ignored = 0
        """Messages that were malformed, or that no binding knows."""
        self._states: dict[Binding, _State] = {}
        self._listeners: dict[tuple[int, int], list[_State]] = {}
        """Those that a message of that kind and number concerns."""
        self._speakers: list[_State] = []
        """Those that answer their controls."""
        self._high_bits: dict[tuple[int, int], int] = {}
        self._target: str | None = None
        self._half: tuple[Binding, float] | None = None
        self.set_bindings(bindings)

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """In order; one control may have several, and so may one parameter."""
        return tuple(self._states)

    def set_bindings(self, bindings: Iterable[Binding]) -> None:
        """Replace all; what is known of controls that stay bound is kept. Ends any learning."""
        self.cancel_learn()
        self._states = {b: self._states.get(b) or _State(b, b.channel or 1) for b in bindings}
        self._listeners = {}
        speakers: dict[tuple[str, int, int], _State] = {}
        for binding, state in self._states.items():
            for message in binding.messages:
                self._listeners.setdefault(message, []).append(state)
            if binding.preset is None:
                control = (binding.control, binding.channel, binding.number)
                speakers.setdefault(control, state)
        self._speakers = list(speakers.values())

    @property
    def learning(self) -> str | None:
        """The target that waits for a control."""
        return self._target

    def learn(self, target: str) -> None:
        """Bind ``target`` to the next control that is moved: see :class:`Learned`.

        A control change suits parameters, a note (pressed) switches and presets, a program
        change presets. The new binding replaces those of ``target`` and those of the same
        control. Where the low bits (n + 32) follow at once on the high bits (n) or the other way
        round, the binding becomes ``cc14``, in a second :class:`Learned`. Raises ValueError for
        an unknown target.
        """
        _check_target(target)
        self.cancel_learn()
        self._target = target

    def cancel_learn(self) -> None:
        """Leave the bindings as they are."""
        self._target = self._half = None

    def receive(self, message: Message, values: Mapping[str, float], now: float) -> list[Action]:
        """What one message does. ``values`` are all parameters' present values."""
        kind = message[0] & 0xF0 if message else 0
        valid = len(message) == _LENGTHS.get(kind) and all(0 <= b < 128 for b in message[1:])
        if not valid or not 0 <= message[0] < 0x100:
            self.ignored += 1
            return []
        channel = (message[0] & 0x0F) + 1
        number = message[1]
        sent = message[2] if kind != PROGRAM_CHANGE else 127
        if kind == NOTE_OFF:
            kind, sent = NOTE_ON, 0
        learned = self._learned(kind, channel, number, sent, now)
        actions: list[Action] = [Learned(learned)] if learned else []
        known = False
        for state in self._listeners.get((kind, number), ()):
            binding = state.binding
            position = self._position(binding, channel, number, sent)
            if position is None or binding.channel not in (0, channel):
                continue
            known = True
            state.channel, state.heard = channel, now
            action = self._act(state, position, values)
            # The control that was just learned does nothing yet.
            if action and binding != learned:
                actions.append(action)
        if kind == CONTROL_CHANGE and number < LSB:
            self._high_bits[channel, number] = sent
        if not known:
            self.ignored += 1
        return actions

    def receive_all(
        self, messages: Iterable[Message], values: Mapping[str, float], now: float
    ) -> list[Action]:
        """What many messages do together: the last value for each parameter, in order.

        After a preset's recall knobs do nothing more, since the values that it brings are not
        known here; they take over as ever from the next call on.
        """
        present = dict(values)
        actions: dict[object, Action] = {}
        recalled = False
        for message in messages:
            for action in self.receive(message, present, now):
                key: object = action
                if isinstance(action, Move):
                    if recalled and not PARAMETERS[action.target].is_switch:
                        continue
                    present[action.target] = action.value
                    key = action.target
                recalled = recalled or isinstance(action, Recall)
                actions.pop(key, None)
                actions[key] = action
        return list(actions.values())

    def feedback(self, values: Mapping[str, float], now: float) -> list[list[int]]:
        """The messages that make the controls show ``values``, where they don't show them yet.

        A control that is being moved is left alone until half a second after its last message;
        the light of a button answers at once. Where one control has several bindings, the first
        speaks. A binding for any channel answers on the channel heard last.
        """
        messages: list[list[int]] = []
        for state in self._speakers:
            binding = state.binding
            shown = binding.sent(values[binding.target])
            if binding.is_button:
                shown = binding.top if 2 * shown > binding.top else 0
            elif now - state.heard < QUIET_S:
                continue
            if shown != state.shows:
                state.shows = shown
                messages += _messages(binding, state.channel, shown)
        return messages

    def tell_all(self) -> None:
        """Let the next :meth:`feedback` tell every control, as after a port has come back."""
        for state in self._states.values():
            state.shows = None

    def _position(self, binding: Binding, channel: int, number: int, sent: int) -> int | None:
        """Where, 0..top, a message puts the control; None for low bits without high ones."""
        if binding.control != "cc14":
            return sent
        if number == binding.number:
            # As MIDI has it: new high bits set the low ones to 0 until those come.
            return sent << 7
        high = self._high_bits.get((channel, binding.number))
        return None if high is None else high << 7 | sent

    def _act(self, state: _State, position: int, values: Mapping[str, float]) -> Action | None:
        binding = state.binding
        # A note's velocity says how hard, not how far.
        pressed = position > 0 if binding.control == "note" else 2 * position > binding.top
        if binding.preset is not None:
            return Recall(binding.preset) if pressed else None
        present = values[binding.target]
        if binding.is_button:
            value = _press(state, pressed, present)
        else:
            value = _turn(state, position, present)
        return None if value is None or value == present else Move(binding.target, value)

    def _learned(
        self, kind: int, channel: int, number: int, sent: int, now: float
    ) -> Binding | None:
        """The binding that this message makes, put among the bindings."""
        if self._target is None:
            return self._paired(kind, channel, number, now)
        target, parameter = self._target, PARAMETERS.get(self._target)
        binding: Binding | None = None
        if kind == CONTROL_CHANGE and parameter and number < FIRST_CHANNEL_MODE:
            curve: Curve = "log" if parameter.unit == "s" else "linear"
            binding = Binding("cc", number, target, channel, curve=curve)
        elif kind == NOTE_ON and sent and (parameter is None or parameter.is_switch):
            # Touching a fader may send a note: a knob's parameter waits for the movement.
            binding = Binding("note", number, target, channel)
        elif kind == PROGRAM_CHANGE and parameter is None:
            binding = Binding("program", number, target, channel)
        if binding:
            self._replace(binding)
            self._half = (binding, now) if kind == CONTROL_CHANGE else None
        return binding

    def _paired(self, kind: int, channel: int, number: int, now: float) -> Binding | None:
        """The last learned binding as ``cc14``, if this message is its other half."""
        half, self._half = self._half, None
        if half is None or kind != CONTROL_CHANGE:
            return None
        first, learned_at = half
        low, high = sorted((first.number, number))
        is_pair = low < LSB and high == low + LSB and channel == first.channel
        if not is_pair or now - learned_at > PAIR_S:
            return None
        pair = Binding("cc14", low, first.target, channel, curve=first.curve)
        self._replace(pair)
        return pair

    def _replace(self, binding: Binding) -> None:
        kept = [b for b in self.bindings if b.target != binding.target and not b.clashes(binding)]
        self.set_bindings([*kept, binding])


def _press(state: _State, pressed: bool, present: float) -> float | None:
    """The value that a button gives, None for no change."""
    binding = state.binding
    low, high = binding.ends
    was_pressed, state.way = state.way == 1.0, float(pressed)
    state.shows = binding.top if pressed else 0
    if not binding.toggles:
        return high if pressed else low
    # A fader on a switch sends many values above the middle; a pad may never send note-off.
    if not pressed or (was_pressed and binding.control != "note"):
        return None
    return low if binding.way(present) > 0.5 else high


def _turn(state: _State, position: int, present: float) -> float | None:
    """The value that a moved control gives, None while it has not taken over."""
    binding = state.binding
    way, before, target = position / binding.top, state.way, binding.way(present)
    state.way, state.shows = way, position
    low, high = binding.ends
    if state.gave is not None and abs(present - state.gave) > 1e-4 * abs(high - low):
        state.gave = None
    if state.gave is None:
        passed = before is not None and min(before, way) <= target <= max(before, way)
        if not passed and abs(way - target) > PICKUP:
            return None
        if position == binding.sent(present):
            # It agrees already, perhaps as the answer to what it was told: no rounding.
            state.gave = present
            return None
    state.gave = binding.value(position)
    return state.gave


def _messages(binding: Binding, channel: int, shown: int) -> list[list[int]]:
    """What makes a control show 0..top: one message, or two for 14 bits."""
    if binding.control == "note":
        return [[NOTE_ON | channel - 1, binding.number, shown]]
    status = CONTROL_CHANGE | channel - 1
    if binding.control == "cc":
        return [[status, binding.number, shown]]
    high, low = shown >> 7, shown & 0x7F
    return [[status, binding.number, high], [status, binding.number + LSB, low]]
