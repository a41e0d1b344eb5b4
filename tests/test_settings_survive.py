"""Settings load as they were saved; a damaged file gives a warning and is kept."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from livevox.config.folder import config_folder
from livevox.config.settings import Settings, load_settings, save_settings, settings_file
from livevox.errors import LivevoxError
from tests.preset_files import full_disk

HEAD = "version = 1\n"


pytestmark = pytest.mark.usefixtures("own_config")


def damaged(text: str) -> str:
    """Write ``text`` as the settings file; return the warning, one line."""
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_text(text, encoding="utf-8")
    settings, warning = load_settings()
    assert settings == Settings()
    assert warning
    assert warning.isprintable()
    return warning


def random_settings(rng: np.random.Generator) -> Settings:
    def name() -> str:
        return "".join(rng.choice(list("aZ0 ß\\\"'#=[]🎤\t\n"), rng.integers(12)))

    def names() -> tuple[str, ...]:
        return tuple(name() for _ in range(rng.integers(4)))

    def channels() -> tuple[int, ...] | None:
        return tuple(map(int, rng.integers(1, 65, rng.integers(4)))) or None

    return Settings(
        input=rng.choice([None, name()]),
        files=names(),
        song=int(rng.integers(9)),
        output=rng.choice([None, name()]),
        sample_rate=rng.choice([None, 44_100, 192_000]),
        block_size=rng.choice([None, 1, 4096]),
        input_channels=channels(),
        output_channels=channels(),
        stems=bool(rng.integers(2)),
        preset=name(),
        midi_inputs=names(),
        midi_outputs=names(),
        midi_api=rng.choice([None, name()]),
        programs_from=int(rng.integers(2)),
    )


@pytest.mark.parametrize("seed", range(50))
def test_what_is_saved_is_what_is_loaded(seed: int, own_config: Path) -> None:
    settings = random_settings(np.random.default_rng(seed))
    save_settings(Settings(input="before"))
    save_settings(settings)
    assert load_settings() == (settings, None)
    assert list(own_config.iterdir()) == [settings_file()]


def test_a_queue_is_kept_but_for_names_that_are_no_text() -> None:
    no_text = os.fsdecode(b"Tr\xe4ume.wav")
    settings = Settings().with_queue((no_text, "a.wav", "b.wav", no_text), 2)
    assert (settings.files, settings.song) == (("a.wav", "b.wav"), 1)
    save_settings(settings)
    assert load_settings() == (settings, None)


def test_without_a_file_all_is_at_its_default(own_config: Path) -> None:
    assert load_settings() == (Settings(), None)
    assert not own_config.exists()


@pytest.mark.parametrize("key", [field.name for field in fields(Settings)])
@pytest.mark.parametrize("value", ["0", "-1", "1.5", "true", "[0]", "[1.0]", "{ a = 1 }"])
def test_a_value_of_another_type_is_named_with_its_line(key: str, value: str) -> None:
    if (key, value) in (("stems", "true"), ("programs_from", "0"), ("song", "0")):
        value = "[]"
    warning = damaged(f"{HEAD}\n{key} = {value}\n")
    assert warning.startswith(f"{settings_file()}, line 3: {key} is ")
    assert "the defaults are used" in warning


def test_other_damage_is_named_with_its_line() -> None:
    assert "line 1: no version" in damaged("")
    assert "line 2: no TOML" in damaged(HEAD + "input = \n")
    assert "line 2: no key 'inptu' is known" in damaged(HEAD + "inptu = 'x'\n")
    assert "line 1: version 2 was made by a newer livevox" in damaged("version = 2\nx = 1\n")
    assert "line 3: block_size is 'x'" in damaged(HEAD + "input = 'a'\nblock_size = 'x'\n")
    assert "line 1: no TOML" in damaged("\0" * 4096)


def test_a_damaged_file_is_kept_beside_the_next_save(own_config: Path) -> None:
    warning = damaged("version = 1\ninput = 'my interf")
    kept = own_config / "settings.toml.damaged"
    assert str(kept) in warning
    assert settings_file().read_text() == "version = 1\ninput = 'my interf"
    settings = Settings(output="speakers")
    save_settings(settings)
    assert kept.read_text() == "version = 1\ninput = 'my interf"
    assert load_settings() == (settings, None)
    save_settings(Settings())
    assert kept.read_text() == "version = 1\ninput = 'my interf"


def test_a_folder_in_the_place_of_the_file_is_moved_aside(own_config: Path) -> None:
    settings_file().mkdir(parents=True)
    settings, warning = load_settings()
    assert settings == Settings()
    assert warning
    assert "can't be read (Is a directory)" in warning
    save_settings(Settings(input="x"))
    assert load_settings() == (Settings(input="x"), None)
    assert (own_config / "settings.toml.damaged").is_dir()


@pytest.mark.parametrize("text", [HEAD + "input = 'old'\n", HEAD + "input ="])
def test_a_save_that_fails_leaves_the_old_file(own_config: Path, text: str) -> None:
    own_config.mkdir()
    settings_file().write_text(text)
    with full_disk(), pytest.raises(LivevoxError, match=r"settings\.toml can't be written"):
        save_settings(Settings(input="new"))
    assert settings_file().read_text() == text
    assert list(own_config.iterdir()) == [settings_file()]


def test_a_folder_that_cant_be_written_to_is_named_with_a_remedy(own_config: Path) -> None:
    own_config.write_text("not a folder")
    assert load_settings()[0] == Settings()
    with pytest.raises(LivevoxError, match=r"settings\.toml can't be written \(.+\).*CONFIG_DIR"):
        save_settings(Settings())
    assert own_config.read_text() == "not a folder"


def test_the_config_folder_is_the_systems_unless_set(monkeypatch: pytest.MonkeyPatch) -> None:
    said = config_folder()
    monkeypatch.setenv("LIVEVOX_CONFIG_DIR", "")
    assert config_folder() != said
    assert config_folder().name == "livevox"
