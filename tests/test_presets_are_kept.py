"""Presets of the user are found, saved, renamed and deleted, and none is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from livevox.config.preset import (
    Preset,
    delete_preset,
    load_preset,
    presets,
    rename_preset,
    save_preset,
    user_folder,
)
from livevox.errors import LivevoxError
from livevox.parameters import defaults
from tests.preset_files import HEAD, SHIPPED, full_disk, preset, refusal, write

pytestmark = pytest.mark.usefixtures("own_config")


def test_unknown_presets_are_refused_with_the_known_ones(tmp_path: Path) -> None:
    text = write(tmp_path / "preset.txt", HEAD)
    for name in ("nothing", "x" * 300, "a\0b", "..", "missing.toml", text, tmp_path):
        with pytest.raises(LivevoxError, match=r"choose from a-cappella, .*, or give a \.toml"):
            load_preset(name)
    assert "choose another" in refusal(write(tmp_path / "my.own.toml", HEAD))


def test_parameters_not_named_keep_their_defaults(tmp_path: Path) -> None:
    path = write(tmp_path / "short.toml", HEAD + "[parameters]\nvocals_mute = true\n")
    short = load_preset(path)
    assert short == Preset("short", "short", "", "live", {"vocals_mute": 1.0})
    assert short.values() == defaults() | {"vocals_mute": 1.0}


def test_the_users_preset_hides_the_shipped_one_until_it_is_gone() -> None:
    shipped = load_preset("karaoke")
    own = preset("karaoke", vocals=-20)
    save_preset(own)
    assert load_preset("karaoke") == own
    assert list(presets()) == sorted(SHIPPED)
    rename_preset("karaoke", "quiet")
    assert load_preset("karaoke") == shipped
    assert load_preset("quiet").parameters == own.parameters
    delete_preset("quiet")
    assert list(presets()) == sorted(SHIPPED)
    assert list(user_folder().iterdir()) == []


def test_nothing_is_lost_by_saving_renaming_or_deleting() -> None:
    save_preset(preset("one", vocals=-1))
    save_preset(preset("two", vocals=-2))
    refused = [
        (lambda: save_preset(preset("one")), "one.toml exists"),
        (lambda: rename_preset("one", "two"), "two.toml exists"),
        (lambda: rename_preset("one", "../two"), "choose another"),
        (lambda: rename_preset("karaoke", "mine"), "is part of livevox"),
        (lambda: rename_preset("three", "four"), "no preset 'three'"),
        (lambda: delete_preset("karaoke"), "is part of livevox"),
        (lambda: delete_preset("three"), "no preset 'three'"),
        (lambda: delete_preset("../presets/one"), "no preset '../presets/one'"),
    ]
    for action, said in refused:
        with pytest.raises(LivevoxError, match=said):
            action()
    assert [load_preset(name).parameters["vocals"] for name in ("one", "two")] == [-1, -2]
    save_preset(preset("one", vocals=-3), overwrite=True)
    assert load_preset("one").parameters["vocals"] == -3


def test_a_save_that_fails_leaves_the_old_preset() -> None:
    old = preset(vocals=-1)
    path = save_preset(old)
    with full_disk(), pytest.raises(LivevoxError, match=r"mine\.toml can't be written \(File too"):
        save_preset(preset(vocals=-2), overwrite=True)
    assert load_preset("mine") == old
    assert list(user_folder().iterdir()) == [path]


def test_a_folder_that_cant_be_written_to_is_named_with_a_remedy(own_config: Path) -> None:
    write(own_config, "not a folder")
    with pytest.raises(LivevoxError, match=r"mine\.toml can't be written \(.+\).*CONFIG_DIR"):
        save_preset(preset())
    assert list(presets()) == sorted(SHIPPED)


def test_files_that_are_no_presets_are_not_listed() -> None:
    folder = user_folder()
    write(folder / ".mine-x7.toml", HEAD)
    write(folder / "notes.txt", HEAD)
    (folder / "folder.toml").mkdir()
    assert list(presets()) == sorted(SHIPPED)
