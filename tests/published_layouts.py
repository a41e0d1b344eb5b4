"""Small data sets in their published layouts, and the tracks that they hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import soundfile

from livevox.dsp.stft import SAMPLE_RATE, Audio
from livevox.media.files import open_audio
from train.data.layouts.sigsep import MUSDB18_VALID
from train.data.tracks import Recording, read

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
