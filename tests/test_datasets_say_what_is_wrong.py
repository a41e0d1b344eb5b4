"""A data set that is absent, incomplete or damaged is refused by file, line and home page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from livevox.errors import LivevoxError, one_line
from tests.published_layouts import (
    LAYOUTS,
    RWC_LABELS,
    medleydb,
    noise,
    open_corpus,
    text,
)
from train.data.datasets import DATASETS, load
from train.data.labels import read_ultrastar


def test_an_unknown_data_set_lists_the_known(tmp_path: Path) -> None:
    with pytest.raises(LivevoxError, match=r"dsd10 is not .*ccmixter, dsd100, ikala"):
        load("dsd10", tmp_path)


@pytest.mark.parametrize("name", DATASETS)
def test_an_absent_folder_names_itself_and_the_home_page(name: str, tmp_path: Path) -> None:
    with pytest.raises(LivevoxError) as error:
        load(name, tmp_path / "nowhere")
    assert str(tmp_path / "nowhere") in str(error.value)
    assert DATASETS[name].home in str(error.value)


@pytest.mark.parametrize(
    ("layout", "file"),
    [
        ("ccmixter", "a_song/source-01.wav"),
        ("dsd100", "Sources/Test/001 - Test - Song/other.wav"),
        ("ikala", "PitchLabel/10161_chorus.pv"),
        ("jamendo", "audio/05 - L'Irlandaise.ogg"),
        ("jamendo", "labels/05 - L'Irlandaise.lab"),
        ("jamendo", "filelists/test"),
        ("jamendolyrics", "mp3/10._Band_-_Song.mp3"),
        ("medleydb", "Audio/Band_Song/Band_Song_METADATA.yaml"),
        ("medleydb", "Audio/Band_Song/Band_Song_STEMS/Band_Song_STEM_03.wav"),
        ("medleydb", "Audio/Band_Tune/Band_Tune_MIX.wav"),
        ("mir1k", "vocal-nonvocalLabel/abjones_1_01.vocal"),
        ("musdb18hq", "test/C - D/vocals.wav"),
        ("open", "singing/x.ogg"),
        ("open", "songs/guess/activity.lab"),
        ("open", "tracks.csv"),
        ("rwc_popular by CD", "audio/rwc-p-m03/16.wav"),
        ("ultrastar", "Band - Song/Band - Song.mp3"),
    ],
)
def test_a_missing_file_names_itself_and_the_home_page(
    layout: str, file: str, tmp_path: Path
) -> None:
    name, write = LAYOUTS[layout]
    write(tmp_path)
    (tmp_path / file).unlink()
    with pytest.raises(LivevoxError) as error:
        load(name, tmp_path)
    assert str(tmp_path / file) in str(error.value)
    assert DATASETS[name].home in str(error.value)


@pytest.mark.parametrize(
    ("layout", "file", "line"),
    [
        ("ikala", "PitchLabel/10161_chorus.pv", "high"),
        ("jamendo", "labels/05 - L'Irlandaise.lab", "3 2 sing"),
        ("jamendo", "labels/05 - L'Irlandaise.lab", "nan 2 sing"),
        ("jamendo", "labels/05 - L'Irlandaise.lab", "1 2 singing"),
        ("jamendo", "labels/05 - L'Irlandaise.lab", "1 sing"),
        ("jamendolyrics", "annotations/words/10._Band_-_Song.csv", "1,nan,nan"),
        ("jamendolyrics", "annotations/words/10._Band_-_Song.csv", "1"),
        ("mir1k", "vocal-nonvocalLabel/abjones_1_01.vocal", "2"),
        ("open", "songs/guess/activity.lab", "1 two sing"),
        ("rwc_popular of 2025", RWC_LABELS, "10"),
        ("rwc_popular of 2025", RWC_LABELS, "10.5\tx:withm"),
        ("rwc_popular of 2025", RWC_LABELS, "12.5\tm"),
        ("ultrastar", "Band - Song/Band - Song.txt", ": 0 ten 5 la"),
        ("ultrastar", "Band - Song/Band - Song.txt", "? 0 10 5 la"),
        ("ultrastar", "Band - Song/Band - Song.txt", "B 10 120"),
    ],
)
def test_a_damaged_line_names_file_number_and_the_home_page(
    layout: str, file: str, line: str, tmp_path: Path
) -> None:
    name, write = LAYOUTS[layout]
    write(tmp_path)
    lines = (tmp_path / file).read_text(encoding="utf-8").splitlines()
    text(tmp_path / file, *lines[:2], line, *lines[3:])
    with pytest.raises(LivevoxError) as error:
        load(name, tmp_path)
    assert f"{tmp_path / file}:3: '{one_line(line)}'" in str(error.value)
    assert DATASETS[name].home in str(error.value)


@pytest.mark.parametrize("content", ["[", "instrumental: 'no'", "- a", "stems: 1", ""])
def test_damaged_metadata_names_its_file(content: str, tmp_path: Path) -> None:
    medleydb(tmp_path)
    path = tmp_path / "Audio" / "Band_Song" / "Band_Song_METADATA.yaml"
    text(path, content)
    with pytest.raises(LivevoxError, match=r"Band_Song_METADATA\.yaml does not .*medleydb\.weebly"):
        load("medleydb", tmp_path)


@pytest.mark.parametrize("row", ["tracks/true,dev,1,x,x,true,no", "loops/x,train,1,x,x,-,no"])
def test_a_damaged_row_of_the_corpus_names_its_line(row: str, tmp_path: Path) -> None:
    open_corpus(tmp_path)
    table = tmp_path / "tracks.csv"
    (tmp_path / "loops").mkdir()
    noise(tmp_path / "loops" / "x.wav")
    (tmp_path / "loops" / "x.wav").rename(tmp_path / "loops" / "x")
    lines = table.read_text(encoding="utf-8").splitlines()
    text(table, lines[0], lines[1], row)
    with pytest.raises(LivevoxError, match=r"tracks\.csv:3: '(dev|loops)' is"):
        load("open", tmp_path)


def test_relative_and_absolute_ultrastar_songs_are_the_same(tmp_path: Path) -> None:
    header = "#mp3: a.mp3", "#BPM: 75", "#GAP: 500"
    absolute, relative = tmp_path / "absolute.txt", tmp_path / "relative.txt"
    text(absolute, *header, "P1", ": 2 4 0 a", "- 10", ": 14 2 0 a", "P2", ": 21 3 0 a", "E")
    # Each voice counts its own line breaks.
    notes = "P1", ": 2 4 0 a", "- 10 12", ": 2 2 0 a", "P2", ": 21 3 0 a", "P1", "- 4 6", "E"
    text(relative, *header, "#RELATIVE: yes", *notes)
    assert read_ultrastar(absolute) == read_ultrastar(relative)
    audio, activity = read_ultrastar(absolute)
    assert audio == "a.mp3"
    np.testing.assert_allclose(activity, [(0.9, 1.7), (3.3, 3.7), (4.7, 5.3)])


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (("#BPM:100",), "names no audio file"),
        (("#MP3:a.mp3",), "no usable #BPM"),
        (("#MP3:a.mp3", "#BPM:0"), "no usable #BPM"),
        (("#MP3:a.mp3", "#BPM:100", "#GAP:soon"), "#GAP .*soon"),
    ],
)
def test_an_ultrastar_song_without_its_headers_is_refused(
    header: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    text(tmp_path / "song.txt", *header, ": 0 1 0 a", "E")
    with pytest.raises(LivevoxError, match=said):
        load("ultrastar", tmp_path)


def test_old_ultrastar_songs_are_not_in_utf8(tmp_path: Path) -> None:
    song_file = tmp_path / "song.txt"
    song_file.write_bytes("#MP3:Söng.mp3\r\n#BPM:100\r\n: 0 1 0 Ünd\r\nE\r\n".encode("cp1252"))
    assert read_ultrastar(song_file)[0] == "Söng.mp3"
