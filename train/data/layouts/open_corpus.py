"""The layout `open`: tracks.csv and the audio beside it."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

from livevox.errors import LivevoxError
from train.data.labels import read_lab
from train.data.layouts.files import recording_of
from train.data.tracks import SPLITS, Track, instrumental_track, song

HELD_OUT = frozenset(
    {
        "singing/csd-kr_female.ogg",
        "singing/gugak-chaesoohyun.ogg",
        "singing/vocadito-clip15.ogg",
        "singing/voicebank-scottpoid-scott.ogg",
        "speech/idsspeech-HAD08B.ogg",
        "speech/idsspeech-LIM14D.ogg",
        "speech/idsspeech-MBE10D.ogg",
        "speech/idsspeech-SPA05B.ogg",
        "speech/idsspeech-TUR15B.ogg",
        "speech/idsspeech-VAN15B.ogg",
    }
)
"""Singers and speakers of `open` that are held out for validation, whatever its table says. The
corpus itself holds out few singers and no speaker, and unseen voices are the best test of a
model."""


def open_corpus(folder: Path) -> list[Track]:
    """The project's training corpus; its README gives the source of every entry."""
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
            vocals=recording_of(folder / path / "vocals.ogg"),
            accompaniment=recording_of(folder / path / "accompaniment.ogg"),
            activity=read_lab(folder / path / "activity.lab") if labelled else None,
            estimated=estimated,
        )
    name, audio = path.removesuffix(".ogg"), recording_of(folder / path)
    if kind == "singing":
        return Track("open", name, split, "singing", audio, vocals=audio)
    if kind == "speech":
        return Track("open", name, split, "speech", audio, activity=())
    if kind == "instrumental":
        return instrumental_track("open", name, split, audio)
    raise LivevoxError(
        f"{where}: '{kind}' is not one of tracks, songs, singing, speech, instrumental"
    )
