"""Random presets, settings, lyrics and playlists: taken as a whole, or refused in one line."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import strategies as st

from livevox.config.preset import load_preset, save_preset
from livevox.config.settings import Settings, load_settings, save_settings, settings_file
from livevox.config.shipped import shipped_folder
from livevox.errors import one_line
from livevox.media.lyrics import Lyrics
from livevox.media.lyrics_files import lyrics_beside
from livevox.media.queue import queue_of
from livevox.parameters import PARAMETERS
from tests.fuzz import damaged, examples, fuzz, refusal


@pytest.fixture(autouse=True)
def config(own_config: Path) -> Path:
    return own_config


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["cc", "note", "vocals", "live", "toggle", "linear", "preset:karaoke"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
BINDING = st.dictionaries(
    st.sampled_from(
        ["control", "number", "target", "channel", "minimum", "maximum", "curve", "mode", "coding"]
    ),
    VALUES,
)
PARAMETER_TABLES = st.dictionaries(st.sampled_from([*PARAMETERS]) | st.text(max_size=4), VALUES)
PRESET_TABLES = st.fixed_dictionaries(
    {},
    optional={
        "version": st.just(1) | VALUES,
        "title": VALUES,
        "description": VALUES,
        "model": VALUES,
        "parameters": PARAMETER_TABLES | VALUES,
        "midi": st.lists(BINDING, max_size=3) | VALUES,
    },
).map(lambda table: tomli_w.dumps(table).encode("utf-8", "replace"))
SETTINGS = Settings().__dataclass_fields__
SETTINGS_TABLES = st.dictionaries(st.sampled_from(["version", *SETTINGS]), st.just(1) | VALUES).map(
    lambda table: tomli_w.dumps(table).encode("utf-8", "replace")
)
SAVED_SETTINGS = (
    b'version = 1\ninput = "USB"\nsample_rate = 48000\nblock_size = 256\ninput_channels = [1, 2]\n'
    b'stems = true\npreset = "karaoke"\nmidi_inputs = ["nano"]\nosc = "9000"\nosc_to = ["9001"]\n'
)


@examples(50)
def test_a_preset_is_taken_whole_or_refused(tmp_path: Path, examples: int) -> None:
    path = tmp_path / "drawn.toml"
    shipped = [file.read_bytes() for file in sorted(shipped_folder().glob("*.toml"))]
    assert shipped

    def check(data: bytes) -> None:
        path.write_bytes(data)
        if refusal(lambda: load_preset(path)) is None:
            preset = load_preset(path)
            for name, value in preset.values().items():
                assert PARAMETERS[name].minimum <= value <= PARAMETERS[name].maximum
            assert load_preset(save_preset(preset, overwrite=True)) == preset

    fuzz(check, examples, damaged(shipped) | PRESET_TABLES | st.binary(max_size=64))


@examples(80)
def test_settings_are_taken_whole_or_kept_aside(config: Path, examples: int) -> None:
    config.mkdir()

    def check(data: bytes) -> None:
        settings_file().write_bytes(data)
        found, warning = load_settings()
        assert warning is None or warning == one_line(warning)
        assert warning is None or found == Settings()
        save_settings(found)
        assert load_settings() == (found, None)
        if warning:
            assert settings_file().with_name("settings.toml.damaged").read_bytes() == data

    fuzz(check, examples, damaged([SAVED_SETTINGS]) | SETTINGS_TABLES | st.binary(max_size=64))


LRC = (
    b"[ti:Song]\n[ar:Somebody]\n[offset:+250]\n[00:01.50][01:02:03.4]One line\n"
    b"[00:03.00]<00:03.00>By <00:03.40>words <00:04.00>\n[00:05]\n"
)
ULTRASTAR = (
    b"#TITLE:Song\n#ARTIST:Somebody\n#BPM:300,5\n#GAP:1200\n#RELATIVE:YES\n: 0 4 5 One\n"
    b"* 5 3 6 ~\n- 9 10\nP1\nF 0 2 0 Two\n: 3 2 0  three\nE\n"
)
LRC_PIECES = st.lists(
    st.sampled_from(["[", "]", "<", ">", ":", ".", "00", "1", "99", "[offset:", "\n", " ", "a"])
    | st.text(max_size=3),
    max_size=30,
).map(lambda pieces: "".join(pieces).encode("utf-8", "replace"))
ULTRASTAR_PIECES = st.lists(
    st.sampled_from(["#BPM:", "#GAP:", "#", ": ", "- ", "P", "E", "\n", "9" * 400, "1", " ", "~"])
    | st.sampled_from(["nan", "inf", "-1", "1e308", "1e-308", ": 0 1 0 a\n"])
    | st.text(max_size=3),
    max_size=30,
).map(lambda pieces: f"#{''.join(pieces)}".encode("utf-8", "replace"))


def assert_whole(lyrics: Lyrics) -> None:
    starts = [line.start for line in lyrics.lines]
    assert starts == sorted(starts)
    for line in lyrics.lines:
        assert isfinite(line.start)
        assert line.end >= line.start
        assert not line.words or "".join(word.text for word in line.words) == line.text
        assert 0 <= line.sung(line.start + 1) <= len(line.text)
        for word in line.words:
            assert isfinite(word.start)
            assert isfinite(word.end)
            assert word.start <= word.end
        for text in (line.text, lyrics.title, lyrics.artist):
            assert "\x1b" not in text
            text.encode()
    for second in (-1.0, 0.0, 1e9):
        assert 0 <= lyrics.current(second) <= len(lyrics.lines)


@pytest.mark.parametrize(
    ("suffix", "original", "pieces"),
    [(".lrc", LRC, LRC_PIECES), (".txt", ULTRASTAR, ULTRASTAR_PIECES)],
    ids=["LRC", "UltraStar"],
)
@examples(80)
def test_lyrics_are_read_whole_or_refused(
    tmp_path: Path,
    suffix: str,
    original: bytes,
    pieces: st.SearchStrategy[bytes],
    examples: int,
) -> None:
    song = tmp_path / "song.mp3"

    def check(data: bytes) -> None:
        song.with_suffix(suffix).write_bytes(data)
        if refusal(lambda: lyrics_beside(song)) is None:
            lyrics = lyrics_beside(song)
            if lyrics is not None:
                assert_whole(lyrics)

    fuzz(check, examples, damaged([original]) | pieces | st.binary(max_size=64))


@examples(60)
def test_a_playlist_names_files_that_exist_or_is_refused(tmp_path: Path, examples: int) -> None:
    (tmp_path / "one.mp3").touch()
    (tmp_path / "zwei ü.mp3").touch()
    original = b"#EXTM3U\none.mp3\n#EXTINF:3,x\nfile://zwei%20%C3%BC.mp3\n.\\one.mp3\n"
    path = tmp_path / "list.m3u"

    def check(data: bytes) -> None:
        path.write_bytes(data)
        if refusal(lambda: queue_of(path)) is None:
            found, left_out = queue_of(path)
            assert found
            assert all(file.is_file() for file in found)
            assert left_out is None or left_out == one_line(left_out)

    fuzz(check, examples, damaged([original]) | st.binary(max_size=64))
