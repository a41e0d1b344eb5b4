"""Any folder of music becomes a data set whose stems sum to it and count as estimated."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from train.data.datasets import load
from train.data.pseudo_stems import make_pseudo_stems, music_in
from train.data.tracks import read


def half(mixture: Audio) -> Audio:
    return mixture / 2


@pytest.fixture
def music(tmp_path: Path, song: Audio) -> Path:
    folder = tmp_path / "music"
    (folder / "album").mkdir(parents=True)
    soundfile.write(folder / "album" / "one.wav", song.T, 44_100)
    soundfile.write(folder / "two.flac", song.mean(axis=0), 22_050)
    (folder / "notes.txt").write_text("no music")
    return folder


def made(music: Path, output: Path) -> dict[str, str | None]:
    reasons: dict[str, str | None] = {}
    make_pseudo_stems(
        music_in(music),
        output,
        half,
        "CC0-1.0",
        "me",
        lambda f, why: reasons.update({f.name: why}),
    )
    return reasons


def test_the_tracks_load_and_their_stems_sum_to_the_song(
    music: Path, tmp_path: Path, song: Audio
) -> None:
    assert made(music, tmp_path / "set") == {"one.wav": None, "two.flac": None}
    tracks = {Path(track.name).name: track for track in load("open", tmp_path / "set")}
    assert {(t.split, t.estimated) for t in tracks.values()} == {("train", True)}
    one, rate = read(tracks["one"].mixture)
    assert rate == 44_100
    # Vorbis is lossy: the waveform is similar, the samples differ.
    assert np.corrcoef(one[0], song[0])[0, 1] > 0.95
    vocals, _ = read(tracks["one"].vocals)
    assert np.sqrt(np.mean(vocals**2)) == pytest.approx(np.sqrt(np.mean(song**2)) / 2, rel=0.05)
    two, _ = read(tracks["two"].mixture)
    assert two.shape == (1, 2 * song.shape[1])


def test_finished_files_stay_and_broken_ones_are_reported(music: Path, tmp_path: Path) -> None:
    output = tmp_path / "set"
    made(music, output)
    before = (output / "tracks" / "one" / "vocals.ogg").stat().st_mtime_ns
    (music / "broken.mp3").write_bytes(b"nothing of the kind" * 99)
    (music / "more").mkdir()
    soundfile.write(music / "more" / "three.wav", np.full((999, 1), 0.1), 44_100)
    soundfile.write(music / "three.wav", np.full((999, 1), 0.2), 44_100)
    reported = []
    make_pseudo_stems(
        music_in(music), output, half, "", "", lambda f, why: reported.append((f.name, why or ""))
    )
    reasons = [why for _, why in reported if why]
    assert len(reported) == 5
    assert len(reasons) == 2
    assert any("broken.mp3 can't be read" in why for why in reasons)
    assert any("three.wav has the same name" in why for why in reasons)
    assert (output / "tracks" / "one" / "vocals.ogg").stat().st_mtime_ns == before
    assert {Path(t.name).name for t in load("open", output)} == {"one", "two", "three"}


def test_a_folder_without_music_and_a_foreign_table_are_refused(
    music: Path, tmp_path: Path
) -> None:
    with pytest.raises(LivevoxError, match="holds no music"):
        music_in(tmp_path / "music" / "notes.txt")
    (tmp_path / "tracks.csv").write_text("song,artist\n")
    with pytest.raises(LivevoxError, match="has the columns"):
        made(music, tmp_path)
