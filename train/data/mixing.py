"""Training excerpts, mixed on the fly: what is sung over what, how loud, and what must be found.

Every excerpt follows from (seed, index) alone, so a resumed training sees what it would have seen.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import soxr
import torch
from torch import Tensor
from torch.utils.data import Dataset

from livevox.dsp.stft import HOP, SAMPLE_RATE, Analysis, Audio
from livevox.errors import LivevoxError
from train.data.corpus import Activity, Corpus, Song, Voice
from train.data.effects import (
    SILENT_RMS,
    Rng,
    distortion,
    doubled,
    echo,
    equaliser,
    level,
    narrow_line,
    relative_to,
    reverb,
    tilted,
    vocoder,
)
from train.data.training_example import training_example
from train.recipe import Recipe

EXCERPT_FRAMES = 222
EXCERPT_SAMPLES = (EXCERPT_FRAMES + 1) * HOP

T = TypeVar("T")


@dataclass(frozen=True)
class Take:
    """A passage of one source, EXCERPT_SAMPLES long, with its activity per frame."""

    audio: Audio
    activity: Activity


_SILENCE: Audio = np.zeros(EXCERPT_SAMPLES, np.float32)
_NOBODY = Take(_SILENCE, np.zeros(EXCERPT_FRAMES, np.int8))


def _cut(audio: Audio, start: int, speed: float) -> Audio:
    """EXCERPT_SAMPLES from ``start`` on, played ``speed`` times as fast, silence after the end."""
    wanted = int(np.ceil(EXCERPT_SAMPLES * speed)) + 16
    passage = np.asarray(audio[start : start + wanted])
    if speed != 1.0:
        passage = soxr.resample(passage, SAMPLE_RATE * speed, SAMPLE_RATE, quality="MQ")
    passage = passage[:EXCERPT_SAMPLES]
    return np.pad(passage, (0, EXCERPT_SAMPLES - len(passage)))


def _start(samples: int, rng: Rng) -> int:
    return int(rng.integers(max(1, samples - EXCERPT_SAMPLES)))


def _take_voice(voice: Voice, rng: Rng, melodies: float) -> Take:
    """A passage of a voice, more often than not one in which it sings; at the share ``melodies``
    its pitch moves as a melody's does."""
    sung = np.flatnonzero(voice.activity == 1)
    start = _start(len(voice.audio), rng)
    speed = _speed(rng)
    if len(sung) and rng.random() < 0.8:
        start = int(rng.choice(sung)) * HOP - int(rng.integers(EXCERPT_SAMPLES))
        start = min(max(0, start), max(0, len(voice.audio) - EXCERPT_SAMPLES))
    if rng.random() < melodies:
        return _along_a_melody(voice, start, speed, rng)
    return Take(_cut(voice.audio, start, speed), _activity_of_cut(voice.activity, start, speed))


def _along_a_melody(voice: Voice, start: int, speed: float, rng: Rng) -> Take:
    """A passage played at the changing speed of notes up to five semitones away, with slides
    between them and vibrato: what lies on one pitch becomes a melody."""
    frames = EXCERPT_FRAMES + 2
    seconds = np.arange(frames) * HOP / SAMPLE_RATE
    ends = np.cumsum(rng.uniform(0.15, 0.8, frames))
    notes = rng.integers(-5, 6, frames)[np.searchsorted(ends, seconds)]
    slide = np.hanning(int(rng.integers(4, 13)))
    semitones = np.convolve(np.pad(notes, 6, "edge"), slide / slide.sum(), "same")[6:-6]
    vibrato_hz, depth = rng.uniform(4.5, 7), rng.uniform(0, 0.7)
    semitones += depth * np.sin(2 * np.pi * (vibrato_hz * seconds + rng.random()))
    time = np.arange(EXCERPT_SAMPLES) / HOP
    speeds = speed * np.interp(time, np.arange(frames), 2 ** (semitones / 12))
    places = start + np.cumsum(speeds)
    first, last = int(places[0]), int(places[-1]) + 2
    passage = np.asarray(voice.audio[first:last])
    audio = np.interp(places - first, np.arange(len(passage)), passage, right=0)
    frame_places = places[HOP * np.arange(1, EXCERPT_FRAMES + 1) - 1]
    return Take(audio.astype(np.float32), _activity_at(voice.activity, frame_places / HOP))


def _activity_of_cut(activity: Activity, start: int, speed: float) -> Activity:
    return _activity_at(activity, start / HOP + speed * np.arange(1, EXCERPT_FRAMES + 1))


def _activity_at(activity: Activity, places: npt.NDArray[np.float64]) -> Activity:
    """The activity at ``places`` in frames, nobody's after the end."""
    frames = np.round(places).astype(int)
    return np.where(frames < len(activity), activity[np.minimum(frames, len(activity) - 1)], 0)


def _speed(rng: Rng) -> float:
    """As it is, or up to five semitones higher and faster, or up to nine lower and slower: voices
    and music alike, so that neither is known by it."""
    return 1.0 if rng.random() < 0.4 else float(2 ** (rng.uniform(-9, 5) / 12))


