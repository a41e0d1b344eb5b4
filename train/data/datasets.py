"""The data sets, as their authors published them: from a folder to tracks.

`load` knows each layout by name. Data sets without a split of their own are "train" throughout.
They overlap: MUSDB18 holds the songs of DSD100 and 46 of MedleyDB's, so a test set of one can be
in the training set of another.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import yaml

from livevox.activity import Interval
from livevox.errors import LivevoxError
from train.data.labels import (
    is_ultrastar,
    read_ikala,
    read_lab,
    read_lines,
    read_mir1k,
    read_rwc,
    read_ultrastar,
    read_words,
)
from train.data.tracks import Part, Recording, Split, Track, song

SPLITS: dict[str, Split] = {"train": "train", "valid": "valid", "test": "test"}

VALIDATION_EVERY = 10

MUSIC = ("bass", "drums", "other")
"""What DSD100 and MUSDB18 divide the accompaniment into."""

MUSDB18_VALID = frozenset(
    {
        "ANiMAL - Rockshow",
        "Actions - One Minute Smile",
        "Alexander Ross - Goodbye Bolero",
        "Clara Berry And Wooldog - Waltz For My Victims",
        "Fergessen - Nos Palpitants",
        "James May - On The Line",
        "Johnny Lokke - Promises & Lies",
        "Leaf - Summerghost",
        "Meaxic - Take A Step",
        "Patrick Talbot - A Reason To Leave",
        "Skelpolu - Human Mistakes",
        "Traffic Experiment - Sirens",
        "Triviul - Angelsaint",
        "Young Griffo - Pennies",
    }
)
"""Songs of MUSDB18's train folder that its authors' package, musdb, holds out for validation."""

MUSDB18_STREAMS = {"mixture": 0, "drums": 1, "bass": 2, "other": 3, "vocals": 4}

MEDLEYDB_SUNG = frozenset(
    f"{who} {what}" for who in ("male", "female") for what in ("singer", "rapper", "screamer")
) | {"vocalists", "choir"}
"""Instruments of MedleyDB that count as singing; speech, beatboxing and crowds do not."""

HELD_OUT = frozenset(
    {
        "singing/csd-kr_female.ogg",
        "singing/gugak-chaesoohyun.ogg",
        "singing/vocadito-clip15.ogg",
        "singing/voicebank-scottpoid-scott.ogg",
    }
)
"""Singers of `open` that are for validation, whatever its table says: the corpus holds out few, and
what a model is worth is told by voices that no training heard."""

RWC_FIRST_OF_DISC = (1, 17, 33, 49, 65, 81, 91)
"""The piece that each of the seven CDs of RWC's popular music begins with."""


def load(name: str, folder: Path) -> list[Track]:
    """The tracks of the data set called ``name`` (see DATASETS) in ``folder``.

    Audio is not read, labels are. Raises LivevoxError where the name is not known, or where a file
    that belongs to the data set is missing or a label damaged, naming file and home page.
    """
    if name not in DATASETS:
        raise LivevoxError(f"{name} is not a known data set: choose {', '.join(sorted(DATASETS))}")
    known = DATASETS[name]
    try:
        return known.tracks(folder)
    except LivevoxError as error:
        raise LivevoxError(f"{error} (for {name} and its layout see {known.home})") from None


def with_validation(tracks: Sequence[Track]) -> list[Track]:
    """The same tracks, every tenth training song of a data set that has no validation split of its
    own, in the order of the names, being moved there.

    The paper chose its models on the test sets; these are kept for the test.
    """
    result = []
    for dataset in sorted({track.dataset for track in tracks}):
        own = [track for track in tracks if track.dataset == dataset]
        if not any(track.split == "valid" for track in own):
            songs = sorted(t.name for t in own if t.split == "train" and t.kind == "song")
            held_out = set(songs[::VALIDATION_EVERY]) if len(songs) > 1 else set()
            own = [replace(t, split="valid") if t.name in held_out else t for t in own]
        result += own
    return result


