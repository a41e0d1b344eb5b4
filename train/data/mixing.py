"""Training excerpts, mixed and augmented on the fly, with their targets.

Every excerpt depends on (seed, index) only, so a resumed training gets the same excerpts.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from livevox.dsp.stft import Analysis, Audio
from livevox.errors import LivevoxError
from train.data.corpus import Corpus, Song, Voice
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
    shifted_formants,
    tilt,
    tilted,
    vocoder,
)
from train.data.takes import (
    EXCERPT_FRAMES,
    EXCERPT_SAMPLES,
    NOBODY,
    SILENCE,
    Take,
    activity_of_cut,
    cut,
    random_speed,
    random_start,
    take_voice,
    together,
)
from train.data.training_example import training_example
from train.recipe import Recipe

T = TypeVar("T")

SONGS_CHANGED = 0.3
"""Probability of another speed and, each by itself, of a tilt for passages of songs: most stay as
records are."""


def _pick(things: Sequence[T], rng: Rng) -> T:
    return things[int(rng.integers(len(things)))]


class Excerpts(Dataset[dict[str, Tensor]]):
    """An endless data set of excerpts, made on demand.

    Each is a dict of tensors over 222 frames: ``mixture``, ``vocals``, ``accompaniment`` as
    log(1 + x) magnitudes (222, 257); ``activity`` (222,) of -1 (unknown), 0 or 1; and
    ``has_stems`` (), 0 if only the mixture is known and the stems are meaningless. Every batch has
    ``data.stems`` excerpts with stems, then ``data.labelled`` without.

    Raises LivevoxError if the corpus lacks data that the recipe needs.
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
            raise LivevoxError("no song with stems to train separation on: add such a data set")
        if needs_labels and not corpus.labelled:
            raise LivevoxError("no labelled song to train detection on: add such a data set")
        if recipe.data.augmented and not (corpus.instrumental or self._clean):
            raise LivevoxError("no music without voice: add a data set with clean stems")
        lengths = [
            sum(map(len, audio))
            for audio in (
                [voice.audio for voice in corpus.labelled],
                [song.accompaniment for song in corpus.songs],
            )
        ]
        self._substituted = lengths[0] / max(1, sum(lengths))
        """The paper's N / (N + M), by duration: silent passages of both sets are equally likely."""

    def __len__(self) -> int:
        return sys.maxsize

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((self._seed, index))
        data = self._data
        if index % (data.stems + data.labelled) >= data.stems:
            labelled = self._labelled(rng)
            return self._excerpt(labelled, SILENCE, rng if data.augmented else None, False)
        if data.augmented:
            return self._augmented(rng)
        vocals, accompaniment = self._passage(rng)
        silent = self._mode == "substitution" and level(vocals.audio) < SILENT_RMS
        if silent and rng.random() < self._substituted:
            vocals, accompaniment = NOBODY, self._not_sung(rng)
        return self._excerpt(vocals, accompaniment, None)

    def _passage(self, rng: Rng) -> tuple[Take, Audio]:
        """An unchanged passage of a song, with unknown activity: only the labelled set has it."""
        song = _pick(self._corpus.songs, rng)
        start = random_start(len(song.accompaniment), rng)
        unknown = np.full(EXCERPT_FRAMES, -1, np.int8)
        return Take(cut(song.vocals.audio, start, 1.0), unknown), cut(
            song.accompaniment, start, 1.0
        )

    def _labelled(self, rng: Rng) -> Take:
        """A passage of a labelled mixture."""
        voice = _pick(self._corpus.labelled, rng)
        speed = random_speed(rng) if self._data.augmented else 1.0
        start = random_start(len(voice.audio), rng)
        return Take(cut(voice.audio, start, speed), activity_of_cut(voice.activity, start, speed))

    def _not_sung(self, rng: Rng) -> Audio:
        """A passage of a labelled mixture without singing, or the one with least of 50 draws."""
        best, least = SILENCE, np.inf
        for _ in range(50):
            voice = _pick(self._corpus.labelled, rng)
            start = random_start(len(voice.audio), rng)
            sung = activity_of_cut(voice.activity, start, 1.0).sum()
            if sung < least:
                best, least = cut(voice.audio, start, 1.0), sung
            if sung == 0:
                break
        return best

    def _augmented(self, rng: Rng) -> dict[str, Tensor]:
        kind = rng.random()
        data = self._data
        if kind < data.remixed:
            return self._excerpt(*self._remixed(rng), rng)
        if (kind := kind - data.remixed) < data.vocal_free:
            return self._excerpt(*self._vocal_free(rng), rng)
        if kind - data.vocal_free < data.a_cappella:
            return self._excerpt(self._any_voice(rng), SILENCE, rng)
        return self._excerpt(*self._as_it_is(rng), rng, one_tilt=True)

    def _as_it_is(self, rng: Rng) -> tuple[Take, Audio]:
        """A passage of a song with a slightly changed balance of its stems."""
        song = self._song(0.5, rng)
        speed = random_speed(rng, SONGS_CHANGED)
        start = random_start(len(song.accompaniment), rng)
        # The clean songs' vocals are 4 to 18 dB below their accompaniments.
        gain_db = rng.uniform(-4, 4) if song.estimated else rng.uniform(-2, 14)
        vocals = cut(song.vocals.audio, start, speed) * np.float32(10 ** (gain_db / 20))
        activity = activity_of_cut(song.vocals.activity, start, speed)
        return Take(vocals, activity), cut(song.accompaniment, start, speed)

    def _remixed(self, rng: Rng) -> tuple[Take, Audio]:
        """One voice, or two, over music of another song."""
        vocals = self._any_voice(rng)
        if rng.random() < 0.15:
            vocals = together(vocals, self._any_voice(rng), rng.uniform(-12, 0))
        accompaniment = self._any_music(rng, clean=False)
        ratio_db = float(np.clip(rng.normal(-1.5, 5), -14, 12))
        balanced = relative_to(accompaniment, vocals.audio, ratio_db)
        return Take(balanced, vocals.activity), accompaniment

    def _vocal_free(self, rng: Rng) -> tuple[Take, Audio]:
        """Music without singing, sometimes with or replaced by speech, rarely noise."""
        kind = rng.random()
        if kind < 0.05:
            noise = rng.standard_normal(EXCERPT_SAMPLES).astype(np.float32)
            return NOBODY, noise * np.float32(10 ** rng.uniform(-6, -2.5))
        if kind < 0.65 or not self._corpus.speech:
            return NOBODY, self._any_music(rng, clean=True)
        speaker, music = _pick(self._corpus.speech, rng), SILENCE
        start, speed = random_start(len(speaker.audio), rng), random_speed(rng)
        speech = cut(speaker.audio, start, speed)
        if kind >= 0.8:
            music = self._any_music(rng, clean=True)
            speech = relative_to(music, speech, rng.uniform(-10, 10))
        if self._data.speech == "accompaniment":
            return NOBODY, music + speech
        activity = activity_of_cut(speaker.activity, start, speed)
        if self._data.speech == "vocals":
            activity = np.where(activity == 1, -1, activity)
        return Take(speech, activity), music

    def _any_voice(self, rng: Rng) -> Take:
        kind = rng.random()
        if kind < 0.4 and self._corpus.singing:
            take = take_voice(_pick(_pick(self._singers, rng), rng), rng, melodies=0.3)
            if rng.random() < 0.15:
                take = Take(doubled(take.audio, rng), take.activity)
            if rng.random() < 0.15:
                take = Take(echo(take.audio, rng), take.activity)
            if rng.random() < 0.4:
                take = Take(reverb(take.audio, rng), take.activity)
        else:
            songs = self._clean if kind < 0.6 and self._clean else self._corpus.songs
            take = take_voice(_pick(songs, rng).vocals, rng, melodies=0)
        take = Take(self._timbre(take.audio, rng), take.activity)
        kind = rng.random()
        if kind < 0.1:
            take = Take(distortion(take.audio, rng), take.activity)
        elif kind < 0.14:
            take = Take(vocoder(take.audio, rng), take.activity)
        return take

    def _any_music(self, rng: Rng, clean: bool) -> Audio:
        """One accompaniment, or two at once; ``clean`` excludes estimated ones, which contain some
        voice."""
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
        return self._timbre(cut(music, random_start(len(music), rng), random_speed(rng)), rng)

    def _timbre(self, audio: Audio, rng: Rng) -> Audio:
        """``audio``, sometimes with shifted formants; voices and music draw alike, so that this
        does not distinguish them."""
        return shifted_formants(audio, rng) if rng.random() < self._data.formants else audio

    def _song(self, estimated: float, rng: Rng) -> Song:
        """A song; ``estimated`` is the probability of estimated stems if there are both kinds."""
        if self._clean and self._estimated:
            return _pick(self._estimated if rng.random() < estimated else self._clean, rng)
        return _pick(self._clean or self._estimated, rng)

    def _excerpt(
        self,
        vocals: Take,
        accompaniment: Audio,
        rng: Rng | None,
        has_stems: bool = True,
        one_tilt: bool = False,
    ) -> dict[str, Tensor]:
        """The excerpt's tensors; ``rng`` draws random tone, bandwidth and level, None for none.
        ``one_tilt`` gives both sources the same tilt, and more rarely."""
        # The first frame would begin before the excerpt.
        spectra = [Analysis(1).feed(a[None])[:, 1:] for a in (vocals.audio, accompaniment)]
        if rng is not None:
            spectra = [spectrum * equaliser(rng) for spectrum in spectra]
            if not one_tilt:
                spectra = [tilted(s, rng) if rng.random() < 0.6 else s for s in spectra]
            elif rng.random() < SONGS_CHANGED:
                both = tilt(rng)
                spectra = [spectrum * both for spectrum in spectra]
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
