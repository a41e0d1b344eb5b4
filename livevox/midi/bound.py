"""One bound control: soft takeover, buttons, and what the control itself shows."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from livevox.midi.binding import CONTROL_CHANGE, LSB, NOTE_ON, Binding

PICKUP = 0.02
"""How near to the parameter's value a control takes it over, as a part of the control's way."""

QUIET_S = 0.5
"""Seconds after its last message before a moved control is told anything."""


@dataclass
class Bound:
    """A binding, and what is known of its control."""

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

    def pressed(self, position: int) -> bool:
        """Whether a message that puts the control at 0..top presses it."""
        # A note's velocity says how hard, not how far.
        return position > 0 if self.binding.control == "note" else 2 * position > self.binding.top

    def moved(self, position: int, present: float) -> float | None:
        """The value that a message gives the parameter, whose value is ``present``; None for no
        change."""
        if self.binding.is_button:
            return self._press(self.pressed(position), present)
        return self._turn(position, present)

    def feedback(self, value: float, now: float) -> list[list[int]]:
        """The messages that make the control show the parameter's ``value``, if it doesn't yet."""
        shown = self.binding.sent(value)
        if self.binding.is_button:
            shown = self.binding.top if 2 * shown > self.binding.top else 0
        elif now - self.heard < QUIET_S:
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
        # A fader on a switch sends many values above the middle; a pad may never send note-off.
        if not pressed or (was_pressed and binding.control != "note"):
            return None
        return low if binding.way(present) > 0.5 else high

    def _turn(self, position: int, present: float) -> float | None:
        """None also while it has not taken over."""
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
                # It agrees already, perhaps as the answer to what it was told: no rounding.
                self.gave = present
                return None
        self.gave = binding.value(position)
        return self.gave

    def _messages(self, shown: int) -> list[list[int]]:
        """What makes the control show 0..top: one message, or two for 14 bits."""
        binding = self.binding
        if binding.control == "note":
            return [[NOTE_ON | self.channel - 1, binding.number, shown]]
        status = CONTROL_CHANGE | self.channel - 1
        if binding.control == "cc":
            return [[status, binding.number, shown]]
        high, low = shown >> 7, shown & 0x7F
        return [[status, binding.number, high], [status, binding.number + LSB, low]]
