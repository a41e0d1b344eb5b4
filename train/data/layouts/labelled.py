"""Jamendo, RWC, JamendoLyrics and UltraStar: mixtures with labelled singing."""

from __future__ import annotations

from pathlib import Path

from livevox.errors import LivevoxError
from livevox.media.ultrastar import is_ultrastar
from train.data.labels import read_lab, read_lines, read_rwc, read_ultrastar, read_words
from train.data.layouts.files import files_in, recording_of
from train.data.tracks import SPLITS, Track, song

RWC_FIRST_OF_DISC = (1, 17, 33, 49, 65, 81, 91)
"""The number of the first piece on each of the seven CDs of RWC's popular music."""


def jamendo(folder: Path) -> list[Track]:
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
        listed = [(s, path) for s in SPLITS.values() for path in files_in(folder / s, "*.*")]
    return [
        song(
            "jamendo",
            path.stem,
            split,
            mixture=recording_of(path),
            activity=read_lab(labels / f"{path.stem}.lab"),
        )
        for split, path in listed
    ]


def rwc_popular(folder: Path) -> list[Track]:
    """Audio as RWC-P/RWC_P001.wav (the edition of 2025) or, by CD, audio/rwc-p-m01/1.wav."""
    tracks = []
    for labels in files_in(folder, "**/RM-P[0-9][0-9][0-9].VOCA_INST.TXT"):
        name = labels.name.partition(".")[0]
        piece = int(name.removeprefix("RM-P"))
        disc = sum(first <= piece for first in RWC_FIRST_OF_DISC)
        number = piece - RWC_FIRST_OF_DISC[disc - 1] + 1
        path = folder / "RWC-P" / f"RWC_P{piece:03}.wav"
        if not path.parent.is_dir():
            path = folder / "audio" / f"rwc-p-m{disc:02}" / f"{number}.wav"
        activity = read_rwc(labels)
        mixture = recording_of(path)
        tracks.append(song("rwc_popular", name, "train", mixture=mixture, activity=activity))
    return tracks


def jamendolyrics(folder: Path) -> list[Track]:
    """An evaluation set: all tracks are for testing."""
    return [
        song(
            "jamendolyrics",
            path.stem,
            "test",
            mixture=recording_of(folder / "mp3" / f"{path.stem}.mp3"),
            activity=read_words(path),
        )
        for path in files_in(folder / "annotations" / "words", "*.csv")
    ]


def ultrastar(folder: Path) -> list[Track]:
    """Every song whose text is in the folder, at any depth, with its audio beside it."""
    tracks = []
    for path in filter(is_ultrastar, files_in(folder, "**/*.txt")):
        audio, activity = read_ultrastar(path)
        name = path.relative_to(folder).with_suffix("").as_posix()
        mixture = recording_of(path.parent / audio)
        tracks.append(song("ultrastar", name, "train", mixture=mixture, activity=activity))
    if not tracks:
        raise LivevoxError(f"{folder} holds no UltraStar song: check the name")
    return tracks