def _dsd100(folder: Path) -> list[Track]:
    tracks = []
    subsets: dict[str, Split] = {"Dev": "train", "Test": "test"}
    for subset, split in subsets.items():
        for path in _folders(folder / "Mixtures" / subset):
            sources = folder / "Sources" / subset / path.name
            tracks.append(
                song(
                    "dsd100",
                    path.name,
                    split,
                    mixture=_file(path / "mixture.wav"),
                    vocals=_file(sources / "vocals.wav"),
                    accompaniment=_sum(_file(sources / f"{name}.wav") for name in MUSIC),
                )
            )
    return tracks


def _musdb18(folder: Path) -> list[Track]:
    """The compressed edition: all five of a song in one .stem.mp4."""
    return [
        _musdb18_song(
            "musdb18",
            path.name.removesuffix(".stem.mp4"),
            subset,
            {
                name: Recording((Part(path, stream=stream),))
                for name, stream in MUSDB18_STREAMS.items()
            },
        )
        for subset in ("train", "test")
        for path in _matching(folder / subset, "*.stem.mp4")
    ]


def _musdb18hq(folder: Path) -> list[Track]:
    return [
        _musdb18_song(
            "musdb18hq",
            path.name,
            subset,
            {name: _file(path / f"{name}.wav") for name in MUSDB18_STREAMS},
        )
        for subset in ("train", "test")
        for path in _folders(folder / subset)
    ]


def _musdb18_song(dataset: str, name: str, subset: str, stems: dict[str, Recording]) -> Track:
    split: Split = "train"
    if subset == "test":
        split = "test"
    elif name in MUSDB18_VALID:
        split = "valid"
    return song(
        dataset,
        name,
        split,
        mixture=stems["mixture"],
        vocals=stems["vocals"],
        accompaniment=_sum(stems[name] for name in MUSIC),
    )


def _medleydb(folder: Path) -> list[Track]:
    """Both versions: songs in Audio, V1 or V2, or in the folder itself."""
    homes = [folder / name for name in ("Audio", "V1", "V2") if (folder / name).is_dir()]
    return [_medleydb_song(path) for home in homes or [folder] for path in _folders(home)]


def _medleydb_song(path: Path) -> Track:
    name = path.name
    metadata_path = path / f"{name}_METADATA.yaml"
    mixture = _file(path / f"{name}_MIX.wav")
    try:
        metadata: dict[str, Any] = yaml.safe_load(metadata_path.read_text(encoding="utf-8"))
        # Unquoted, YAML reads yes as a truth value.
        instrumental = metadata["instrumental"] in ("yes", True)
        stems = {
            path / f"{name}_STEMS" / stem["filename"]: _is_sung(stem["instrument"])
            for stem in metadata["stems"].values()
        }
    except OSError as error:
        raise LivevoxError(f"{metadata_path} can't be read ({error.strerror})") from None
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise LivevoxError(f"{metadata_path} does not describe a song ({reason})") from None
    sung = [_file(stem) for stem, is_sung in stems.items() if is_sung]
    rest = [_file(stem) for stem, is_sung in stems.items() if not is_sung]
    if sung and rest:
        return song(
            "medleydb",
            name,
            "train",
            mixture=mixture,
            vocals=_sum(sung),
            accompaniment=_sum(rest),
        )
    if sung:
        return Track("medleydb", name, "train", "singing", mixture, vocals=mixture)
    if instrumental:
        return _instrumental("medleydb", name, "train", mixture)
    return song("medleydb", name, "train", mixture=mixture)


def _is_sung(instrument: str | list[str]) -> bool:
    """A stem has an instrument or several; it counts once, as sung where one of them is."""
    return not MEDLEYDB_SUNG.isdisjoint([instrument] if isinstance(instrument, str) else instrument)


def _ccmixter(folder: Path) -> list[Track]:
    return [
        song(
            "ccmixter",
            path.name,
            "train",
            mixture=_file(path / "mix.wav"),
            vocals=_file(path / "source-02.wav"),
            accompaniment=_file(path / "source-01.wav"),
        )
        for path in _folders(folder)
    ]


