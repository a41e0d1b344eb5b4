"""Bindings, MIDI learn and feedback: from MIDI messages to actions and back.

This module uses no MIDI port and no clock: messages and times are arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from livevox.midi.binding import (
    CONTROL_CHANGE,
    LSB,
    NOTE_OFF,
    NOTE_ON,
    PROGRAM_CHANGE,
    Binding,
    Curve,
    check_target,
)
from livevox.midi.bound import Bound
from livevox.parameters import PARAMETERS

Message = Sequence[int]
"""The bytes of one MIDI message, status first."""

PAIR_S = 0.1
"""Longest time in seconds between the two halves of a 14-bit control change."""

FIRST_CHANNEL_MODE = 120
"""Control changes from this number on are channel mode messages (all notes off), not controls."""

_LENGTHS = {NOTE_OFF: 3, NOTE_ON: 3, CONTROL_CHANGE: 3, PROGRAM_CHANGE: 2}


@dataclass(frozen=True)
class Move:
    """Set ``target``, a parameter, to ``value``."""

    target: str
    value: float


@dataclass(frozen=True)
class Recall:
    """Load a preset by name."""

    preset: str


@dataclass(frozen=True)
class Learned:
    """``binding`` was added, and may have replaced others."""

    binding: Binding


Action = Move | Recall | Learned


class MidiControl:
    """Turns MIDI messages into actions, and values into feedback for motor faders and lights.

    Soft takeover: a moved control has no effect until it comes within 2 % of its range of the
    parameter's current value or crosses it. Then it controls the parameter until something else
    changes it. So values don't jump, except where the current value is outside the binding's
    range: then the control takes over at the nearer end.

    Times are seconds of any monotonic clock.
    """

    def __init__(self, bindings: Iterable[Binding] = ()) -> None:
        self.ignored = 0
        """Number of messages that were malformed or matched no binding."""
        self._states: dict[Binding, Bound] = {}
        self._listeners: dict[tuple[int, int], list[Bound]] = {}
        """The bindings by kind and number of message."""
        self._speakers: list[Bound] = []
        """The bindings that send feedback to their controls."""
        self._high_bits: dict[tuple[int, int], int] = {}
        self._target: str | None = None
        self._half: tuple[Binding, float] | None = None
        self.set_bindings(bindings)

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """All bindings in order; a control or a parameter may have several."""
        return tuple(self._states)

    def set_bindings(self, bindings: Iterable[Binding]) -> None:
        """Replace all bindings; controls that stay bound keep their state. Ends MIDI learn."""
        self.cancel_learn()
        self._states = {b: self._states.get(b) or Bound(b, b.channel or 1) for b in bindings}
        self._listeners = {}
        speakers: dict[tuple[str, int, int], Bound] = {}
        for binding, state in self._states.items():
            for message in binding.messages:
                self._listeners.setdefault(message, []).append(state)
            if binding.preset is None:
                control = (binding.control, binding.channel, binding.number)
                speakers.setdefault(control, state)
        self._speakers = list(speakers.values())

    @property
    def learning(self) -> str | None:
        """The target that MIDI learn binds next; None if it is off."""
        return self._target

    def learn(self, target: str) -> None:
        """Bind ``target`` to the next control that is moved: see :class:`Learned`.

        Control changes bind to parameters, notes to switches and presets, program changes to
        presets. The new binding replaces those of ``target`` and those of the same control. If
        the low bits (n + 32) follow the high bits (n) within :data:`PAIR_S`, or the other way
        round, a second :class:`Learned` makes the binding ``cc14``. Raises ValueError for an
        unknown target.
        """
        check_target(target)
        self.cancel_learn()
        self._target = target

    def cancel_learn(self) -> None:
        """End MIDI learn without a new binding."""
        self._target = self._half = None

    def receive(self, message: Message, values: Mapping[str, float], now: float) -> list[Action]:
        """The actions of one message. ``values`` are the current values of all parameters."""
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
            # The message that was learned only binds its control.
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
        """The actions of many messages: in order, and only the last value of each parameter.

        After the recall of a preset, knobs have no effect until the next call, because the
        preset's values are not known here.
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
        """The feedback messages to controls that don't show ``values`` yet.

        A moving control gets feedback half a second after its last message, a button's light at
        once. If a control has several bindings, the first sends. A binding for any channel sends
        on the channel of the last message.
        """
        messages: list[list[int]] = []
        for state in self._speakers:
            messages += state.feedback(values[state.binding.target], now)
        return messages

    def tell_all(self) -> None:
        """Make the next :meth:`feedback` update every control, as after a port was opened again."""
        for state in self._states.values():
            state.shows = None

    def _position(self, binding: Binding, channel: int, number: int, sent: int) -> int | None:
        """The control position, 0..top, of a message; None for low bits without high bits."""
        if binding.control != "cc14":
            return sent
        if number == binding.number:
            # The MIDI standard: new high bits reset the low bits to 0.
            return sent << 7
        high = self._high_bits.get((channel, binding.number))
        return None if high is None else high << 7 | sent

    def _act(self, state: Bound, position: int, values: Mapping[str, float]) -> Action | None:
        binding = state.binding
        if binding.preset is not None:
            return Recall(binding.preset) if state.pressed(position) else None
        present = values[binding.target]
        value = state.moved(position, present)
        return None if value is None or value == present else Move(binding.target, value)

    def _learned(
        self, kind: int, channel: int, number: int, sent: int, now: float
    ) -> Binding | None:
        """The binding that MIDI learn makes of this message, already added."""
        if self._target is None:
            return self._paired(kind, channel, number, now)
        target, parameter = self._target, PARAMETERS.get(self._target)
        binding: Binding | None = None
        if kind == CONTROL_CHANGE and parameter and number < FIRST_CHANNEL_MODE:
            curve: Curve = "log" if parameter.unit == "s" else "linear"
            binding = Binding("cc", number, target, channel, curve=curve)
        elif kind == NOTE_ON and sent and (parameter is None or parameter.is_switch):
            # Touching a fader may send a note; a continuous parameter ignores it.
            binding = Binding("note", number, target, channel)
        elif kind == PROGRAM_CHANGE and parameter is None:
            binding = Binding("program", number, target, channel)
        if binding:
            self._replace(binding)
            self._half = (binding, now) if kind == CONTROL_CHANGE else None
        return binding

    def _paired(self, kind: int, channel: int, number: int, now: float) -> Binding | None:
        """The last learned binding as ``cc14``, if this message is the other half."""
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
