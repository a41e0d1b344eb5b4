"""Bindings are kept in presets, and wrong ones are refused."""

from __future__ import annotations

import random
import tomllib
from typing import Any

import pytest
import tomli_w

from livevox.midi.binding import PRESET, Binding
from tests.midi_desk import some_knob


@pytest.mark.parametrize("seed", range(20))
def test_bindings_survive_a_preset_file(seed: int) -> None:
    rng = random.Random(seed)
    bindings = [
        some_knob(rng),
        Binding("note", 5, "bypass", mode="momentary"),
        Binding("program", 1, PRESET + "Ünplugged"),
        Binding("encoder", 9, "wet", coding="binary_offset"),
        Binding("nrpn14", 16_383, "wet"),
    ]
    text = tomli_w.dumps({"midi": [binding.to_dict() for binding in bindings]})
    read = [Binding.from_dict(entry) for entry in tomllib.loads(text)["midi"]]
    assert read == bindings
    assert Binding.from_dict({"control": "pitch_bend", "target": "wet"}).number == 0
    assert Binding("cc", 7, "wet").to_dict() == {"control": "cc", "number": 7, "target": "wet"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"control": "knob"}, "control is 'knob': choose from cc, cc14, encoder, pitch_bend"),
        ({"channel": 17}, "channel is 17: give a whole number from 0 to 16"),
        ({"channel": True}, "channel is True"),
        ({"number": 128}, "number is 128: give a whole number from 0 to 127"),
        ({"number": "7"}, "number is '7'"),
        ({"control": "cc14", "number": 32}, "number is 32: give a whole number from 0 to 31"),
        ({"target": "loudness"}, "target is 'loudness': choose from vocals"),
        ({"target": 7}, "target is 7"),
        ({"target": PRESET + "A"}, "cc loads no preset: choose note or program"),
        ({"control": "program"}, "program loads presets only: give preset:NAME"),
        ({"control": "note", "target": PRESET + "A", "minimum": 0.5}, "has no range"),
        ({"minimum": -1}, "minimum is -1: give 0 to 1, the range of wet"),
        ({"maximum": float("nan")}, "maximum is nan"),
        ({"maximum": "1"}, "maximum is '1'"),
        ({"minimum": 1}, "leave wet no range"),
        ({"target": "bypass", "maximum": 0.5}, "leave bypass no range"),
        ({"curve": "log"}, "it needs values above 0"),
        ({"curve": "bent"}, "curve is 'bent': choose from linear, log"),
        (
            {"control": "encoder"},
            "coding is None: choose from twos_complement",
        ),
        ({"control": "encoder", "coding": "gray"}, "coding is 'gray': choose from"),
        ({"control": "encoder", "coding": "sign_bit", "target": "bypass"}, "no on and off"),
        ({"coding": "sign_bit"}, "cc is no encoder: leave coding out"),
        ({"control": "pitch_bend"}, "number is 7: give 0"),
        ({"control": "nrpn", "number": 16_384}, "give a whole number from 0 to 16383"),
        ({"mode": "toggle"}, "cc on wet is no button: leave mode out"),
        ({"control": "note", "mode": "hold"}, "mode is 'hold': choose from toggle, momentary"),
        ({"chanel": 1}, "a binding has no 'chanel': choose from control"),
    ],
)
def test_a_wrong_binding_names_value_reason_and_remedy(
    change: dict[str, Any], message: str
) -> None:
    good = {"control": "cc", "number": 7, "target": "wet"}
    Binding.from_dict(good)
    with pytest.raises(ValueError, match=message) as error:
        Binding.from_dict(good | change)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["control", "number", "target"])
def test_a_binding_needs_its_control_and_its_target(name: str) -> None:
    values = {"control": "cc", "number": 7, "target": "wet"}
    del values[name]
    with pytest.raises(ValueError, match=f"lacks '{name}'"):
        Binding.from_dict(values)