def _ikala(folder: Path) -> list[Track]:
    labels = folder / "PitchLabel"
    return [
        _left_and_right("ikala", path, read_ikala(labels / f"{path.stem}.pv"))
        for path in _matching(folder / "Wavfile", "*.wav")
    ]


def _mir1k(folder: Path) -> list[Track]:
    """The thousand labelled clips or, where only they are, the whole songs, without labels."""
    whole, clips = folder / "UndividedWavfile", folder / "Wavfile"
    if whole.is_dir() and not clips.is_dir():
        return [_left_and_right("mir1k", path, None) for path in _matching(whole, "*.wav")]
    labels = folder / "vocal-nonvocalLabel"
    return [
        _left_and_right("mir1k", path, read_mir1k(labels / f"{path.stem}.vocal"))
        for path in _matching(clips, "*.wav")
    ]


def _left_and_right(dataset: str, path: Path, activity: tuple[Interval, ...] | None) -> Track:
    """A karaoke recording: the accompaniment on the left, the voice on the right."""
    left, right = (Recording((Part(path, channel=channel),)) for channel in (0, 1))
    return song(dataset, path.stem, "train", vocals=right, accompaniment=left, activity=activity)


def _jamendo(folder: Path) -> list[Track]:
    """As on Zenodo, with a list for each split, or as first published, with a folder for each."""
    if (folder / "filelists").is_dir():
        labels = folder / "labels"
        listed = [
            (split, folder / "audio" / name)
            for split in SPLITS.values()
            for _, name in read_lines(folder / "filelists" / split)
        ]
    else:
        labels = folder / "jamendo_lab"
        listed = [(s, path) for s in SPLITS.values() for path in _matching(folder / s, "*.*")]
    return [
        song(
            "jamendo",
            path.stem,
            split,
            mixture=_file(path),
            activity=read_lab(labels / f"{path.stem}.lab"),
        )
        for split, path in listed
    ]


def _rwc_popular(folder: Path) -> list[Track]:
    """Audio as RWC-P/RWC_P001.wav (the edition of 2025) or, by CD, audio/rwc-p-m01/1.wav."""
    tracks = []
    for labels in _matching(folder, "**/RM-P[0-9][0-9][0-9].VOCA_INST.TXT"):
        name = labels.name.partition(".")[0]
        piece = int(name.removeprefix("RM-P"))
        disc = sum(first <= piece for first in RWC_FIRST_OF_DISC)
        number = piece - RWC_FIRST_OF_DISC[disc - 1] + 1
        path = folder / "RWC-P" / f"RWC_P{piece:03}.wav"
        if not path.parent.is_dir():
            path = folder / "audio" / f"rwc-p-m{disc:02}" / f"{number}.wav"
        activity = read_rwc(labels)
        tracks.append(song("rwc_popular", name, "train", mixture=_file(path), activity=activity))
    return tracks


def _jamendolyrics(folder: Path) -> list[Track]:
    """Made to evaluate, so all of it is for testing."""
    return [
        song(
            "jamendolyrics",
            path.stem,
            "test",
            mixture=_file(folder / "mp3" / f"{path.stem}.mp3"),
            activity=read_words(path),
        )
        for path in _matching(folder / "annotations" / "words", "*.csv")
    ]


def _ultrastar(folder: Path) -> list[Track]:
    tracks = []
    for path in filter(is_ultrastar, _matching(folder, "**/*.txt")):
        audio, activity = read_ultrastar(path)
        name = path.relative_to(folder).with_suffix("").as_posix()
        mixture = _file(path.parent / audio)
        tracks.append(song("ultrastar", name, "train", mixture=mixture, activity=activity))
    if not tracks:
        raise LivevoxError(f"{folder} holds no UltraStar song: check the name")
    return tracks


