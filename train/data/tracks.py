"""A track of any data set: what it is, where its audio lies, and how that is read and cached.

Audio is described, not read: a :class:`Recording` is a sum of files, or of channels or streams of
files, each with a gain. :func:`read` reads it as it is, :func:`decoded` as training takes it.
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
    """What one file adds to a recording."""

    path: Path
    channel: int | None = None
    """The only channel taken, from 0; all of them where it is None."""
    stream: int | None = None
    """The audio stream of a file that holds several, from 0."""
    gain: float = 1.0


@dataclass(frozen=True)
class Recording:
    """Audio that need not be in memory: the sum of its parts, one or more."""

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
    """All that is heard. A mix that was published with its stems need not be their exact sum:
    mastering may lie between; ``vocals + accompaniment`` is the exact sum."""
    vocals: Recording | None = None
    """The singing alone, where it is to be had: the mixture itself where the kind is singing."""
    accompaniment: Recording | None = None
    """All but the singing: the mixture itself where the kind is instrumental."""
    activity: tuple[Interval, ...] | None = None
    """When somebody sings, in order, start and end in seconds; None where nobody labelled it."""
    estimated: bool = False
    """The stems are a teacher's opinion: good to train on, never to be quoted in an SDR."""
    licence: str = ""
    """As an SPDX identifier, where the data set tells it for each track."""

    @property
    def free(self) -> bool:
        """Whether weights that were trained on it may be used for anything, also for money: public
        domain, MIT, CC BY and CC BY-SA; not GPL, of which it is open what it asks of weights."""
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
    """A song from what was published of it: the mixture, both stems, or the mixture and one.

    What is missing follows from the rest: the mixture is the sum of the stems, a stem is the
    mixture less the other. Raises ValueError where one stem is all there is.
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

    A single part of gain 1 is what open_audio reads, bit by bit; several are added in order. A part
    is silent after its end, and a mono part is added to every channel. Raises LivevoxError where
    a file can't be read or does not go with the one before.
    """
    first, *others = recording.parts
    total, rate = _read_part(first)
    for part in others:
        audio, part_rate = _read_part(part)
        if part_rate != rate:
            raise LivevoxError(
                f"{part.path} is at {part_rate} Hz and {first.path} at {rate} Hz: "
                "what is added must have one rate"
            )
        if 1 != len(audio) != len(total) != 1:
            raise LivevoxError(
                f"{part.path} has {len(audio)} channels and {first.path} {len(total)}: "
                "what is added must have as many, or one"
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
                f"{part.path} has {len(audio)} channel(s), and number {part.channel + 1} is wanted"
            )
        audio = audio[part.channel : part.channel + 1]
    return (audio if part.gain == 1 else audio * np.float32(part.gain)), rate


def decoded(recording: Recording, cache: Path) -> Audio:
    """The recording as mono float32 at 44.1 kHz, (samples,), memory-mapped from ``cache``.

    It is decoded at first use, and again where one of its files changed in size or time, so that a
    corpus larger than memory trains. Raises LivevoxError where it can't be read.
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
    """The same as long as no file of the recording, and nothing that is done to it, changes."""
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
    """Intervals in seconds as (frames,) of 1, somebody sings, and 0; see ``FRAME_RATE``.

    >>> singing_frames([(0.02, 0.04)], 5)
    array([0, 0, 1, 0, 0], dtype=int8)
    """
    singing = np.zeros(frames, np.int8)
    for start, end in activity:
        singing[round(start * FRAME_RATE) : round(end * FRAME_RATE)] = 1
    return singing
