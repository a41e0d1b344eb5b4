"""Every data set loads as it was published: splits, stems bit by bit, labels."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livevox.dsp.stft import SAMPLE_RATE
from livevox.errors import LivevoxError
from tests.published_layouts import LAYOUTS, RNG, VALID_SONG, assert_reads, noise
from train.data.datasets import DATASETS, load
from train.data.tracks import Part, Recording, Track, decoded, read, singing_frames, song


@pytest.mark.parametrize("layout", LAYOUTS)
def test_tracks_are_what_was_published(layout: str, tmp_path: Path) -> None:
    name, write = LAYOUTS[layout]
    expected = write(tmp_path)
    tracks = load(name, tmp_path)
    assert [track.name for track in tracks] == sorted(expected) or name in ("jamendo", "open")
    assert {track.name for track in tracks} == set(expected)
    assert len(tracks) == len(expected)
    for track in tracks:
        true = expected[track.name]
        assert (track.dataset, track.split, track.kind) == (name, true.split, true.kind)
        assert track.estimated is true.estimated
        assert_reads(track.mixture, true.mixture)
        assert_reads(track.vocals, true.vocals)
        assert_reads(track.accompaniment, true.accompaniment)
        if true.activity is None:
            assert track.activity is None
        else:
            assert track.activity is not None
            assert np.shape(track.activity) == np.shape(true.activity)
            np.testing.assert_allclose(track.activity, true.activity, atol=1e-9)


def test_every_known_data_set_is_tested() -> None:
    assert {name for name, _ in LAYOUTS.values()} | {"musdb18"} == set(DATASETS)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg")
def test_streams_of_musdb18_are_its_stems(tmp_path: Path) -> None:
    levels = {"mixture": 0.5, "drums": 0.05, "bass": 0.1, "other": 0.08, "vocals": 0.3}
    command = ["ffmpeg", "-v", "error"]
    for name, level in levels.items():
        path = tmp_path / f"{name}.wav"
        soundfile.write(path, np.full((8000, 2), level) * RNG.choice([-1, 1], (8000, 1)), 44_100)
        command += ["-i", str(path)]
    command += [option for n in range(5) for option in ("-map", f"{n}:a")]
    command += ["-c:a", "aac", "-b:a", "256k"]
    for subset, name in (("train", "A - B"), ("train", VALID_SONG), ("test", "C")):
        (tmp_path / subset).mkdir(exist_ok=True)
        target = tmp_path / subset / f"{name}.stem.mp4"
        subprocess.run([*command, str(target)], check=True)
    tracks = load("musdb18", tmp_path)
    assert {track.name: track.split for track in tracks} == {
        "A - B": "train",
        VALID_SONG: "valid",
        "C": "test",
    }
    assert tracks[0].vocals
    assert tracks[0].accompaniment
    for recording, powers in (
        (tracks[0].mixture, [0.5**2]),
        (tracks[0].vocals, [0.3**2]),
        (tracks[0].accompaniment, [0.05**2, 0.1**2, 0.08**2]),
    ):
        audio, rate = read(recording)
        assert (rate, len(audio)) == (44_100, 2)
        # Compression removes the noise's high frequencies.
        assert np.square(audio[:, 2000:6000]).mean() == pytest.approx(sum(powers), rel=0.35)
    absent = Recording((Part(tracks[0].mixture.parts[0].path, stream=5),))
    with pytest.raises(LivevoxError, match="audio track 6, can't be read"):
        read(absent)


def test_what_a_song_lacks_follows_from_the_rest(tmp_path: Path) -> None:
    a, b = noise(tmp_path / "a.wav"), noise(tmp_path / "b.wav")
    one, other = (Recording((Part(tmp_path / f"{name}.wav"),)) for name in "ab")
    make = partial(song, "set", "name", "train")
    assert_reads(make(vocals=one, accompaniment=other).mixture, a + b)
    assert_reads(make(mixture=one, vocals=other).accompaniment, a - b)
    assert_reads(make(mixture=one, accompaniment=other).vocals, a - b)
    assert make(mixture=one).vocals is None
    with pytest.raises(ValueError, match="set, name: a song needs"):
        make(vocals=one)


def test_parts_are_added_whatever_their_length(tmp_path: Path) -> None:
    long, short = noise(tmp_path / "long.wav"), noise(tmp_path / "short.wav", samples=200)
    mono = noise(tmp_path / "mono.wav", 1)
    noise(tmp_path / "slow.wav", rate=22_050)
    noise(tmp_path / "surround.wav", 3)

    def recording(*names: str) -> Recording:
        return Recording(tuple(Part(tmp_path / f"{name}.wav") for name in names))

    padded = np.pad(short, ((0, 0), (0, 300)))
    assert_reads(recording("long", "short"), long + padded)
    assert_reads(recording("short", "long"), padded + long)
    assert_reads(recording("mono", "long"), mono + long)
    halved = Recording((Part(tmp_path / "long.wav", channel=1, gain=0.5),))
    assert_reads(halved, long[1:] * np.float32(0.5))
    with pytest.raises(LivevoxError, match=r"slow\.wav is at 22050 Hz and .*long\.wav at 44100"):
        read(recording("long", "slow"))
    with pytest.raises(LivevoxError, match=r"surround\.wav has 3 channels and .*long\.wav 2"):
        read(recording("long", "surround"))
    with pytest.raises(LivevoxError, match=r"mono\.wav has 1 channel.* channel 2 is needed"):
        read(Recording((Part(tmp_path / "mono.wav", channel=1),)))


def test_intervals_become_frames() -> None:
    frames = singing_frames([(0.0, 1.0), (2.0, 9.0)], 259)
    assert frames.dtype == np.int8
    assert set(np.flatnonzero(np.diff(frames)) + 1) == {86, 172}
    assert frames[0] == frames[258] == 1
    assert not singing_frames([], 5).any()


@pytest.fixture(scope="module")
def corpus() -> tuple[Path, list[Track]]:
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("LIVEVOX_DATA", beside))
    if not (folder / "tracks.csv").exists():
        pytest.skip(f"no corpus in {folder}: name its folder in LIVEVOX_DATA")
    return folder, load("open", folder)


def test_the_real_corpus_loads(corpus: tuple[Path, list[Track]]) -> None:
    folder, tracks = corpus
    assert len(tracks) == len((folder / "tracks.csv").read_text().splitlines()) - 1
    assert len({track.name for track in tracks}) == len(tracks)
    assert {track.kind for track in tracks} == {"song", "singing", "speech", "instrumental"}
    assert {track.split for track in tracks} == {"train", "valid"}
    true = [track for track in tracks if track.kind == "song" and not track.estimated]
    assert true
    for track in tracks:
        for recording in filter(None, (track.mixture, track.vocals, track.accompaniment)):
            assert len({soundfile.info(part.path).samplerate for part in recording.parts}) == 1
        if track.kind == "song" and track.activity is not None:
            seconds = soundfile.info(track.mixture.parts[0].path).duration
            assert 0 < track.activity[-1][1] <= seconds + 0.1


def test_the_real_corpus_reads_as_soundfile_reads_it(
    corpus: tuple[Path, list[Track]], tmp_path: Path
) -> None:
    _, tracks = corpus
    shortest = min(
        (track for track in tracks if track.kind == "singing"),
        key=lambda track: track.mixture.parts[0].path.stat().st_size,
    )
    path = shortest.mixture.parts[0].path
    true, rate = soundfile.read(path, dtype="float32", always_2d=True)
    assert_reads(shortest.vocals, true.T)
    mono = decoded(shortest.mixture, tmp_path)
    assert len(mono) == pytest.approx(len(true) * SAMPLE_RATE / rate, abs=1)
