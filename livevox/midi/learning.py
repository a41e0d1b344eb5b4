"""MIDI learn: which control is moved for a target, and how it counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from livevox.midi.binding import Binding, Control, Curve
from livevox.midi.decoder import DATA, DATA_LSB, LSB, NRPN_LSB, RPN_MSB, Event, Sent
from livevox.midi.encoder import coding_of, detected, steps
from livevox.parameters import PARAMETERS

LEARN_S = 1.0
"""Seconds for which a control is watched before it is learned."""

PAIR_S = 0.1
"""Longest time in seconds between the two halves of a 14-bit value."""

JITTER = 2 / 127
"""Movement, relative to the range, up to which a control only jitters."""

FIRST_CHANNEL_MODE = 120
"""Control changes from this number on are channel mode messages (all notes off), not controls."""

Key = tuple[Sent, int, int]
"""Control, channel and number."""

_TOPS = {"pitch_bend": 0x3FFF}


@dataclass
class _Moving:
    """A control that moves, perhaps the one that is meant."""

    since: float
    heard: float
    values: list[int] = field(default_factory=list)
    pairs: int = 0
    """How many low bits came together with the high bits."""


class Learner:
    """Watches the controls that suit ``target`` until one has moved more than the others.

    Control changes, pitch bend and NRPN suit parameters, notes suit switches and presets, program
    changes suit presets.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self._parameter = PARAMETERS.get(target)
        self._moving: dict[Key, _Moving] = {}

    def hear(self, events: Iterable[Event], now: float) -> bool:
        """Take the events of one message; whether they suit the target."""
        suits = False
        for event in events:
            if event.control in ("cc14", "nrpn14"):
                self._pair(event, now)
            elif self._suits(event):
                suits = True
                moving = self._moving.setdefault(event[:3], _Moving(now, now))
                moving.heard = now
                moving.values.append(event.value)
        return suits

    def settled(self, now: float) -> Binding | None:
        """The binding of the control that has moved most, once it was watched for LEARN_S."""
        way, key = max(((self._way(key), key) for key in self._moving), default=(0.0, None))
        if key is not None and way > JITTER and now - self._moving[key].since >= LEARN_S:
            return self._binding(key)
        # What only jitters is watched afresh.
        self._moving = {
            key: moving
            for key, moving in self._moving.items()
            if now - moving.since < LEARN_S or self._way(key) > JITTER
        }
        return None

    def values(self, binding: Binding) -> list[int]:
        """What was heard of the control that became ``binding``."""
        key: Key = ("cc", binding.channel, binding.number)
        return self._moving[key].values if key in self._moving else []

    def _suits(self, event: Event) -> bool:
        switch = self._parameter is not None and self._parameter.is_switch
        match event.control:
            case "note":
                # Touching a fader may send a note; a continuous parameter ignores it.
                return event.value > 0 and (self._parameter is None or switch)
            case "program":
                return self._parameter is None
            case "cc":
                named = NRPN_LSB <= event.number <= RPN_MSB
                usual = event.number < FIRST_CHANNEL_MODE and not named
                return self._parameter is not None and usual
            case _:
                return self._parameter is not None and not switch

    def _pair(self, event: Event, now: float) -> None:
        """Count low bits that come soon after the high bits."""
        control: Sent = "cc" if event.control == "cc14" else "nrpn"
        moving = self._moving.get((control, event.channel, event.number))
        # The event of the high bits themselves comes after theirs, with low bits of 0.
        if moving and event.value & 0x7F and now - moving.heard <= PAIR_S:
            moving.pairs += 1

    def _is_paired(self, key: Key) -> bool:
        moving = self._moving.get(key)
        return moving is not None and 2 * moving.pairs >= len(moving.values)

    def _way(self, key: Key) -> float:
        """How far a control has moved, relative to its range; 0 for a part of another one."""
        control, channel, number = key
        values = self._moving[key].values
        if control in ("note", "program"):
            return 1.0
        if control == "cc":
            if LSB <= number < 2 * LSB and self._is_paired(("cc", channel, number - LSB)):
                return 0.0
            nrpn = any(other[:2] == ("nrpn", channel) for other in self._moving)
            if number in (DATA, DATA_LSB) and nrpn:
                return 0.0
            if self._parameter is not None and self._parameter.is_switch:
                # A button, whose first message may be either.
                if set(values) <= {0, 127}:
                    return 1.0
            elif coding := detected(values):
                return sum(abs(steps(value, coding)) for value in values) / 127
        return (max(values) - min(values)) / _TOPS.get(control, 127)

    def _binding(self, key: Key) -> Binding:
        control, channel, number = key
        seconds = self._parameter is not None and self._parameter.unit == "s"
        curve: Curve = "log" if seconds else "linear"
        kind: Control = control
        if control == "cc" and self._parameter is not None and not self._parameter.is_switch:
            coding = detected(self._moving[key].values)
            if coding is not None:
                return Binding("encoder", number, self.target, channel, curve=curve, coding=coding)
            if number < LSB and self._is_paired(key):
                kind = "cc14"
        if control == "nrpn" and self._is_paired(key):
            kind = "nrpn14"
        return Binding(kind, number, self.target, channel, curve=curve)


class Unsure:
    """A learned encoder that was turned one way only: its coding is sure once it turns back."""

    def __init__(self, binding: Binding, values: Iterable[int]) -> None:
        self._binding = binding
        self._values = set(values)
        self.over = coding_of(self._values)[1]
        """Whether nothing more is to be found out."""

    def hear(self, events: Iterable[Event]) -> tuple[Binding, Binding] | None:
        """The binding and its correction, if a message shows that the coding is another one."""
        for event in events:
            if event[:3] != ("cc", self._binding.channel, self._binding.number):
                continue
            self._values.add(event.value)
            coding, self.over = coding_of(self._values)
            if self.over and coding not in (None, self._binding.coding):
                return self._binding, replace(self._binding, coding=coding)
        return None
