"""DSD100 and MUSDB18: songs mixed from vocals, bass, drums and other, split by their authors."""

from __future__ import annotations

from pathlib import Path

from train.data.layouts.files import files_in, folders_in, recording_of, sum_of
from train.data.tracks import Part, Recording, Split, Track, song

MUSIC = ("bass", "drums", "other")
"""The stems of the accompaniment in DSD100 and MUSDB18."""
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


def dsd100(folder: Path) -> list[Track]:
    """The mixtures in a folder of their own, the four sources in another."""
    tracks = []
    subsets: dict[str, Split] = {"Dev": "train", "Test": "test"}
    for subset, split in subsets.items():
        for path in folders_in(folder / "Mixtures" / subset):
            sources = folder / "Sources" / subset / path.name
            tracks.append(
                song(
                    "dsd100",
                    path.name,
                    split,
                    mixture=recording_of(path / "mixture.wav"),
                    vocals=recording_of(sources / "vocals.wav"),
                    accompaniment=sum_of(recording_of(sources / f"{name}.wav") for name in MUSIC),
                )
            )
    return tracks


def musdb18(folder: Path) -> list[Track]:
    """The compressed edition: the mixture and four stems of a song in one .stem.mp4."""
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
        for path in files_in(folder / subset, "*.stem.mp4")
    ]


def musdb18hq(folder: Path) -> list[Track]:
    """The uncompressed edition: a folder for each song, with five files."""
    return [
        _musdb18_song(
            "musdb18hq",
            path.name,
            subset,
            {name: recording_of(path / f"{name}.wav") for name in MUSDB18_STREAMS},
        )
        for subset in ("train", "test")
        for path in folders_in(folder / subset)
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
        accompaniment=sum_of(stems[name] for name in MUSIC),
    )
