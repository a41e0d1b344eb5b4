"""The modes: balances of presets, each on a number key of the window and of the terminal."""

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
"""The parameters that every mode sets. The others (volume, gate, ducking) stay as they are unless
the preset chooses them."""

NAMES_OF_MODES = NAMES[:5]
"""The presets that need no other model: changing the model interrupts the sound."""


@dataclass(frozen=True)
class Mode:
    """What a number key sets. ``values`` are parameters, in their units."""

    key: str
    title: str
    description: str
    values: Mapping[str, float]


def modes() -> tuple[Mode, ...]:
    """The modes in the order of their keys, as the presets are now.

    The user's own presets hide shipped ones here, too. The key of a damaged preset has no mode.
    """
    found = []
    for number, name in enumerate(NAMES_OF_MODES, 1):
        with suppress(LivevoxError):
            found.append(_mode(str(number), load_preset(name)))
    return tuple(found)


def current_mode(modes: Iterable[Mode], values: Mapping[str, float]) -> Mode | None:
    """The first mode that the parameters are in, None for none."""
    for mode in modes:
        if all(abs(values[name] - value) < 1e-6 for name, value in mode.values.items()):
            return mode
    return None


def _mode(key: str, preset: Preset) -> Mode:
    values = dict(preset.parameters)
    # Under the bypass the balance is not heard: it stays for when the bypass ends.
    if not values.get("bypass"):
        values |= {name: preset.values()[name] for name in BALANCE}
    return Mode(key, preset.title, preset.description, values)
