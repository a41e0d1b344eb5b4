"""The training corpus: the tracks of all data sets as mono audio at 44.1 kHz."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.ndimage import grey_closing

from livevox.activity import Interval
from livevox.dsp.stft import HOP, Audio
from livevox.errors import LivevoxError
from train.data.tracks import Split, Track, decoded, singing_frames

Activity = npt.NDArray[np.int8]
"""Per frame: 1 for singing, 0 for none, -1 for unknown."""

ACTIVE_BELOW_LOUD_DB = 15.0
SILENT_BELOW_LOUD_DB = 35.0
SILENT_BELOW_LOUD_ESTIMATED_DB = 26.0
"""Estimated stems have leakage of the music while nobody sings, so their threshold is higher."""
BRIDGED_FRAMES = 23
"""A quarter of a second."""
MOST_LEAD = 9
"""A tenth of a second."""


@dataclass(frozen=True)
class Voice:
    """Mono audio at 44.1 kHz and its singing activity per frame."""

    name: str
    audio: Audio
    activity: Activity

    @property
    def singer(self) -> str:
        """The singer: files of one singer share the first three words of their names."""
        return "-".join(self.name.split("-")[:3])


@dataclass(frozen=True)
class Song:
    """Two synchronous mono stems of one song; the mixture is their sum."""

    name: str
    vocals: Voice
    accompaniment: Audio
    estimated: bool
    labelled: bool


@dataclass
class Corpus:
    """Memory-mapped audio by its use; ``labelled`` are mixtures with known activity."""

    songs: list[Song] = field(default_factory=list)
    labelled: list[Voice] = field(default_factory=list)
    singing: list[Voice] = field(default_factory=list)
    speech: list[Voice] = field(default_factory=list)
    instrumental: list[Audio] = field(default_factory=list)


def activity_of_stem(audio: Audio, estimated: bool) -> Activity:
    """Activity per frame from the level of a vocal stem relative to its own loud passages.

    On the labelled training songs of the open singing corpus, 96 % of the frames get a decision,
    and 94 % of these agree with the labels.
    """
    frames = frames_of(audio)
    padded = np.pad(audio, (HOP, HOP + frames * HOP - len(audio)))
    hops = np.square(padded).reshape(-1, HOP).mean(axis=1)
    # Bridges consonants and gaps between notes, but keeps the ends of phrases.
    power = grey_closing(np.maximum(hops[:-1], hops[1:])[:frames], BRIDGED_FRAMES)
    level_db = 10 * np.log10(power + 1e-10)
    loud_db = np.percentile(level_db[level_db >= level_db.max() - 40], 90)
    floor_db = SILENT_BELOW_LOUD_ESTIMATED_DB if estimated else SILENT_BELOW_LOUD_DB
    activity = np.full(frames, -1, np.int8)
    activity[level_db > loud_db - ACTIVE_BELOW_LOUD_DB] = 1
    activity[level_db < loud_db - floor_db] = 0
    return activity


def labels_in_time(labels: Iterable[Interval], frames: int, by_level: Activity | None) -> Activity:
    """A song's labels per frame, (frames,), delayed by their lead over the voice.

    ``by_level`` is the activity of its vocal stem; without one, the labels stay as they are.
    """
    activity = singing_frames(labels, frames)
    return activity if by_level is None else shifted(activity, label_lead(activity, by_level))


def label_lead(labels: Activity, by_level: Activity) -> int:
    """The lead of a song's labels over its voice in frames, 0 to MOST_LEAD, by best agreement.

    Karaoke timings lead by 10 to 70 ms, depending on the song, to cue the singer.
    """
    frames = min(len(labels), len(by_level))
    sure = by_level[:frames] >= 0
    agreements = [
        float((shifted(labels, lead)[:frames] == by_level[:frames])[sure].mean())
        for lead in range(MOST_LEAD + 1)
    ]
    return int(np.argmax(agreements))


def shifted(activity: Activity, later: int) -> Activity:
    """The activity delayed by ``later`` frames, of the same length."""
    return np.concatenate([np.repeat(activity[:1], later), activity])[: len(activity)]


def frames_of(audio: Audio) -> int:
    """Frames whose centres lie within a mono signal or at its end."""
    return len(audio) // HOP + 1


def load_corpus(tracks: Iterable[Track], split: Split, cache: Path) -> Corpus:
    """Decode the tracks of ``split`` into ``cache``, unless cached, and memory-map them.

    Raises LivevoxError if an audio file can't be read or no track is in that split.
    """
    chosen = [track for track in tracks if track.split == split]
    if not chosen:
        raise LivevoxError(f"no track is in the split '{split}': give a data set that has one")
    corpus = Corpus()
    for track in chosen:
        name = f"{track.dataset}/{track.name}"
        if track.kind == "instrumental":
            corpus.instrumental.append(decoded(track.mixture, cache))
        elif track.kind in ("singing", "speech"):
            audio = decoded(track.mixture, cache)
            voices = corpus.singing if track.kind == "singing" else corpus.speech
            voices.append(Voice(name, audio, activity_of_stem(audio, estimated=False)))
        else:
            _add_song(corpus, track, name, cache)
    return corpus


def _add_song(corpus: Corpus, track: Track, name: str, cache: Path) -> None:
    labels = track.activity
    audio = None if track.vocals is None else decoded(track.vocals, cache)
    by_level = None if audio is None else activity_of_stem(audio, track.estimated)
    activity = by_level
    if labels is not None:
        mixture = decoded(track.mixture, cache)
        activity = labels_in_time(labels, frames_of(mixture), by_level)
        corpus.labelled.append(Voice(name, mixture, activity))
    if audio is None or activity is None or track.accompaniment is None:
        return
    accompaniment = decoded(track.accompaniment, cache)
    corpus.songs.append(
        Song(name, Voice(name, audio, activity), accompaniment, track.estimated, labels is not None)
    )
