"""The state of a bound control: soft takeover, buttons and feedback."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from livevox.midi.binding import Binding
from livevox.midi.decoder import (
    CONTROL_CHANGE,
    DATA,
    DATA_LSB,
    LSB,
    NOTE_ON,
    NRPN_LSB,
    NRPN_MSB,
    PITCH_BEND,
)

PICKUP = 0.02
"""Distance to the parameter's value at which a control takes over, relative to its range."""

QUIET_S = 0.5
"""Seconds without a message from a moving control before feedback is sent to it."""


@dataclass
class Bound:
    """A binding and the state of its control."""

    binding: Binding
    channel: int
    """The channel for feedback: that of the control's last message."""
    heard: float = -inf
    """Time of its last message."""
    way: float | None = None
    """Its last relative position, 0..1."""
    gave: float | None = None
    """The value that it last set; None until it has taken over the parameter."""
    shows: int | None = None
    """The value that it shows, 0..top: the last one sent by it or to it; None if unknown."""

    def pressed(self, position: int) -> bool:
        """Whether a message with this position, 0..top, is a press."""
        # A note's value is its velocity, not a position.
        return position > 0 if self.binding.control == "note" else 2 * position > self.binding.top

    def moved(self, position: int, present: float) -> float | None:
        """The parameter's new value, given its ``present`` one; None for no change.

        An encoder moves the value from where it is, so it needs no takeover.
        """
        if self.binding.control == "encoder":
            self.shows = None
            return self.binding.turned(position, present)
        if self.binding.is_button:
            return self._press(self.pressed(position), present)
        return self._turn(position, present)

    def feedback(self, value: float, now: float) -> list[list[int]]:
        """The messages that make the control show the parameter's ``value``, if it doesn't yet."""
        shown = self.binding.sent(value)
        if self.binding.is_button:
            shown = self.binding.top if 2 * shown > self.binding.top else 0
        elif self.binding.control != "encoder" and now - self.heard < QUIET_S:
            return []
        if shown == self.shows:
            return []
        self.shows = shown
        return self._messages(shown)

    def _press(self, pressed: bool, present: float) -> float | None:
        binding = self.binding
        low, high = binding.ends
        was_pressed, self.way = self.way == 1.0, float(pressed)
        self.shows = binding.top if pressed else 0
        if not binding.toggles:
            return high if pressed else low
        # A fader on a switch sends many values above the middle: only the first is a press. Some
        # pads send no note-off, so every note-on is one.
        if not pressed or (was_pressed and binding.control != "note"):
            return None
        return low if binding.way(present) > 0.5 else high

    def _turn(self, position: int, present: float) -> float | None:
        """The parameter's new value; None for no change and before takeover."""
        binding = self.binding
        way, before, target = position / binding.top, self.way, binding.way(present)
        self.way, self.shows = way, position
        low, high = binding.ends
        if self.gave is not None and abs(present - self.gave) > 1e-4 * abs(high - low):
            self.gave = None
        if self.gave is None:
            passed = before is not None and min(before, way) <= target <= max(before, way)
            if not passed and abs(way - target) > PICKUP:
                return None
            if position == binding.sent(present):
                # Already equal, perhaps an echo of the feedback: keep the exact value.
                self.gave = present
                return None
        self.gave = binding.value(position)
        return self.gave

    def _messages(self, shown: int) -> list[list[int]]:
        """The feedback for a value, 0..top: the messages that the control would send."""
        number, channel = self.binding.number, self.channel - 1
        change = CONTROL_CHANGE | channel
        high, low = shown >> 7, shown & 0x7F
        match self.binding.control:
            case "note":
                return [[NOTE_ON | channel, number, shown]]
            case "pitch_bend":
                return [[PITCH_BEND | channel, low, high]]
            case "cc14":
                return [[change, number, high], [change, number + LSB, low]]
            case "nrpn" | "nrpn14" as control:
                chosen = [[change, NRPN_MSB, number >> 7], [change, NRPN_LSB, number & 0x7F]]
                if control == "nrpn":
                    return [*chosen, [change, DATA, shown]]
                return [*chosen, [change, DATA, high], [change, DATA_LSB, low]]
            case _:
                return [[change, number, shown]]
