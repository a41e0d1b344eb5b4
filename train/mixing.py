"""Training excerpts, mixed on the fly: what is sung over what, how loud, and what must be found.

Every excerpt follows from (seed, index) alone, so a resumed training sees what it would have seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import soxr
import torch
from torch import Tensor
from torch.utils.data import Dataset

from livevox.stft import BINS, HOP, SAMPLE_RATE, Analysis, Audio, network_input
from train.corpus import Activity, Corpus, Voice

EXCERPT_FRAMES = 222
EXCERPT_SAMPLES = (EXCERPT_FRAMES + 1) * HOP
LONGEST_TAKE = 2 * EXCERPT_SAMPLES

Rng = np.random.Generator
T = TypeVar("T")


@dataclass(frozen=True)
class Shares:
    """How often each kind of excerpt is drawn; the rest are passages of the songs as they are."""

    remixed: float = 0.50
    vocal_free: float = 0.17
    a_cappella: float = 0.03


@dataclass(frozen=True)
class Take:
    """A passage of one source, EXCERPT_SAMPLES long, with its activity per frame."""

    audio: Audio
    activity: Activity


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


def _take_voice(voice: Voice, rng: Rng, speed: float) -> Take:
    """A passage of a voice, more often than not one in which it sings."""
    sung = np.flatnonzero(voice.activity == 1)
    start = _start(len(voice.audio), rng)
    if len(sung) and rng.random() < 0.8:
        start = int(rng.choice(sung)) * HOP - int(rng.integers(EXCERPT_SAMPLES))
        start = min(max(0, start), max(0, len(voice.audio) - EXCERPT_SAMPLES))
    return Take(_cut(voice.audio, start, speed), _activity_of_cut(voice.activity, start, speed))


def _activity_of_cut(activity: Activity, start: int, speed: float) -> Activity:
    centres = start / HOP + speed * np.arange(1, EXCERPT_FRAMES + 1)
    frames = np.round(centres).astype(int)
    return np.where(frames < len(activity), activity[np.minimum(frames, len(activity) - 1)], 0)


def _speed(rng: Rng) -> float:
    """As it is, or up to three semitones higher and faster or lower and slower."""
    return 1.0 if rng.random() < 0.4 else float(2 ** (rng.uniform(-3, 3) / 12))


def _level(audio: Audio) -> float:
    """RMS of the passages that are within 30 dB of the loudest; 0 for silence."""
    power = np.square(audio[: len(audio) // HOP * HOP]).reshape(-1, HOP).mean(axis=1)
    return float(np.sqrt(power[power > power.max() * 1e-3].mean())) if power.max() > 0 else 0.0


def _reverb(audio: Audio, rng: Rng) -> Audio:
    """A room: the voice plus decaying noise, 0.2 to 1.6 s, -22 to -6 dB."""
    seconds = rng.uniform(0.2, 1.6)
    n = int(seconds * SAMPLE_RATE)
    response = rng.standard_normal(n) * 10 ** (-3 * np.arange(n) / n)
    response[: int(rng.uniform(0.0, 0.03) * SAMPLE_RATE)] = 0
    response *= 10 ** (rng.uniform(-22, -6) / 20) / np.sqrt(np.square(response).sum())
    size = 1 << (len(audio) + n).bit_length()
    wet = np.fft.irfft(np.fft.rfft(audio, size) * np.fft.rfft(response, size), size)
    return (audio + wet[: len(audio)]).astype(np.float32)


def _equaliser(rng: Rng) -> Audio:
    """A smooth random gain per bin, within about 9 dB."""
    knots = rng.uniform(-9, 9, 6) if rng.random() < 0.7 else np.zeros(6)
    octaves = np.log2(np.maximum(1, np.arange(BINS)))
    gain_db = np.interp(octaves, np.linspace(1, 9, 6), knots)
    return (10 ** (gain_db / 20)).astype(np.float32)


def _pick(things: Sequence[T], rng: Rng) -> T:
    return things[int(rng.integers(len(things)))]


class Excerpts(Dataset[dict[str, Tensor]]):
    """Excerpt ``i`` of an endless training, made when asked for.

    Each is a dict of tensors over 222 frames: ``mixture``, ``vocals``, ``accompaniment`` as
    log(1 + x) magnitudes (222, 257), and ``activity`` (222,) of -1, 0 or 1.
    """

    def __init__(self, corpus: Corpus, seed: int, length: int, shares: Shares) -> None:
        self._corpus = corpus
        self._seed = seed
        self._length = length
        self._shares = shares
        self._clean = [s for s in corpus.songs if not s.estimated]
        self._estimated = [s for s in corpus.songs if s.estimated]

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((self._seed, index))
        kind = rng.random()
        shares = self._shares
        if kind < shares.remixed:
            vocals, accompaniment = self._remixed(rng)
        elif (kind := kind - shares.remixed) < shares.vocal_free:
            vocals, accompaniment = None, self._vocal_free(rng)
        elif kind - shares.vocal_free < shares.a_cappella:
            vocals, accompaniment = self._any_voice(rng), np.zeros(EXCERPT_SAMPLES, np.float32)
        else:
            vocals, accompaniment = self._as_it_is(rng)
        if vocals is None:
            silence = np.zeros(EXCERPT_FRAMES, np.int8)
            vocals = Take(np.zeros(EXCERPT_SAMPLES, np.float32), silence)
        return _excerpt(vocals, accompaniment, rng)

    def _as_it_is(self, rng: Rng) -> tuple[Take, Audio]:
        """A passage of a song with the balance of its stems moved a little."""
        song = _pick(self._estimated if rng.random() < 0.75 else self._clean, rng)
        speed = _speed(rng)
        start = _start(len(song.accompaniment), rng)
        # The clean songs' vocals lie 4 to 18 dB under their accompaniments.
        gain_db = rng.uniform(-4, 4) if song.estimated else rng.uniform(-2, 14)
        vocals = _cut(song.vocals.audio, start, speed) * np.float32(10 ** (gain_db / 20))
        activity = _activity_of_cut(song.vocals.activity, start, speed)
        return Take(vocals, activity), _cut(song.accompaniment, start, speed)

    def _remixed(self, rng: Rng) -> tuple[Take, Audio]:
        """Somebody's voice over somebody else's music."""
        vocals = self._any_voice(rng)
        accompaniment = self._any_music(rng, clean=False)
        levels = _level(vocals.audio), _level(accompaniment)
        if min(levels) > 1e-4:
            ratio_db = float(np.clip(rng.normal(-1.5, 5), -14, 12))
            gain = np.float32(10 ** (ratio_db / 20) * levels[1] / levels[0])
            vocals = Take(vocals.audio * gain, vocals.activity)
        return vocals, accompaniment

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
        ratio = 10 ** (rng.uniform(-10, 10) / 20)
        return music + speech * np.float32(ratio * _level(music) / max(_level(speech), 1e-5))

    def _any_voice(self, rng: Rng) -> Take:
        kind = rng.random()
        if kind < 0.4 and self._corpus.singing:
            take = _take_voice(_pick(self._corpus.singing, rng), rng, _speed(rng))
            if rng.random() < 0.6:
                take = Take(_reverb(take.audio, rng), take.activity)
            return take
        songs = self._clean if kind < 0.6 and self._clean else self._corpus.songs
        return _take_voice(_pick(songs, rng).vocals, rng, _speed(rng))

    def _any_music(self, rng: Rng, clean: bool) -> Audio:
        """An accompaniment; ``clean`` leaves out the estimated ones, which keep some voice."""
        kind = rng.random()
        if kind < (0.7 if clean else 0.4):
            music = _pick(self._corpus.instrumental, rng)
        else:
            songs = self._clean if clean or kind < 0.6 else self._estimated
            music = _pick(songs, rng).accompaniment
        return _cut(music, _start(len(music), rng), _speed(rng))


def _excerpt(vocals: Take, accompaniment: Audio, rng: Rng) -> dict[str, Tensor]:
    """Equalise, set the level of the mixture, transform."""
    # The first frame would reach back before the excerpt.
    spectra = [Analysis(1).feed(a[None])[:, 1:] for a in (vocals.audio, accompaniment)]
    spectra = [spectrum * _equaliser(rng) for spectrum in spectra]
    level = _level(vocals.audio + accompaniment)
    if level > 1e-4:
        target_db = float(np.clip(rng.normal(-18, 7), -42, -4))
        spectra = [spectrum * np.float32(10 ** (target_db / 20) / level) for spectrum in spectra]
    voice, music = spectra
    magnitudes = {"mixture": voice + music, "vocals": voice, "accompaniment": music}
    excerpt = {name: torch.from_numpy(network_input(s)) for name, s in magnitudes.items()}
    excerpt["activity"] = torch.from_numpy(vocals.activity.astype(np.float32))
    return excerpt
