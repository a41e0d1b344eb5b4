"""The shipped presets and modes sound as their names say, and share one MIDI map."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from livevox.config.modes import current_mode, modes
from livevox.config.preset import Preset, load_preset, presets, problems, save_preset, user_folder
from livevox.config.shipped import MIDI_MAP, shipped_folder
from livevox.midi.binding import Binding
from livevox.parameters import defaults
from tests.preset_files import SHIPPED, preset, write

pytestmark = pytest.mark.usefixtures("own_config")


def test_shipped_presets_sound_as_their_names_say() -> None:
    assert sorted(SHIPPED) == list(presets())
    loaded = {name: load_preset(name) for name in SHIPPED}
    assert {name: p.parameters for name, p in loaded.items()} == {
        "karaoke": {"vocals_mute": 1},
        "guide-voice": {"vocals": -12},
        "a-cappella": {"accompaniment_mute": 1},
        "rehearsal": {"accompaniment": -12},
        "monitor": {},
        "detect-only": {"bypass": 1},
        "karaoke-mic": {
            "vocals_mute": 1,
            "mic_low_cut": 120,
            "mic_gate": -50,
            "mic_echo": 0.12,
            "mic_echo_time": 0.28,
            "mic_reverb": 0.25,
            "mic_limit": -3,
        },
        "duet": {
            "vocals": -6,
            "mic_low_cut": 120,
            "mic_gate": -50,
            "mic_reverb": 0.2,
            "mic_limit": -3,
        },
    }
    for name, p in loaded.items():
        assert p.model == ("direct" if name == "monitor" else "live")
        assert p.description
        assert all("model" in problem for problem in problems(p))
    assert len({p.title for p in loaded.values()}) == len(SHIPPED)


def test_shipped_presets_say_only_what_they_change() -> None:
    for path in shipped_folder().glob("*.toml"):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        assert set(table) <= {"version", "title", "description", "model", "parameters"}
        assert table.get("model") != "live"
        usual = defaults()
        assert all(value != usual[name] for name, value in table.get("parameters", {}).items())


def test_modes_are_the_first_presets_and_leave_the_volume_alone() -> None:
    found = modes()
    assert [mode.key for mode in found] == ["1", "2", "3", "4", "5"]
    for name, mode in zip(SHIPPED, found, strict=False):
        preset = load_preset(name)
        assert (mode.title, mode.description) == (preset.title, preset.description)
        heard = defaults() | {"output": -6.0, "duck": 10.0, "vocals_solo": 1.0} | mode.values
        assert current_mode(found, heard) == mode
        assert (heard["output"], heard["duck"]) == (-6, 10)
        if name != "detect-only":
            assert heard == preset.values() | {"output": -6, "duck": 10}


def test_a_mode_is_the_users_preset_where_that_hides_the_shipped_one() -> None:
    save_preset(preset("karaoke", vocals=-20, output=-3))
    write(user_folder() / "rehearsal.toml", "version = ")
    found = {mode.key: mode for mode in modes()}
    assert set(found) == {"1", "2", "3", "5"}
    assert found["1"].title == "Mine"
    assert (found["1"].values["vocals"], found["1"].values["output"]) == (-20, -3)


def test_a_preset_without_bindings_has_the_shipped_map_and_may_have_none() -> None:
    assert preset().midi == MIDI_MAP
    assert "midi" not in preset().to_toml()
    none = Preset("silent", "x", "", "live", {}, midi=())
    save_preset(none)
    assert load_preset("silent") == none


def test_shipped_presets_share_one_map_that_reaches_them_all() -> None:
    (bindings,) = {load_preset(name).midi for name in SHIPPED}
    programs = {b.number: b.preset for b in bindings if b.control == "program"}
    assert programs == dict(enumerate(SHIPPED))
    assert not any(a.clashes(b) for k, a in enumerate(bindings) for b in bindings[:k])
    assert {b.target for b in bindings if not b.preset} >= {"vocals", "accompaniment"}


def test_problems_name_the_model_and_the_presets_that_are_missing(tmp_path: Path) -> None:
    programs = tuple(Binding("program", n, f"preset:{p}") for n, p in enumerate(["karaoke", "no"]))
    assert problems(preset()) == []
    model, program = problems(Preset("x", "x", "", "none", {}, programs))
    assert model.startswith("model 'none' is not installed: choose from ")
    assert "program 1 loads preset 'no', which is not there" in program
    file = write(tmp_path / "own.onnx", "")
    assert problems(Preset("x", "x", "", str(file), {})) == []
