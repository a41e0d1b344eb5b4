"""A track of any data set: its description, its audio files, and how they are read and cached.

A :class:`Recording` describes audio without reading it: a sum of files, or of channels or streams
of files, each with a gain. :func:`read` returns it unchanged, :func:`decoded` in training's format.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import soxr

from livevox.activity import Interval
from livevox.dsp.stft import FRAME_RATE, SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from livevox.media.files import atomic_path, open_audio

Split = Literal["train", "valid", "test"]
Kind = Literal["song", "singing", "speech", "instrumental"]
SPLITS: dict[str, Split] = {"train": "train", "valid": "valid", "test": "test"}
"""By the names that tables and folders give them."""
FREE_LICENCES = r"CC0-1\.0|MIT|CC-BY(-SA)?-\d\.\d"


@dataclass(frozen=True)
class Part:
    """One file's contribution to a recording."""

    path: Path
    channel: int | None = None
    """The only channel used, from 0; None for all."""
    stream: int | None = None
    """The index of the audio stream, from 0, in a file with several."""
    gain: float = 1.0


@dataclass(frozen=True)
class Recording:
    """Audio on disk, as the sum of one or more parts."""

    parts: tuple[Part, ...]

    def __add__(self, other: Recording) -> Recording:
        return Recording(self.parts + other.parts)

    def __sub__(self, other: Recording) -> Recording:
        return self + Recording(tuple(replace(p, gain=-p.gain) for p in other.parts))


@dataclass(frozen=True)
class Track:
    """One track of a data set; make songs with :func:`song`."""

    dataset: str
    name: str
    """Unique within the data set."""
    split: Split
    kind: Kind
    """Singing is solo singing and speech is solo speech; an instrumental has no voice."""
    mixture: Recording
    """The mixture. A published mix may differ from the sum of its stems, for example by mastering;
    ``vocals + accompaniment`` is the exact sum."""
    vocals: Recording | None = None
    """The vocals, if available; the mixture itself if the kind is singing."""
    accompaniment: Recording | None = None
    """The accompaniment, if available; the mixture itself if the kind is instrumental."""
    activity: tuple[Interval, ...] | None = None
    """Intervals of singing, sorted, start and end in seconds; None if unlabelled."""
    estimated: bool = False
    """Whether a teacher estimated the stems: usable for training, never for scores."""
    licence: str = ""
    """SPDX identifier, if the data set gives one for each track."""

    @property
    def free(self) -> bool:
        """Whether weights trained on it may be used for anything, also commercially: public domain,
        MIT, CC BY and CC BY-SA; not GPL, whose meaning for weights is unsettled."""
        return re.fullmatch(FREE_LICENCES, self.licence, re.IGNORECASE) is not None


def song(
    dataset: str,
    name: str,
    split: Split,
    *,
    mixture: Recording | None = None,
    vocals: Recording | None = None,
    accompaniment: Recording | None = None,
    activity: tuple[Interval, ...] | None = None,
    estimated: bool = False,
) -> Track:
    """A song from its published recordings: the mixture, both stems, or the mixture and one stem.

    A missing mixture is the sum of the stems; a missing stem is the mixture minus the other one.
    Raises ValueError if only one stem is given.
    """
    if mixture is None:
        if vocals is None or accompaniment is None:
            raise ValueError(f"{dataset}, {name}: a song needs a mixture or both stems")
        mixture = vocals + accompaniment
    elif vocals is not None and accompaniment is None:
        accompaniment = mixture - vocals
    elif accompaniment is not None and vocals is None:
        vocals = mixture - accompaniment
    return Track(dataset, name, split, "song", mixture, vocals, accompaniment, activity, estimated)


def instrumental_track(dataset: str, name: str, split: Split, audio: Recording) -> Track:
    """A track without a voice, known to have none."""
    return Track(dataset, name, split, "instrumental", audio, accompaniment=audio, activity=())


def read(recording: Recording) -> tuple[Audio, int]:
    """The recording as float32 (channels, samples), and its rate in Hz.

    A single part of gain 1 is bit-identical to what open_audio reads; several are added in order. A
    part is silent after its end, and a mono part is added to every channel. Raises LivevoxError if
    a file can't be read or its format differs from the previous one's.
    """
    first, *others = recording.parts
    total, rate = _read_part(first)
    for part in others:
        audio, part_rate = _read_part(part)
        if part_rate != rate:
            raise LivevoxError(
                f"{part.path} is at {part_rate} Hz and {first.path} at {rate} Hz: "
                "files to be added must have the same rate"
            )
        if 1 != len(audio) != len(total) != 1:
            raise LivevoxError(
                f"{part.path} has {len(audio)} channels and {first.path} {len(total)}: "
                "files to be added must have as many, or one"
            )
        samples = max(audio.shape[1], total.shape[1])
        total = _with_silence(total, samples) + _with_silence(audio, samples)
    return total, rate


def _with_silence(audio: Audio, samples: int) -> Audio:
    return np.pad(audio, ((0, 0), (0, samples - audio.shape[1])))


def _read_part(part: Part) -> tuple[Audio, int]:
    with open_audio(part.path, part.stream) as source:
        rate = source.sample_rate
        audio = np.concatenate(list(source.blocks(source.samples)), axis=1)
    if part.channel is not None:
        if part.channel >= len(audio):
            raise LivevoxError(
                f"{part.path} has {len(audio)} channel(s), but channel {part.channel + 1} is needed"
            )
        audio = audio[part.channel : part.channel + 1]
    return (audio if part.gain == 1 else audio * np.float32(part.gain)), rate


def decoded(recording: Recording, cache: Path) -> Audio:
    """The recording as mono float32 at 44.1 kHz, (samples,), memory-mapped from ``cache``.

    It is decoded at first use, and again if one of its files changed in size or time. The memory
    map lets the corpus be larger than memory. Raises LivevoxError if it can't be read.
    """
    entry = cache / f"{_fingerprint(recording)}.npy"
    if not entry.exists():
        audio, rate = read(recording)
        mono = audio.mean(axis=0)
        if rate != SAMPLE_RATE:
            mono = soxr.resample(mono, rate, SAMPLE_RATE)
        with atomic_path(entry) as part:
            np.save(part, mono)
    mapped: Audio = np.load(entry, mmap_mode="r")
    return mapped


def _fingerprint(recording: Recording) -> str:
    """A key that changes with the recording's files and with the way they are decoded."""
    facts = []
    for part in recording.parts:
        try:
            state = part.path.stat()
        except OSError as error:
            raise LivevoxError(f"{part.path} can't be read ({error.strerror})") from None
        where = str(part.path.resolve()), state.st_size, state.st_mtime_ns
        facts.append((*where, part.channel, part.stream, part.gain))
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def singing_frames(activity: Iterable[Interval], frames: int) -> npt.NDArray[np.int8]:
    """Convert intervals in seconds to (frames,) of 1 (singing) and 0; see ``FRAME_RATE``.

    >>> singing_frames([(0.02, 0.04)], 5)
    array([0, 0, 1, 0, 0], dtype=int8)
    """
    singing = np.zeros(frames, np.int8)
    for start, end in activity:
        singing[round(start * FRAME_RATE) : round(end * FRAME_RATE)] = 1
    return singing
