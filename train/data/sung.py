"""Speech sung along a random melody, by WORLD (Morise, Yokomori and Ozawa, 2016).

WORLD splits a voice into pitch, spectral envelope and aperiodicity, per frame. Each voiced part of
the speech becomes one or more notes: its frames are spread over the notes' duration, its pitch is
that of the melody, and its formants may move. Unvoiced parts and consonants keep their duration.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyworld

from livevox.dsp.stft import SAMPLE_RATE, Audio
from train.data.effects import Rng, relative_to

FRAME_MS = 5.0
LEAST_VOICED = 0.2
"""The least share of voiced frames of a passage; below it, WORLD has found no pitch."""

_FRAMES_PER_SECOND = 1000 / FRAME_MS
_SYLLABLE_FRAMES = 40
"""A voiced part becomes a note for each fifth of a second."""
_EDGE_FRAMES = 6
"""At both ends of a note, 30 ms keep their speed: transitions to consonants."""
_LONGEST_PAUSE_FRAMES = 100
_SCALE = (0, 2, 4, 5, 7, 9, 11)
_STEPS = (-3, -2, -1, -1, 0, 1, 1, 2, 3)
"""From note to note, in degrees of the scale."""

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Singer:
    """How a speaker sings."""

    transposed: float
    """Semitones from the middle of the speech to that of the melody."""
    formants: float
    """Factor of the formants' frequencies: above 1 for a shorter throat."""
    vibrato_hz: float
    vibrato: float
    """The greatest deviation in semitones."""

    @classmethod
    def drawn(cls, rng: Rng) -> Singer:
        """A random singer; half of all keep the speaker's formants."""
        moved = rng.random() < 0.5
        return cls(
            transposed=float(rng.uniform(-2, 9)),
            formants=float(2 ** (rng.uniform(-3, 3) / 12)) if moved else 1.0,
            vibrato_hz=float(rng.uniform(4.5, 6.8)),
            vibrato=float(rng.choice([0.0, 0.0, rng.uniform(0.1, 1.0)])),
        )


def sung(speech: Audio, singer: Singer, rng: Rng) -> Audio | None:
    """Mono speech at 44.1 kHz, (samples,), as singing of another length, (samples,), at the level
    of the speech; None if too little of it is voiced.
    """
    samples = speech.astype(np.float64)
    coarse, times = pyworld.dio(samples, SAMPLE_RATE, f0_floor=60.0, frame_period=FRAME_MS)
    pitch = pyworld.stonemask(samples, coarse, times, SAMPLE_RATE)
    voiced = pitch > 0
    if voiced.mean() < LEAST_VOICED:
        return None
    envelope = pyworld.cheaptrick(samples, pitch, times, SAMPLE_RATE)
    aperiodicity = pyworld.d4c(samples, pitch, times, SAMPLE_RATE)
    places, notes = _score(voiced, rng)
    frames = np.minimum(np.round(places).astype(int), len(pitch) - 1)
    middle = 12 * np.log2(np.median(pitch[voiced]))
    semitones = middle + singer.transposed + _contour(notes, singer, rng)
    melody = np.where(voiced[frames], 2 ** (semitones / 12), 0.0)
    audio = pyworld.synthesize(
        melody,
        _moved(envelope, singer.formants)[frames],
        _moved(aperiodicity, singer.formants)[frames],
        SAMPLE_RATE,
        FRAME_MS,
    )
    return relative_to(speech, audio.astype(np.float32), 0)


def _score(voiced: npt.NDArray[np.bool_], rng: Rng) -> tuple[_Floats, npt.NDArray[np.int64]]:
    """The place in the speech, in frames, and the number of the note, both per frame of the
    singing; unvoiced frames have the note before them."""
    edges = np.flatnonzero(np.diff(voiced)) + 1
    places, notes = [], []
    tempo = rng.uniform(0.25, 0.7) * _FRAMES_PER_SECOND
    note = 0
    for part in np.split(np.arange(len(voiced)), edges):
        if not voiced[part[0]]:
            kept = part[:_LONGEST_PAUSE_FRAMES]
            places.append(kept.astype(np.float64))
            notes.append(np.full(len(kept), note))
            continue
        for syllable in np.array_split(part, max(1, round(len(part) / _SYLLABLE_FRAMES))):
            note += 1
            length = tempo * rng.choice([0.5, 1, 1, 2], p=[0.4, 0.25, 0.2, 0.15])
            places.append(_spread(syllable, max(len(syllable), round(length))))
            notes.append(np.full(len(places[-1]), note))
    return np.concatenate(places), np.concatenate(notes)


def _spread(frames: npt.NDArray[np.int64], length: int) -> _Floats:
    """``frames`` spread over ``length`` frames, all but the edges, which keep their speed."""
    if len(frames) <= 2 * _EDGE_FRAMES:
        return np.linspace(frames[0], frames[-1], length)
    edge = _EDGE_FRAMES
    middle = np.linspace(frames[edge], frames[-edge - 1], length - 2 * edge)
    return np.concatenate([frames[:edge], middle, frames[-edge:]])


def _contour(notes: npt.NDArray[np.int64], singer: Singer, rng: Rng) -> _Floats:
    """The melody per frame in semitones around its middle: a walk on a scale, with slides, a
    vibrato that sets in after a quarter of a second, and a slow drift."""
    degrees = np.clip(
        np.cumsum(rng.choice([-3, -2, -1, -1, 0, 1, 1, 2, 3], notes[-1] + 1)), -40, 40
    )
    degrees = 4 - np.abs(degrees % 16 - 8)
    pitches = 12 * (degrees // 7) + np.take(_SCALE, degrees % 7)
    slide = np.hanning(int(rng.integers(8, 26)))
    steps = np.pad(pitches[notes].astype(np.float64), len(slide), "edge")
    contour = np.convolve(steps, slide / slide.sum(), "same")[len(slide) : -len(slide)]
    starts = np.flatnonzero(np.diff(notes, prepend=-1))
    since = (np.arange(len(notes)) - starts[notes - notes[0]]) / _FRAMES_PER_SECOND
    depth = singer.vibrato * np.clip((since - 0.25) / 0.3, 0, 1)
    phase = np.cumsum(np.full(len(notes), 2 * np.pi * singer.vibrato_hz / _FRAMES_PER_SECOND))
    drift = np.convolve(rng.normal(0, 1, len(notes) + 60), np.hanning(61), "valid")
    result: _Floats = contour + depth * np.sin(phase) + 0.04 * drift
    return result


def _moved(spectra: _Floats, formants: float) -> _Floats:
    """Spectra per frame, (frames, bins), with all frequencies multiplied by ``formants``."""
    if formants == 1:
        return spectra
    bins = np.minimum(np.arange(spectra.shape[1]) / formants, spectra.shape[1] - 1)
    lower = bins.astype(int)
    upper = np.minimum(lower + 1, spectra.shape[1] - 1)
    share = bins - lower
    result: _Floats = np.ascontiguousarray(
        spectra[:, lower] * (1 - share) + spectra[:, upper] * share
    )
    return result
