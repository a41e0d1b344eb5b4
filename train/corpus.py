"""The open singing corpus on disk: `tracks.csv` and the audio that it lists, decoded once."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from livevox.stft import HOP, SAMPLE_RATE, Audio

Activity = npt.NDArray[np.int8]
"""Per frame: 1 somebody sings, 0 nobody does, -1 not known."""

ACTIVE_BELOW_LOUD_DB = 15.0
SILENT_BELOW_LOUD_DB = 35.0
SILENT_BELOW_LOUD_ESTIMATED_DB = 26.0
"""An estimated stem keeps a residue of the music where nobody sings, so its floor is higher."""


@dataclass(frozen=True)
class Voice:
    """Mono audio at 44.1 kHz and, per frame, whether somebody sings in it."""

    name: str
    audio: Audio
    activity: Activity


@dataclass(frozen=True)
class Song:
    """Two mono stems of one song, in time with each other; ``mixture`` is their sum."""

    name: str
    vocals: Voice
    accompaniment: Audio
    estimated: bool
    labelled: bool


@dataclass
class Corpus:
    """What a training draws from."""

    songs: list[Song] = field(default_factory=list)
    singing: list[Voice] = field(default_factory=list)
    speech: list[Audio] = field(default_factory=list)
    instrumental: list[Audio] = field(default_factory=list)


def read_labels(path: Path, frames: int) -> Activity:
    """Activity per frame from a .lab file of `start end sing|nosing` lines in seconds.

    Raises ValueError with the file and line where a line is not of that form.
    """
    activity = np.zeros(frames, np.int8)
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip():
            continue
        try:
            start, end, label = line.split()
            first, last = (round(float(t) * SAMPLE_RATE / HOP) for t in (start, end))
            activity[first:last] = {"sing": 1, "nosing": 0}[label]
        except (ValueError, KeyError) as error:
            raise ValueError(f"{path}:{number}: '{line}' is not 'start end sing|nosing'") from error
    return activity


def activity_of_stem(audio: Audio, estimated: bool) -> Activity:
    """Activity per frame from the level of a vocal stem relative to its own loud passages."""
    frames = len(audio) // HOP + 1
    padded = np.pad(audio, (HOP, HOP + frames * HOP - len(audio)))
    power = np.square(padded).reshape(-1, HOP).mean(axis=1)
    # A quarter of a second around each frame bridges consonants and the gaps between notes.
    around = np.lib.stride_tricks.sliding_window_view(np.pad(power, 11, mode="edge"), 22)
    level_db = 10 * np.log10(around.max(axis=1)[:frames] + 1e-10)
    loud_db = np.percentile(level_db[level_db > level_db.max() - 40], 90)
    floor_db = SILENT_BELOW_LOUD_ESTIMATED_DB if estimated else SILENT_BELOW_LOUD_DB
    activity = np.full(frames, -1, np.int8)
    activity[level_db > loud_db - ACTIVE_BELOW_LOUD_DB] = 1
    activity[level_db < loud_db - floor_db] = 0
    return activity


def decoded(path: Path, cache: Path) -> Audio:
    """The file as mono float32 at 44.1 kHz, memory-mapped from ``cache``, decoded at first use."""
    stat = path.stat()
    entry = cache / f"{path.parent.name}.{path.name}.{stat.st_size}.npy"
    if not entry.exists():
        audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
        mono = soxr.resample(audio.mean(axis=1), rate, SAMPLE_RATE)
        cache.mkdir(parents=True, exist_ok=True)
        part = entry.with_suffix(".part")
        with part.open("wb") as file:
            np.save(file, mono)
        part.replace(entry)
    return np.load(entry, mmap_mode="r")


def load_corpus(folder: Path, split: str, cache: Path) -> Corpus:
    """Read the ``split`` ('train' or 'valid') of the corpus in ``folder``."""
    corpus = Corpus()
    with (folder / "tracks.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == split]
    for row in rows:
        path = folder / row["path"]
        kind = path.parent.name
        if kind in ("tracks", "songs"):
            audio = decoded(path / "vocals.ogg", cache)
            estimated = row["vocal_stem"] != "true"
            labelled = row["activity_labels"] == "yes"
            if labelled:
                activity = read_labels(path / "activity.lab", len(audio) // HOP + 1)
            else:
                activity = activity_of_stem(audio, estimated)
            voice = Voice(path.name, audio, activity)
            accompaniment = decoded(path / "accompaniment.ogg", cache)
            corpus.songs.append(Song(path.name, voice, accompaniment, estimated, labelled))
        elif kind == "singing":
            audio = decoded(path, cache)
            corpus.singing.append(Voice(path.name, audio, activity_of_stem(audio, False)))
        else:
            {"speech": corpus.speech, "instrumental": corpus.instrumental}[kind].append(
                decoded(path, cache)
            )
    return corpus