def _together(first: Take, second: Take, level_db: float) -> Take:
    """Two voices at once, the second at ``level_db`` relative to the first."""
    most = np.maximum(first.activity, second.activity)
    # Silent and not known is not known.
    activity = np.where(most == 1, most, np.minimum(first.activity, second.activity))
    return Take(first.audio + relative_to(first.audio, second.audio, level_db), activity)


def _pick(things: Sequence[T], rng: Rng) -> T:
    return things[int(rng.integers(len(things)))]


class Excerpts(Dataset[dict[str, Tensor]]):
    """Excerpt ``index`` of an endless training, made when asked for.

    Each is a dict of tensors over 222 frames: ``mixture``, ``vocals``, ``accompaniment`` as
    log(1 + x) magnitudes (222, 257); ``activity`` (222,) of -1 (not known), 0 or 1; and
    ``has_stems`` (), 0 where only the mixture is known and the stems say nothing. Every step of
    ``data.stems + data.labelled`` excerpts holds first the one kind, then the other.

    Raises LivevoxError where the corpus lacks what the recipe needs.
    """

    def __init__(self, corpus: Corpus, recipe: Recipe, seed: int) -> None:
        self._corpus = corpus
        self._data = recipe.data
        self._mode = recipe.objective.mode
        self._target = recipe.objective.target
        self._seed = seed
        self._clean = [s for s in corpus.songs if not s.estimated]
        self._estimated = [s for s in corpus.songs if s.estimated]
        by_singer: dict[str, list[Voice]] = {}
        for voice in corpus.singing:
            by_singer.setdefault(voice.singer, []).append(voice)
        self._singers = list(by_singer.values())
        needs_labels = recipe.data.labelled > 0 or self._mode == "substitution"
        if recipe.data.stems and not corpus.songs:
            raise LivevoxError("no song with stems to train separation on: give a data set of them")
        if needs_labels and not corpus.labelled:
            raise LivevoxError("no labelled song to train detection on: give a data set of them")
        if recipe.data.augmented and not (corpus.instrumental or self._clean):
            raise LivevoxError("no music without voice in it: give a data set with clean stems")
        lengths = [
            sum(map(len, audio))
            for audio in (
                [voice.audio for voice in corpus.labelled],
                [song.accompaniment for song in corpus.songs],
            )
        ]
        self._substituted = lengths[0] / max(1, sum(lengths))
        """The paper's N / (N + M), by duration: each silent passage of either set is as likely."""

    def __len__(self) -> int:
        return sys.maxsize

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((self._seed, index))
        data = self._data
        if index % (data.stems + data.labelled) >= data.stems:
            labelled = self._labelled(rng)
            return self._excerpt(labelled, _SILENCE, rng if data.augmented else None, False)
        if data.augmented:
            return self._excerpt(*self._augmented(rng), rng)
        vocals, accompaniment = self._passage(rng)
        silent = self._mode == "substitution" and level(vocals.audio) < SILENT_RMS
        if silent and rng.random() < self._substituted:
            vocals, accompaniment = _NOBODY, self._not_sung(rng)
        return self._excerpt(vocals, accompaniment, None)

    def _passage(self, rng: Rng) -> tuple[Take, Audio]:
        """A passage of a song as it is; its activity is for the labelled set to teach."""
        song = _pick(self._corpus.songs, rng)
        start = _start(len(song.accompaniment), rng)
        unknown = np.full(EXCERPT_FRAMES, -1, np.int8)
        return Take(_cut(song.vocals.audio, start, 1.0), unknown), _cut(
            song.accompaniment, start, 1.0
        )

    def _labelled(self, rng: Rng) -> Take:
        """A passage of a labelled mixture."""
        voice = _pick(self._corpus.labelled, rng)
        speed = _speed(rng) if self._data.augmented else 1.0
        start = _start(len(voice.audio), rng)
        return Take(_cut(voice.audio, start, speed), _activity_of_cut(voice.activity, start, speed))

    def _not_sung(self, rng: Rng) -> Audio:
        """A passage of a labelled mixture in which nobody sings, or the least-sung of many."""
        best, least = _SILENCE, np.inf
        for _ in range(50):
            voice = _pick(self._corpus.labelled, rng)
            start = _start(len(voice.audio), rng)
            sung = _activity_of_cut(voice.activity, start, 1.0).sum()
            if sung < least:
                best, least = _cut(voice.audio, start, 1.0), sung
            if sung == 0:
                break
        return best

    def _augmented(self, rng: Rng) -> tuple[Take, Audio]:
        kind = rng.random()
        data = self._data
        if kind < data.remixed:
            return self._remixed(rng)
        if (kind := kind - data.remixed) < data.vocal_free:
            return _NOBODY, self._vocal_free(rng)
        if kind - data.vocal_free < data.a_cappella:
            return self._any_voice(rng), _SILENCE
        return self._as_it_is(rng)

    def _as_it_is(self, rng: Rng) -> tuple[Take, Audio]:
        """A passage of a song with the balance of its stems moved a little."""
        song = self._song(0.75, rng)
        speed = _speed(rng)
        start = _start(len(song.accompaniment), rng)
        # The clean songs' vocals lie 4 to 18 dB under their accompaniments.
        gain_db = rng.uniform(-4, 4) if song.estimated else rng.uniform(-2, 14)
        vocals = _cut(song.vocals.audio, start, speed) * np.float32(10 ** (gain_db / 20))
        activity = _activity_of_cut(song.vocals.activity, start, speed)
        return Take(vocals, activity), _cut(song.accompaniment, start, speed)

    def _remixed(self, rng: Rng) -> tuple[Take, Audio]:
        """Somebody's voice, or two, over somebody else's music."""
        vocals = self._any_voice(rng)
        if rng.random() < 0.15:
            vocals = _together(vocals, self._any_voice(rng), rng.uniform(-12, 0))
        accompaniment = self._any_music(rng, clean=False)
        ratio_db = float(np.clip(rng.normal(-1.5, 5), -14, 12))
        balanced = relative_to(accompaniment, vocals.audio, ratio_db)
        return Take(balanced, vocals.activity), accompaniment

    def _vocal_free(self, rng: Rng) -> Audio:
        """Music without singing, now and then with somebody speaking, or next to nothing."""
        kind = rng.random()
        if kind < 0.05:
            noise = rng.standard_normal(EXCERPT_SAMPLES).astype(np.float32)
            return noise * np.float32(10 ** rng.uniform(-6, -2.5))
        if kind < 0.65 or not self._corpus.speech:
            return self._any_music(rng, clean=True)
        speech = _pick(self._corpus.speech, rng)
        speech = _cut(speech, _start(len(speech), rng), _speed(rng))
        if kind < 0.8:
            return speech
        music = self._any_music(rng, clean=True)
        return music + relative_to(music, speech, rng.uniform(-10, 10))

    def _any_voice(self, rng: Rng) -> Take:
        kind = rng.random()
        if kind < 0.4 and self._corpus.singing:
            take = _take_voice(_pick(_pick(self._singers, rng), rng), rng, melodies=0.3)
            if rng.random() < 0.15:
                take = Take(doubled(take.audio, rng), take.activity)
            if rng.random() < 0.15:
                take = Take(echo(take.audio, rng), take.activity)
            if rng.random() < 0.4:
                take = Take(reverb(take.audio, rng), take.activity)
        else:
            songs = self._clean if kind < 0.6 and self._clean else self._corpus.songs
            take = _take_voice(_pick(songs, rng).vocals, rng, melodies=0)
        kind = rng.random()
        if kind < 0.1:
            take = Take(distortion(take.audio, rng), take.activity)
        elif kind < 0.14:
            take = Take(vocoder(take.audio, rng), take.activity)
        return take

    def _any_music(self, rng: Rng, clean: bool) -> Audio:
        """One accompaniment, or two at once; ``clean`` leaves out the estimated ones, which keep
        some voice."""
        music = self._one_music(rng, clean)
        if rng.random() < 0.2:
            music = music + relative_to(music, self._one_music(rng, clean), rng.uniform(-10, 0))
        return music

    def _one_music(self, rng: Rng, clean: bool) -> Audio:
        if self._corpus.instrumental and (
            rng.random() < (0.7 if clean else 0.4) or not (self._clean or self._estimated)
        ):
            music = _pick(self._corpus.instrumental, rng)
        else:
            music = self._song(0.0 if clean else 2 / 3, rng).accompaniment
        return _cut(music, _start(len(music), rng), _speed(rng))

    def _song(self, estimated: float, rng: Rng) -> Song:
        """A song, ``estimated`` being the share of those whose stems are, where there are both."""
        if self._clean and self._estimated:
            return _pick(self._estimated if rng.random() < estimated else self._clean, rng)
        return _pick(self._clean or self._estimated, rng)

    def _excerpt(
        self, vocals: Take, accompaniment: Audio, rng: Rng | None, has_stems: bool = True
    ) -> dict[str, Tensor]:
        """Transform, ``rng`` being for random tone, bandwidth and level, if they are wanted."""
        # The first frame would reach back before the excerpt.
        spectra = [Analysis(1).feed(a[None])[:, 1:] for a in (vocals.audio, accompaniment)]
        if rng is not None:
            spectra = [spectrum * equaliser(rng) for spectrum in spectra]
            spectra = [tilted(s, rng) if rng.random() < 0.6 else s for s in spectra]
            if rng.random() < 0.15:
                line = narrow_line(rng)
                spectra = [spectrum * line for spectrum in spectra]
            loudness = level(vocals.audio + accompaniment)
            if loudness > SILENT_RMS:
                target_db = float(np.clip(rng.normal(-18, 7), -42, -4))
                spectra = [s * np.float32(10 ** (target_db / 20) / loudness) for s in spectra]
        voice, music = spectra
        made = training_example(voice, music, self._target)
        excerpt = {name: torch.from_numpy(x) for name, x in made.items()}
        excerpt["activity"] = torch.from_numpy(vocals.activity.astype(np.float32))
        excerpt["has_stems"] = torch.tensor(float(has_stems))
        return excerpt
