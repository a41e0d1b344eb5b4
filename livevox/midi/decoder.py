"""MIDI messages as the positions of controls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

NOTE_OFF, NOTE_ON, CONTROL_CHANGE, PROGRAM_CHANGE = 0x80, 0x90, 0xB0, 0xC0
PITCH_BEND = 0xE0

LSB = 32
"""Control change n + 32 carries the low 7 bits of control change n."""

DATA, DATA_LSB = 6, 38
NRPN_LSB, NRPN_MSB, RPN_LSB, RPN_MSB = 98, 99, 100, 101
"""Control changes: 99 and 98 choose a non-registered parameter (NRPN), 101 and 100 a registered
one. Then 6 and 38 are its value."""

_LENGTHS = {
    NOTE_OFF: 3,
    NOTE_ON: 3,
    CONTROL_CHANGE: 3,
    PROGRAM_CHANGE: 2,
    PITCH_BEND: 3,
}

Message = Sequence[int]
"""The bytes of one MIDI message, status first."""

Sent = Literal["cc", "cc14", "pitch_bend", "nrpn", "nrpn14", "note", "program"]
"""The kinds of control that messages show; see :class:`livevox.midi.binding.Binding`."""


class Event(NamedTuple):
    """A control at a position. A note has its velocity, a program the largest value."""

    control: Sent
    channel: int
    """1 to 16."""
    number: int
    value: int
    """0..127; 0..16383 for ``cc14``, ``pitch_bend`` and ``nrpn14``."""


class Decoder:
    """Keeps what earlier messages said: high bits and chosen parameters, by channel."""

    def __init__(self) -> None:
        self._high_bits: dict[tuple[int, int], int] = {}
        self._chosen: dict[int, list[int]] = {}
        """The number of the chosen NRPN by channel: its high and its low 7 bits."""
        self._nrpn_high: dict[int, int] = {}

    def events(self, message: Message) -> list[Event] | None:
        """All that a message says, none for half a number; None if it is malformed.

        A control change may be several things at once: itself, half of 14 bits, and part of an
        NRPN.
        """
        kind = message[0] & 0xF0 if message else 0
        valid = len(message) == _LENGTHS.get(kind) and all(0 <= b < 128 for b in message[1:])
        if not valid or not 0 <= message[0] < 0x100:
            return None
        channel, number = (message[0] & 0x0F) + 1, message[1]
        if kind == PROGRAM_CHANGE:
            return [Event("program", channel, number, 127)]
        value = message[2]
        if kind == CONTROL_CHANGE:
            return self._control_change(channel, number, value)
        if kind == PITCH_BEND:
            return [Event("pitch_bend", channel, 0, value << 7 | number)]
        return [Event("note", channel, number, 0 if kind == NOTE_OFF else value)]

    def _control_change(self, channel: int, number: int, value: int) -> list[Event]:
        events = [Event("cc", channel, number, value)]
        if number < LSB:
            self._high_bits[channel, number] = value
            # The MIDI standard: new high bits reset the low bits to 0.
            events.append(Event("cc14", channel, number, value << 7))
        elif number < 2 * LSB:
            high = self._high_bits.get((channel, number - LSB))
            if high is not None:
                events.append(Event("cc14", channel, number - LSB, high << 7 | value))
        return events + self._nrpn(channel, number, value)

    def _nrpn(self, channel: int, number: int, value: int) -> list[Event]:
        if number in (RPN_LSB, RPN_MSB):
            self._chosen.pop(channel, None)
        elif number in (NRPN_LSB, NRPN_MSB):
            self._chosen.setdefault(channel, [-1, -1])[number == NRPN_LSB] = value
            self._nrpn_high.pop(channel, None)
        elif number in (DATA, DATA_LSB) and channel in self._chosen:
            high, low = self._chosen[channel]
            # 127, 127 chooses none.
            if min(high, low) < 0 or high == low == 127:
                return []
            chosen = high << 7 | low
            if number == DATA:
                self._nrpn_high[channel] = value
                coarse = Event("nrpn", channel, chosen, value)
                return [coarse, Event("nrpn14", channel, chosen, value << 7)]
            if channel in self._nrpn_high:
                fine = self._nrpn_high[channel] << 7 | value
                return [Event("nrpn14", channel, chosen, fine)]
        return []
