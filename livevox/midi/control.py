"""Bindings, MIDI learn and feedback: from MIDI messages to actions and back.

This module uses no MIDI port and no clock: messages and times are arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from livevox.midi.binding import Binding, check_target
from livevox.midi.bound import Bound
from livevox.midi.decoder import Decoder, Event, Message
from livevox.midi.learning import Learner, Unsure
from livevox.parameters import PARAMETERS


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
    """``binding`` was added, and may have replaced others, also an earlier guess at it."""

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
        self._listeners: dict[tuple[str, int], list[Bound]] = {}
        """The bindings by control and number of an event."""
        self._speakers: list[Bound] = []
        """The bindings that send feedback to their controls."""
        self._decoder = Decoder()
        self._learner: Learner | None = None
        self._unsure: Unsure | None = None
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
            sent = "cc" if binding.control == "encoder" else binding.control
            self._listeners.setdefault((sent, binding.number), []).append(state)
            if binding.preset is None:
                control = (binding.control, binding.channel, binding.number)
                speakers.setdefault(control, state)
        self._speakers = list(speakers.values())

    @property
    def learning(self) -> str | None:
        """The target that MIDI learn binds next; None if it is off."""
        return self._learner.target if self._learner else None

    def learn(self, target: str) -> None:
        """Bind ``target`` to the control that moves most within a second: see :meth:`settle`.

        Meanwhile the controls that suit ``target`` have no effect: see
        :class:`livevox.midi.learning.Learner`. Raises ValueError for an unknown target.
        """
        check_target(target)
        self.cancel_learn()
        self._learner = Learner(target)

    def cancel_learn(self) -> None:
        """End MIDI learn without a new binding."""
        self._learner = self._unsure = None

    def settle(self, now: float) -> list[Action]:
        """A :class:`Learned` once a control was moved for a second; call it again and again.

        The new binding replaces those of its target and those of the same control.
        """
        learner = self._learner
        binding = learner.settled(now) if learner else None
        if learner is None or binding is None:
            return []
        kept = [b for b in self.bindings if b.target != binding.target and not b.clashes(binding)]
        self.set_bindings([*kept, binding])
        if binding.control == "encoder":
            self._unsure = Unsure(binding, learner.values(binding))
        return [Learned(binding)]

    def receive(self, message: Message, values: Mapping[str, float], now: float) -> list[Action]:
        """The actions of one message. ``values`` are the current values of all parameters."""
        events = self._decoder.events(message)
        if events is None:
            self.ignored += 1
            return []
        if self._learner and self._learner.hear(events, now):
            return []
        actions = self._corrected(events)
        known = False
        for event in events:
            for state in self._listeners.get((event.control, event.number), ()):
                binding = state.binding
                if binding.channel not in (0, event.channel):
                    continue
                known = True
                state.channel, state.heard = event.channel, now
                action = self._act(state, event.value, values)
                if action:
                    actions.append(action)
        if not known:
            self.ignored += 1
        return actions

    def receive_all(
        self, messages: Iterable[Message], values: Mapping[str, float], now: float
    ) -> list[Action]:
        """The actions of many messages: in order, and only the last value of each parameter.

        After the recall of a preset, knobs have no effect until the next call, because the
        preset's values are not known here. Call it also without messages, for MIDI learn.
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
        return [*actions.values(), *self.settle(now)]

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

    def update_all(self) -> None:
        """Make the next :meth:`feedback` update every control, as after a port was opened again."""
        for state in self._states.values():
            state.shows = None

    def _corrected(self, events: Iterable[Event]) -> list[Action]:
        """Correct the coding of a learned encoder, if a message shows it."""
        if self._unsure is None:
            return []
        found = self._unsure.hear(events)
        if self._unsure.over:
            self._unsure = None
        if found is None or found[0] not in self._states:
            return []
        old, new = found
        self.set_bindings(new if binding == old else binding for binding in self.bindings)
        return [Learned(new)]

    def _act(self, state: Bound, position: int, values: Mapping[str, float]) -> Action | None:
        binding = state.binding
        if binding.preset is not None:
            return Recall(binding.preset) if state.pressed(position) else None
        present = values[binding.target]
        value = state.moved(position, present)
        return None if value is None or value == present else Move(binding.target, value)
