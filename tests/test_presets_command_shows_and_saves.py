"""`livevox presets` lists, shows, saves and checks presets."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from livevox.cli.presets import presets_app
from livevox.config.preset import Preset, load_preset, save_preset, user_folder
from livevox.errors import LivevoxError
from livevox.network.model import shipped_models
from tests.preset_files import HEAD, SHIPPED, write


@pytest.fixture(autouse=True)
def wide(own_config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are not wrapped."""
    monkeypatch.setenv("COLUMNS", "200")


def test_the_list_has_every_preset_and_marks_damaged_ones() -> None:
    save_preset(Preset("mine", "[red]:star:", "", "live", {}))
    write(user_folder() / "karaoke.toml", "version = ")
    result = CliRunner().invoke(presets_app, ["list"])
    assert result.exit_code == 0
    rows = {line.split()[1]: line for line in result.stdout.splitlines() if line.startswith("│")}
    assert set(rows) == {*SHIPPED, "mine"}
    assert {name for name, row in rows.items() if "yours" in row} == {"karaoke", "mine"}
    assert {name for name, row in rows.items() if "damaged" in row} == {"karaoke"}
    assert "[red]:star:" in rows["mine"]


def test_show_tells_what_was_chosen_and_what_midi_does() -> None:
    result = CliRunner().invoke(presets_app, ["show", "guide-voice"])
    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["│", "vocals", "│", "-12", "dB", "│", "yes", "│"] in rows
    assert ["│", "bypass", "│", "off", "│", "│"] in rows
    assert "program 5" in result.stdout
    assert "preset:detect-only" in result.stdout


def test_the_command_saves_another_preset_with_changes() -> None:
    def save(*arguments: str) -> str:
        result = CliRunner().invoke(presets_app, ["save", *arguments])
        if result.exit_code == 0:
            return result.stderr
        assert isinstance(result.exception, LivevoxError)
        return str(result.exception)

    changes = ["--set", "vocals=-6", "--set", "bypass=on", "--set", "vocals_mute=0"]
    assert "saved" in save("mine", "--from", "karaoke", *changes)
    saved, source = load_preset("mine"), load_preset("karaoke")
    assert saved.parameters == {"vocals": -6, "bypass": 1, "vocals_mute": 0}
    assert (saved.title, saved.model, saved.midi) == ("mine", source.model, source.midi)
    refused = {
        "vocals=loud": "--set is 'vocals=loud'",
        "vocals": "--set is 'vocals'",
        "vocals=on": "--set is 'vocals=on'",
        "vocals=99": "vocals is 99",
        "voice=1": "no parameter 'voice'",
        "bypass=0.5": "bypass is 0.5",
    }
    for change, said in refused.items():
        assert said in save("mine", "--from", "karaoke", "--force", "--set", change)
    assert "mine.toml exists" in save("mine", "--from", "karaoke")
    assert "no preset 'nothing'" in save("mine", "--from", "nothing", "--force")
    assert "choose another" in save("a/b", "--from", "karaoke")
    assert load_preset("mine") == saved
    assert "saved" in save("mine", "--from", "mine", "--set", "vocals=-9", "--force")
    assert load_preset("mine").values() == saved.values() | {"vocals": -9}


def test_check_has_a_line_for_each_and_fails_where_one_is_bad(tmp_path: Path) -> None:
    def check(*names: object) -> tuple[int, list[str], list[str]]:
        result = CliRunner().invoke(presets_app, ["check", *map(str, names)])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.stdout.splitlines(), result.stderr.splitlines()

    installed = [name for name in sorted(SHIPPED) if load_preset(name).model in shipped_models()]
    code, good, bad = check()
    assert good == [f"{name}: good" for name in installed]
    assert len(good) + len(bad) == len(SHIPPED)
    assert code == (1 if bad else 0)

    path = write(tmp_path / "bad.toml", HEAD + "vocals = 1\n")
    code, good, (line,) = check("karaoke", path, "rehearsal")
    assert (code, good) == (1, ["karaoke: good", "rehearsal: good"])
    assert line.startswith(f"livevox: {path}, line 2: ")
    write(path, HEAD + "model = 'none'\n[[midi]]\ncontrol='note'\nnumber=1\ntarget='preset:no'\n")
    code, good, (line,) = check(path)
    assert (code, good) == (1, [])
    assert line.startswith("livevox: preset 'bad' can't be used: ")
    assert "model 'none' is not installed" in line
    assert "preset 'no'" in line
