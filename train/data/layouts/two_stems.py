"""CCMixter, iKala and MIR-1K: songs as a voice and an accompaniment, without a split."""

from __future__ import annotations

from pathlib import Path

from livevox.activity import Interval
from train.data.labels import read_ikala, read_mir1k
from train.data.layouts.files import files_in, folders_in, recording_of
from train.data.tracks import Part, Recording, Track, song


def ccmixter(folder: Path) -> list[Track]:
    """A folder for each song."""
    return [
        song(
            "ccmixter",
            path.name,
            "train",
            mixture=recording_of(path / "mix.wav"),
            vocals=recording_of(path / "source-02.wav"),
            accompaniment=recording_of(path / "source-01.wav"),
        )
        for path in folders_in(folder)
    ]


def ikala(folder: Path) -> list[Track]:
    """Clips of half a minute, each with the pitch of its voice."""
    labels = folder / "PitchLabel"
    return [
        _left_and_right("ikala", path, read_ikala(labels / f"{path.stem}.pv"))
        for path in files_in(folder / "Wavfile", "*.wav")
    ]


def mir1k(folder: Path) -> list[Track]:
    """The thousand labelled clips or, if only these exist, the whole songs, without labels."""
    whole, clips = folder / "UndividedWavfile", folder / "Wavfile"
    if whole.is_dir() and not clips.is_dir():
        return [_left_and_right("mir1k", path, None) for path in files_in(whole, "*.wav")]
    labels = folder / "vocal-nonvocalLabel"
    return [
        _left_and_right("mir1k", path, read_mir1k(labels / f"{path.stem}.vocal"))
        for path in files_in(clips, "*.wav")
    ]


def _left_and_right(dataset: str, path: Path, activity: tuple[Interval, ...] | None) -> Track:
    """A karaoke recording: the accompaniment on the left, the voice on the right."""
    left, right = (Recording((Part(path, channel=channel),)) for channel in (0, 1))
    return song(dataset, path.stem, "train", vocals=right, accompaniment=left, activity=activity)
