"""Bindings and messages in words, for the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from livevox.midi.binding import Binding
from livevox.midi.decoder import LSB, Event
from livevox.midi.encoder import Coding

CODINGS: Mapping[Coding, str] = {
    "twos_complement": "two's complement",
    "binary_offset": "binary offset",
    "sign_bit": "sign bit",
}


def control_words(binding: Binding, programs_from: int) -> str:
    """The control of a binding; a device counts its programs from ``programs_from``, 0 or 1.

    >>> control_words(Binding("cc14", 7, "output"), programs_from=1)
    'control changes 7 and 39 (14 bits)'
    """
    number = binding.number
    match binding.control:
        case "cc14":
            return f"control changes {number} and {number + LSB} (14 bits)"
        case "encoder":
            assert binding.coding is not None
            return f"endless encoder {number} ({CODINGS[binding.coding]})"
        case control:
            return _words(control, number, programs_from)


def action_words(binding: Binding) -> str:
    """What a binding does with its target.

    >>> action_words(Binding("note", 60, "bypass"))
    'each press switches'
    """
    if binding.preset is not None:
        return "loads it"
    if binding.is_button:
        return "each press switches" if binding.toggles else "on while pressed"
    if binding.control == "encoder":
        return "turns it up and down"
    return "sets it" if binding.curve == "linear" else "sets it, by equal ratios"


def event_words(events: list[Event], programs_from: int) -> str:
    """What a message says: the last of its events that is no mere guess; "" for none.

    >>> event_words([Event("cc", 2, 7, 100), Event("cc14", 2, 7, 12_800)], 1)
    'control change 7 is 100, channel 2'
    """
    for event in reversed(events):
        if event.control == "program":
            return f"{_words('program', event.number, programs_from)}, channel {event.channel}"
        # Any control change may be half of 14 bits.
        if event.control != "cc14":
            named = _words(event.control, event.number, programs_from)
            return f"{named} is {event.value}, channel {event.channel}"
    return ""


def _words(control: str, number: int, programs_from: int) -> str:
    match control:
        case "pitch_bend":
            return "pitch bend"
        case "nrpn":
            return f"NRPN {number}"
        case "nrpn14":
            return f"NRPN {number} (14 bits)"
        case "program":
            return f"program {number + programs_from}"
        case "note":
            return f"note {number}"
        case _:
            return f"control change {number}"
