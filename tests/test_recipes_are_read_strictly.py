"""A recipe has every value from itself, from another recipe or from the defaults, or is refused."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from livevox import LivevoxError
from train.data.tracks import Track
from train.recipe import RECIPES, load_recipe


@pytest.mark.parametrize(
    ("licence", "free"),
    [
        ("CC0-1.0", True),
        ("MIT", True),
        ("CC-BY-4.0", True),
        ("CC-BY-SA-3.0", True),
        ("CC-BY-ND-4.0", False),
        ("GPL-2.0-only", False),
        ("CC-BY-NC-SA-4.0", False),
        ("CC-BY-NC-3.0", False),
        ("", False),
    ],
)
def test_only_licences_for_any_use_are_free(tracks: list[Track], licence: str, free: bool) -> None:
    assert dataclasses.replace(tracks[0], licence=licence).free == free
    assert tracks[0].free, "the table's own licence is read"


def test_recipes_are_read_strictly(tmp_path: Path) -> None:
    names = {path.stem: load_recipe(path.stem) for path in RECIPES.glob("*.toml")}
    assert {r.objective.mode for r in names.values()} == {
        "separation",
        "detection",
        "both",
        "substitution",
        "likelihood",
    }
    assert names["paper"].network.geometry.alignment == "centre"
    assert names["live"].network.geometry.latency == 2048
    bad = tmp_path / "bad.toml"
    for text, said in {
        "[network]\ncolour = 1": "unknown key network.colour",
        "[network]\nwidths = 'wide'": "network.widths is 'wide'",
        "[objective]\nmode = 'all'": "objective.mode is 'all'",
        "[network]\nwidths = [1.5]": "must be a list of whole numbers",
        "[network]\nwidths = [16, 32]": "widths is [16, 32]: give the filters of five levels",
        "[network]\ntemplates = 1.5": "must be of type int",
        "[network]\nwidths = [0, 1, 1, 1, 1]": "1 or more each",
        "[network]\ntemplates = -1": "templates is -1: give 0",
        "network = 3": "network must be a table",
        "[data]\nstems = 0": "needs data.stems",
        "[data]\nremixed = 0.9\nvocal_free = 0.2": "1 at most",
        "[network": "is no recipe",
    }.items():
        bad.write_text(text)
        with pytest.raises(LivevoxError, match=r"bad\.toml") as error:
            load_recipe(str(bad))
        assert said in str(error.value)


def test_a_recipe_takes_from_another_what_it_leaves_out(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("like = 'direct'\n[optimiser]\nsteps = 3\n[stopping]\npatience = 4")
    mine, direct = load_recipe(str(file)), load_recipe("direct")
    assert mine.network == direct.network
    assert mine.optimiser == dataclasses.replace(direct.optimiser, steps=3)
    assert mine.stopping == dataclasses.replace(direct.stopping, patience=4)
    assert (mine.objective, mine.data) == (direct.objective, direct.data)
    other = tmp_path / "other.toml"
    other.write_text(f"like = '{file}'")
    assert load_recipe(str(other)) == mine
    for text, said in {
        f"like = '{other}'": "is a circle",
        "like = 'nothing.toml'": "No such file",
        "like = 3": "like is 3: give the name",
        "like = 'live'\nnetwork = 3": "network must be a table",
    }.items():
        file.write_text(text)
        with pytest.raises(LivevoxError, match=r"mine\.toml is no recipe") as error:
            load_recipe(str(file))
        assert said in str(error.value)
