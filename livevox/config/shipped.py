"""The shipped presets, in order, and the default MIDI map."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from livevox.midi.binding import PRESET, Binding

NAMES = (
    "karaoke",
    "guide-voice",
    "a-cappella",
    "rehearsal",
    "detect-only",
    "monitor",
    "karaoke-mic",
    "duet",
)
"""In the order of the number keys, which start at 1, and of the MIDI programs, which start at 0."""

MIDI_MAP = (
    Binding("cc", 7, "output"),
    Binding("cc", 16, "vocals"),
    Binding("cc", 17, "accompaniment"),
    Binding("cc", 18, "mic"),
    Binding("cc", 80, "vocals_mute"),
    Binding("cc", 81, "accompaniment_mute"),
    Binding("cc", 82, "bypass"),
    Binding("cc", 83, "mic_mute"),
    *(Binding("program", number, f"{PRESET}{name}") for number, name in enumerate(NAMES)),
)
"""The MIDI map of presets without their own. In MIDI, controller 7 is the volume; 16 to 19 and 80
to 83 are general-purpose knobs and buttons."""


def shipped_folder() -> Path:
    """The folder of livevox's presets: a wheel has it in the package, a checkout beside it."""
    package = Path(str(resources.files("livevox")))
    inside = package / "presets"
    return inside if inside.is_dir() else package.parent / "presets"