def _open(folder: Path) -> list[Track]:
    """The corpus that the project trains on; its README tells where every entry comes from."""
    table = folder / "tracks.csv"
    try:
        rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    except OSError as error:
        raise LivevoxError(f"{table} can't be read ({error.strerror})") from None
    return [
        replace(_open_track(folder, row, f"{table}:{n}"), licence=row.get("licence") or "")
        for n, row in enumerate(rows, 2)
    ]


def _open_track(folder: Path, row: dict[str, str], where: str) -> Track:
    try:
        path = row["path"]
        split = "valid" if path in HELD_OUT else SPLITS[row["split"]]
        estimated = row["vocal_stem"] != "true"
        labelled = row["activity_labels"] == "yes"
    except KeyError as error:
        raise LivevoxError(f"{where}: {error} is missing or not known") from None
    kind = path.partition("/")[0]
    if kind in ("tracks", "songs"):
        return song(
            "open",
            path,
            split,
            vocals=_file(folder / path / "vocals.ogg"),
            accompaniment=_file(folder / path / "accompaniment.ogg"),
            activity=read_lab(folder / path / "activity.lab") if labelled else None,
            estimated=estimated,
        )
    name, audio = path.removesuffix(".ogg"), _file(folder / path)
    if kind == "singing":
        return Track("open", name, split, "singing", audio, vocals=audio)
    if kind == "speech":
        return Track("open", name, split, "speech", audio, activity=())
    if kind == "instrumental":
        return _instrumental("open", name, split, audio)
    raise LivevoxError(
        f"{where}: '{kind}' is not one of tracks, songs, singing, speech, instrumental"
    )


def _instrumental(dataset: str, name: str, split: Split, audio: Recording) -> Track:
    return Track(dataset, name, split, "instrumental", audio, accompaniment=audio, activity=())


def _file(path: Path) -> Recording:
    if not path.is_file():
        raise LivevoxError(f"{path} is missing")
    return Recording((Part(path),))


def _sum(recordings: Iterable[Recording]) -> Recording:
    return reduce(add, recordings)


def _folders(folder: Path) -> list[Path]:
    return _matching(folder, "*/")


def _matching(folder: Path, pattern: str) -> list[Path]:
    """What ``pattern`` finds in ``folder``, something, in order, hidden files aside."""
    if not folder.is_dir():
        raise LivevoxError(f"{folder} is missing")
    found = sorted(path for path in folder.glob(pattern) if not path.name.startswith("."))
    if not found:
        raise LivevoxError(f"{folder} holds no {pattern}")
    return found


@dataclass(frozen=True)
class Dataset:
    """How a data set is loaded, and the page that tells where to get it."""

    tracks: Callable[[Path], list[Track]]
    home: str


DATASETS = {
    "ccmixter": Dataset(_ccmixter, "https://members.loria.fr/ALiutkus/kam/"),
    "dsd100": Dataset(_dsd100, "https://sigsep.github.io/datasets/dsd100.html"),
    "ikala": Dataset(_ikala, "http://mac.citi.sinica.edu.tw/ikala/"),
    "jamendo": Dataset(_jamendo, "https://zenodo.org/record/2585988"),
    "jamendolyrics": Dataset(_jamendolyrics, "https://github.com/f90/jamendolyrics"),
    "medleydb": Dataset(_medleydb, "https://medleydb.weebly.com"),
    "mir1k": Dataset(_mir1k, "http://mirlab.org/dataset/public"),
    "musdb18": Dataset(_musdb18, "https://sigsep.github.io/datasets/musdb.html"),
    "musdb18hq": Dataset(_musdb18hq, "https://sigsep.github.io/datasets/musdb.html"),
    "open": Dataset(_open, "the README.md beside its tracks.csv"),
    "rwc_popular": Dataset(_rwc_popular, "https://staff.aist.go.jp/m.goto/RWC-MDB/"),
    "ultrastar": Dataset(_ultrastar, "https://usdx.eu/format"),
}
"""The data sets by name."""
