"""Several inputs have results of their own, and one that fails does not stop the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audio_files import RATE, sound, write
from tests.commands import assert_refused, livevox


@pytest.fixture
def music(tmp_path: Path) -> Path:
    for disc, seconds in (("one", 1.0), ("two", 1.5)):
        folder = tmp_path / "Music" / disc
        folder.mkdir(parents=True)
        write(folder / "song.wav", sound(2, seconds), RATE)
    return tmp_path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_every_input_has_files_of_its_own(music: Path) -> None:
    (music / "Music" / "text.mp3").write_text("no music")
    command = ["activity", "Music", "--format", "csv", "-o", "labels", "--curve", "labels"]
    assert_refused(livevox(*command, cwd=music), "text.mp3 can't be read")
    assert names(music / "labels") == {
        *("song.csv", "song (2).csv"),
        *("song (curve).csv", "song (curve) (2).csv"),
    }
    curves = [
        len((music / "labels" / f"song (curve){number}.csv").read_text().splitlines())
        for number in ("", " (2)")
    ]
    assert curves[1] - curves[0] == pytest.approx(0.5 * 86.13, abs=1)


def test_one_file_is_printed_and_several_are_not_mixed_up(music: Path) -> None:
    result = livevox("activity", "Music/one/song.wav", cwd=music)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1].split()[1] == "1.000"
    for inputs in (["Music"], ["Music/one/song.wav", "Music/two/song.wav"], ["Music/*/*.wav"]):
        refused = livevox("activity", *inputs, cwd=music)
        assert_refused(refused, "several inputs", "-o")
        assert refused.stdout == ""
    assert_refused(livevox("activity", "missing.wav", cwd=music), "missing.wav does not exist")
