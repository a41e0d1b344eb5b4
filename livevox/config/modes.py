"""The modes: mixes taken from presets, each on a number key of the window and the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from livevox.config.preset import Preset, load_preset
from livevox.config.shipped import NAMES
from livevox.errors import LivevoxError

BALANCE = (
    "vocals",
    "vocals_mute",
    "vocals_solo",
    "accompaniment",
    "accompaniment_mute",
    "accompaniment_solo",
    "wet",
    "bypass",
)
"""The parameters that every mode sets. The others (volume, gate, ducking) are unchanged unless the
preset sets them."""

NAMES_OF_MODES = NAMES[:5]
"""Only presets that keep the model: changing the model interrupts the sound."""


@dataclass(frozen=True)
class Mode:
    """The action of a number key. ``values`` are parameters in their units."""

    key: str
    title: str
    description: str
    values: Mapping[str, float]


def modes() -> tuple[Mode, ...]:
    """The modes in the order of their keys, from the current presets.

    The user's own presets override shipped ones here, too. A damaged preset gives no mode.
    """
    found = []
    for number, name in enumerate(NAMES_OF_MODES, 1):
        with suppress(LivevoxError):
            found.append(_mode(str(number), load_preset(name)))
    return tuple(found)


def current_mode(modes: Iterable[Mode], values: Mapping[str, float]) -> Mode | None:
    """The first mode that the parameters match, None for none."""
    for mode in modes:
        if all(abs(values[name] - value) < 1e-6 for name, value in mode.values.items()):
            return mode
    return None


def _mode(key: str, preset: Preset) -> Mode:
    values = dict(preset.parameters)
    # The bypass makes the mix inaudible but does not change it.
    if not values.get("bypass"):
        values |= {name: preset.values()[name] for name in BALANCE}
    return Mode(key, preset.title, preset.description, values)
