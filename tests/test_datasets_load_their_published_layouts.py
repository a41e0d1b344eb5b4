"""Every data set loads as it was published: splits, stems bit by bit, labels, clear errors."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile

import train.data.tracks
from livevox.dsp.stft import SAMPLE_RATE, Audio
from livevox.errors import LivevoxError, one_line
from livevox.media.files import open_audio
from train.data.datasets import DATASETS, load
from train.data.labels import read_ultrastar
from train.data.layouts.sigsep import MUSDB18_VALID
from train.data.tracks import Part, Recording, Track, decoded, read, singing_frames, song

Activity = tuple[tuple[float, float], ...] | None

RNG = np.random.default_rng(0)
VALID_SONG = min(MUSDB18_VALID)


@dataclass
class Expected:
    """The expected track; audio as soundfile reads it, None if there is none."""

    split: str
    mixture: Audio
    vocals: Audio | None = None
    accompaniment: Audio | None = None
    activity: Activity = None
    kind: str = "song"
    estimated: bool = False


def noise(path: Path, channels: int = 2, rate: int = SAMPLE_RATE, samples: int = 500) -> Audio:
    """Write a short file of noise, and read it back as (channels, samples)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, RNG.uniform(-0.4, 0.4, (samples, channels)), rate)
    with open_audio(path) as source:
        return np.concatenate(list(source.blocks(48_000)), axis=1)


