"""Loaders for the data sets in their published layouts: from a folder to tracks.

`load` selects a layout by name. Data sets without a split of their own are all "train". They
overlap: MUSDB18 includes the songs of DSD100 and 46 of MedleyDB's, so the test set of one can be in
the training set of another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from livevox.errors import LivevoxError
from train.data.layouts.labelled import jamendo, jamendolyrics, rwc_popular, ultrastar
from train.data.layouts.medleydb import medleydb
from train.data.layouts.open_corpus import open_corpus
from train.data.layouts.sigsep import dsd100, musdb18, musdb18hq
from train.data.layouts.two_stems import ccmixter, ikala, mir1k
from train.data.tracks import Track

VALIDATION_EVERY = 10


def load(name: str, folder: Path) -> list[Track]:
    """The tracks of the data set called ``name`` (see DATASETS) in ``folder``.

    Reads labels, but no audio. Raises LivevoxError, with the file and the data set's home page, if
    the name is unknown, a file of the data set is missing or a label is damaged.
    """
    if name not in DATASETS:
        raise LivevoxError(f"{name} is not a known data set: choose {', '.join(sorted(DATASETS))}")
    known = DATASETS[name]
    try:
        return known.tracks(folder)
    except LivevoxError as error:
        raise LivevoxError(f"{error} (for {name} and its layout see {known.home})") from None


def with_validation(tracks: Sequence[Track]) -> list[Track]:
    """The same tracks, with every tenth training song, by name, moved to validation in data sets
    without a validation split.

    The paper chose its models on the test sets; here these are used for testing only.
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


@dataclass(frozen=True)
class Dataset:
    """A data set's loader, and its home page."""

    tracks: Callable[[Path], list[Track]]
    home: str


DATASETS = {
    "ccmixter": Dataset(ccmixter, "https://members.loria.fr/ALiutkus/kam/"),
    "dsd100": Dataset(dsd100, "https://sigsep.github.io/datasets/dsd100.html"),
    "ikala": Dataset(ikala, "http://mac.citi.sinica.edu.tw/ikala/"),
    "jamendo": Dataset(jamendo, "https://zenodo.org/record/2585988"),
    "jamendolyrics": Dataset(jamendolyrics, "https://github.com/f90/jamendolyrics"),
    "medleydb": Dataset(medleydb, "https://medleydb.weebly.com"),
    "mir1k": Dataset(mir1k, "http://mirlab.org/dataset/public"),
    "musdb18": Dataset(musdb18, "https://sigsep.github.io/datasets/musdb.html"),
    "musdb18hq": Dataset(musdb18hq, "https://sigsep.github.io/datasets/musdb.html"),
    "open": Dataset(open_corpus, "the README.md beside its tracks.csv"),
    "rwc_popular": Dataset(rwc_popular, "https://staff.aist.go.jp/m.goto/RWC-MDB/"),
    "ultrastar": Dataset(ultrastar, "https://usdx.eu/format"),
}
"""The data sets by name."""
