"""MIDI mappings in words."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication

from gui.model.scales import SCALES, label
from livevox.midi.binding import PRESET, Binding


def target_label(target: str) -> str:
    """A target's name in the window."""
    if target.startswith(PRESET):
        return QCoreApplication.translate("MidiMappings", "{} (preset)").format(
            target.removeprefix(PRESET)
        )
    return label(target)


def control_label(binding: Binding, programs_from: int) -> str:
    """A MIDI control's name: "CC 7, channel 1"; without a channel for any.

    A device counts its programs from ``programs_from``, 0 or 1.
    """
    number = binding.number + (programs_from if binding.control == "program" else 0)
    control = {
        "cc": "CC {}",
        "cc14": QCoreApplication.translate("MidiMappings", "CC {} (14 bits)"),
        "encoder": QCoreApplication.translate("MidiMappings", "Endless knob, CC {}"),
        "pitch_bend": QCoreApplication.translate("MidiMappings", "Pitch bend"),
        "nrpn": "NRPN {}",
        "nrpn14": QCoreApplication.translate("MidiMappings", "NRPN {} (14 bits)"),
        "note": QCoreApplication.translate("MidiMappings", "Note {}"),
        "program": QCoreApplication.translate("MidiMappings", "Program {}"),
    }[binding.control].format(number)
    if binding.channel == 0:
        return control
    return QCoreApplication.translate("MidiMappings", "{}, channel {}").format(
        control, binding.channel
    )


def range_label(binding: Binding) -> str:
    """The range of a mapping with its unit."""
    if binding.preset is not None or binding.parameter.is_switch:
        return ""
    scale = SCALES[binding.target]
    low, high = map(scale.text, binding.ends)
    unit = high.rpartition(" ")[2]
    return f"{low.removesuffix(unit).rstrip()} … {high}"