def text(path: Path, *lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def dsd100(root: Path) -> dict[str, Expected]:
    expected = {}
    for subset, split in (("Dev", "train"), ("Test", "test")):
        name = f"001 - {subset} - Song"
        stems = {
            stem: noise(root / "Sources" / subset / name / f"{stem}.wav")
            for stem in ("bass", "drums", "other", "vocals")
        }
        mixture = noise(root / "Mixtures" / subset / name / "mixture.wav")
        music = stems["bass"] + stems["drums"] + stems["other"]
        expected[name] = Expected(split, mixture, stems["vocals"], music)
    return expected


def musdb18hq(root: Path) -> dict[str, Expected]:
    expected = {}
    for subset, name, split in (
        ("train", "A - B", "train"),
        ("train", VALID_SONG, "valid"),
        ("test", "C - D", "test"),
    ):
        stems = {
            stem: noise(root / subset / name / f"{stem}.wav")
            for stem in ("mixture", "bass", "drums", "other", "vocals")
        }
        music = stems["bass"] + stems["drums"] + stems["other"]
        expected[name] = Expected(split, stems["mixture"], stems["vocals"], music)
    return expected


def medleydb(root: Path, home: str = "Audio") -> dict[str, Expected]:
    def write(name: str, instrumental: str, instruments: list[str]) -> tuple[Audio, list[Audio]]:
        folder = root / home / name
        lines = [f"instrumental: {instrumental}", "stems:"]
        stems = []
        for number, instrument in enumerate(instruments, 1):
            filename = f"{name}_STEM_{number:02}.wav"
            stems.append(noise(folder / f"{name}_STEMS" / filename))
            lines += [f"  S{number:02}:", f"    filename: {filename}"]
            lines += [f"    instrument: {instrument}", "    raw:", "      R01:"]
            lines += ["        instrument: female singer", "        filename: raw.wav"]
        text(folder / f"{name}_METADATA.yaml", *lines)
        return noise(folder / f"{name}_MIX.wav"), stems

    mixture, stems = write(
        "Band_Song",
        "'no'",
        ["male singer", "drum set", "[vocalists, female singer]", "male speaker"],
    )
    sung = Expected("train", mixture, stems[0] + stems[2], stems[1] + stems[3])
    mixture, _ = write("Band_Tune", "'yes'", ["piano", "fx/processed sound"])
    quoted = Expected("train", mixture, None, mixture, (), "instrumental")
    mixture, _ = write("Band_Unquoted", "yes", ["Main System"])
    unquoted = Expected("train", mixture, None, mixture, (), "instrumental")
    mixture, _ = write("Choir_Song", "'no'", ["choir"])
    solo = Expected("train", mixture, mixture, kind="singing")
    mixture, _ = write("Talk_Show", "'no'", ["beatboxing"])
    unknown = Expected("train", mixture)
    return {
        "Band_Song": sung,
        "Band_Tune": quoted,
        "Band_Unquoted": unquoted,
        "Choir_Song": solo,
        "Talk_Show": unknown,
    }


def ccmixter(root: Path) -> dict[str, Expected]:
    stems = [noise(root / "a_song" / f"{n}.wav") for n in ("mix", "source-02", "source-01")]
    return {"a_song": Expected("train", *stems)}


def ikala(root: Path) -> dict[str, Expected]:
    left, right = np.split(noise(root / "Wavfile" / "10161_chorus.wav"), 2)
    # Pitch in frames 2 and 3, in 6 after a short gap, and in 20 after a long one.
    pitch = ["0"] * 21
    pitch[2] = pitch[3] = pitch[6] = pitch[20] = "61.25"
    text(root / "PitchLabel" / "10161_chorus.pv", *pitch)
    activity = (0.064, 0.224), (0.64, 0.672)
    return {"10161_chorus": Expected("train", right + left, right, left, activity)}


def mir1k(root: Path) -> dict[str, Expected]:
    left, right = np.split(noise(root / "Wavfile" / "abjones_1_01.wav", rate=16_000), 2)
    noise(root / "UndividedWavfile" / "abjones_1.wav", rate=16_000)
    text(root / "vocal-nonvocalLabel" / "abjones_1_01.vocal", *"0011100001")
    # Frames 2 to 4 and 9: centred on 60, 80, 100 and 200 ms.
    activity = (0.05, 0.11), (0.19, 0.21)
    return {"abjones_1_01": Expected("train", right + left, right, left, activity)}


def mir1k_undivided(root: Path) -> dict[str, Expected]:
    left, right = np.split(noise(root / "UndividedWavfile" / "abjones_1.wav", rate=16_000), 2)
    return {"abjones_1": Expected("train", right + left, right, left)}


JAMENDO_SPLITS = {
    "03 - Say me Good Bye": ("train", "mp3"),
    "05 - L'Irlandaise": ("valid", "ogg"),
    "Dj. Ess - 2.0": ("test", "ogg"),
}


def jamendo_labels(path: Path) -> Activity:
    text(path, "0.000 1.500 nosing", "1.500 2.125 sing", "2.125 3 nosing", "3 3.5 sing")
    return (1.5, 2.125), (3.0, 3.5)


def jamendo_zenodo(root: Path) -> dict[str, Expected]:
    expected = {}
    for name, (split, kind) in JAMENDO_SPLITS.items():
        mixture = noise(root / "audio" / f"{name}.{kind}", samples=5000)
        activity = jamendo_labels(root / "labels" / f"{name}.lab")
        text(root / "filelists" / split, f"{name}.{kind}")
        expected[name] = Expected(split, mixture, activity=activity)
    return expected


def jamendo_first(root: Path) -> dict[str, Expected]:
    expected = {}
    for name, (split, kind) in JAMENDO_SPLITS.items():
        mixture = noise(root / split / f"{name}.{kind}", samples=5000)
        (root / split / ".DS_Store").touch()
        activity = jamendo_labels(root / "jamendo_lab" / f"{name}.lab")
        expected[name] = Expected(split, mixture, activity=activity)
    return expected


RWC_LABELS = "rwc-annotations-archive-main/AIST_RWC-MDB-P-2001_VOCA_INST/RM-P017.VOCA_INST.TXT"


def rwc_labels(path: Path) -> Activity:
    lines = ["0.000\tb", "10.293061224\tm:withm", "11.5\tf", "12\tg:withf", "13.25\tb"]
    text(path, *lines, "14\ts:electricguitar", "15\tm:withf", "16\tE")
    return (10.293061224, 11.5), (11.5, 12), (12, 13.25), (15, 16)


def rwc_by_disc(root: Path) -> dict[str, Expected]:
    expected = {}
    for piece, where in ((1, "rwc-p-m01/1"), (48, "rwc-p-m03/16"), (100, "rwc-p-m07/10")):
        labels = f"AIST.RWC-MDB-P-2001.VOCA_INST/RM-P{piece:03}.VOCA_INST.TXT"
        activity = rwc_labels(root / "annotations" / labels)
        mixture = noise(root / "audio" / f"{where}.wav")
        expected[f"RM-P{piece:03}"] = Expected("train", mixture, activity=activity)
    return expected


def rwc_2025(root: Path) -> dict[str, Expected]:
    activity = rwc_labels(root / RWC_LABELS)
    mixture = noise(root / "RWC-P" / "RWC_P017.wav")
    return {"RM-P017": Expected("train", mixture, activity=activity)}


def jamendolyrics(root: Path) -> dict[str, Expected]:
    mixture = noise(root / "mp3" / "10._Band_-_Song.mp3", samples=5000)
    text(
        root / "annotations" / "words" / "10._Band_-_Song.csv",
        "word_start,word_end,line_end",
        "32.4483,32.76,nan",
        "32.76,33.1,33.1",
        "33.39,34,nan",
        "34.5,35,35",
    )
    activity = (32.4483, 34), (34.5, 35)
    return {"10._Band_-_Song": Expected("test", mixture, activity=activity)}


def ultrastar(root: Path) -> dict[str, Expected]:
    folder = root / "Band - Song"
    mixture = noise(folder / "Band - Song.mp3", samples=5000)
    header = "#TITLE:Söng", "#MP3:Band - Song.mp3", "#BPM:150,0", "#GAP:1000"
    # A beat lasts 0.1 s. The second voice sings in the rest of the first.
    notes = "P1", ": 0 10 5 la", "* 12 3 5  la", "- 16", "R 40 5 0 la"
    more = "P2", "F 30 5 0 la", "G 46 4 0 la", "E", "what is after the end does not count"
    text(folder / "Band - Song.txt", "\ufeff" + header[0], *header[1:], *notes, *more)
    text(folder / "licence.txt", "free")
    activity = (1.0, 2.5), (4.0, 4.5), (5.0, 6.0)
    return {"Band - Song/Band - Song": Expected("train", mixture, activity=activity)}


def open_corpus(root: Path) -> dict[str, Expected]:
    vocals, music = (
        noise(root / "tracks" / "true" / f"{stem}.ogg", samples=5000)
        for stem in ("vocals", "accompaniment")
    )
    more_vocals, more_music = (
        noise(root / "songs" / "guess" / f"{stem}.ogg", 1, 22_050, samples=5000)
        for stem in ("vocals", "accompaniment")
    )
    activity = jamendo_labels(root / "songs" / "guess" / "activity.lab")
    solo, speech, instrumental = (
        noise(root / kind / "x.ogg", 1, samples=5000)
        for kind in ("singing", "speech", "instrumental")
    )
    text(
        root / "tracks.csv",
        "path,split,seconds,licence,credit,vocal_stem,activity_labels",
        'tracks/true,valid,0.1,CC0-1.0,"A, B",true,no',
        "songs/guess,train,0.1,CC0-1.0,A,estimated,yes",
        "singing/x.ogg,train,0.1,CC0-1.0,A,-,no",
        "speech/x.ogg,train,0.1,CC0-1.0,A,-,no",
        "instrumental/x.ogg,train,0.1,CC0-1.0,A,-,no",
    )
    guess = Expected("train", more_vocals + more_music, more_vocals, more_music, activity)
    guess.estimated = True
    return {
        "tracks/true": Expected("valid", vocals + music, vocals, music),
        "songs/guess": guess,
        "singing/x": Expected("train", solo, solo, kind="singing"),
        "speech/x": Expected("train", speech, activity=(), kind="speech"),
        "instrumental/x": Expected(
            "train", instrumental, None, instrumental, (), kind="instrumental"
        ),
    }


LAYOUTS: dict[str, tuple[str, Callable[[Path], dict[str, Expected]]]] = {
    "ccmixter": ("ccmixter", ccmixter),
    "dsd100": ("dsd100", dsd100),
    "ikala": ("ikala", ikala),
    "jamendo": ("jamendo", jamendo_zenodo),
    "jamendo as first published": ("jamendo", jamendo_first),
    "jamendolyrics": ("jamendolyrics", jamendolyrics),
    "medleydb": ("medleydb", medleydb),
    "medleydb V2": ("medleydb", partial(medleydb, home="V2")),
    "medleydb, the songs alone": ("medleydb", partial(medleydb, home="")),
    "mir1k": ("mir1k", mir1k),
    "mir1k, whole songs": ("mir1k", mir1k_undivided),
    "musdb18hq": ("musdb18hq", musdb18hq),
    "open": ("open", open_corpus),
    "rwc_popular by CD": ("rwc_popular", rwc_by_disc),
    "rwc_popular of 2025": ("rwc_popular", rwc_2025),
    "ultrastar": ("ultrastar", ultrastar),
}


def assert_reads(recording: Recording | None, expected: Audio | None) -> None:
    if expected is None:
        assert recording is None
    else:
        assert recording is not None
        audio, _ = read(recording)
        assert audio.dtype == np.float32
        np.testing.assert_array_equal(audio, expected)


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


def test_decoded_audio_is_mapped_mono_at_the_training_rate(tmp_path: Path) -> None:
    stereo = noise(tmp_path / "stereo.wav")
    audio = decoded(Recording((Part(tmp_path / "stereo.wav"),)), tmp_path / "cache")
    assert isinstance(audio, np.memmap)
    assert not audio.flags.writeable
    assert audio.dtype == np.float32
    np.testing.assert_array_equal(audio, stereo.mean(axis=0))
    seconds = np.arange(8000) / 16_000
    soundfile.write(tmp_path / "slow.wav", np.sin(2 * np.pi * 440 * seconds), 16_000, "FLOAT")
    audio = decoded(Recording((Part(tmp_path / "slow.wav"),)), tmp_path / "cache")
    true = np.sin(2 * np.pi * 440 * np.arange(len(audio)) / SAMPLE_RATE)
    assert len(audio) == SAMPLE_RATE // 2
    np.testing.assert_allclose(audio[2000:-2000], true[2000:-2000], atol=1e-3)


def test_a_file_is_decoded_once_and_again_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = []

    def counting(recording: Recording) -> tuple[Audio, int]:
        reads.append(recording)
        return read(recording)

    monkeypatch.setattr(train.data.tracks, "read", counting)
    path, cache = tmp_path / "a.wav", tmp_path / "cache"
    recording = Recording((Part(path),))
    first = noise(path, 1)
    for _ in range(2):
        np.testing.assert_array_equal(decoded(recording, cache), first[0])
    assert len(reads) == 1
    # The same size as before: only the time has changed.
    second = noise(path, 1)
    os.utime(path, ns=(0, 1_000_000_000))
    np.testing.assert_array_equal(decoded(recording, cache), second[0])
    time = path.stat().st_mtime_ns
    third = noise(path, 1, samples=600)
    os.utime(path, ns=(time, time))
    np.testing.assert_array_equal(decoded(recording, cache), third[0])
    assert len(reads) == 3
    # Another view of the same file is another entry; no partial file is left.
    decoded(Recording((Part(path, gain=0.5),)), cache)
    assert len(list(cache.iterdir())) == len(reads) == 4
    path.unlink()
    with pytest.raises(LivevoxError, match=r"a\.wav can't be read"):
        decoded(recording, cache)


def test_nothing_is_left_of_a_decoding_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> None:
        raise OSError("No space left on device")

    noise(tmp_path / "a.wav")
    monkeypatch.setattr(np, "save", full_disk)
    with pytest.raises(OSError, match="No space"):
        decoded(Recording((Part(tmp_path / "a.wav"),)), tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


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
