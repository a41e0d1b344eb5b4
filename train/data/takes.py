"""Takes: passages cut from audio, at another speed or along a melody, with their activity.

Audio is mono float32 at 44.1 kHz, (samples,).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soxr

from livevox.dsp.stft import HOP, SAMPLE_RATE, Audio
from train.data.corpus import Activity, Voice
from train.data.effects import Rng, relative_to

EXCERPT_FRAMES = 222
EXCERPT_SAMPLES = (EXCERPT_FRAMES + 1) * HOP


@dataclass(frozen=True)
class Take:
    """A passage of one source, EXCERPT_SAMPLES long, with its activity per frame."""

    audio: Audio
    activity: Activity


SILENCE: Audio = np.zeros(EXCERPT_SAMPLES, np.float32)
NOBODY = Take(SILENCE, np.zeros(EXCERPT_FRAMES, np.int8))


def cut(audio: Audio, start: int, speed: float) -> Audio:
    """EXCERPT_SAMPLES from ``start`` on at ``speed`` times the speed, padded with silence."""
    wanted = int(np.ceil(EXCERPT_SAMPLES * speed)) + 16
    passage = np.asarray(audio[start : start + wanted])
    if speed != 1.0:
        passage = soxr.resample(passage, SAMPLE_RATE * speed, SAMPLE_RATE, quality="MQ")
    passage = passage[:EXCERPT_SAMPLES]
    return np.pad(passage, (0, EXCERPT_SAMPLES - len(passage)))


def random_start(samples: int, rng: Rng) -> int:
    """A random start of a passage in audio of so many samples."""
    return int(rng.integers(max(1, samples - EXCERPT_SAMPLES)))


def random_speed(rng: Rng, changed: float = 0.6) -> float:
    """With probability ``changed`` a random speed, up to five semitones higher and faster or up to
    nine lower and slower; else 1. Voices and music draw alike, so that speed does not distinguish
    them."""
    return float(2 ** (rng.uniform(-9, 5) / 12)) if rng.random() < changed else 1.0


def take_voice(voice: Voice, rng: Rng, melodies: float) -> Take:
    """A passage of a voice, usually with singing; with probability ``melodies`` its pitch is
    changed to a random melody."""
    sung = np.flatnonzero(voice.activity == 1)
    start = random_start(len(voice.audio), rng)
    speed = random_speed(rng)
    if len(sung) and rng.random() < 0.8:
        start = int(rng.choice(sung)) * HOP - int(rng.integers(EXCERPT_SAMPLES))
        start = min(max(0, start), max(0, len(voice.audio) - EXCERPT_SAMPLES))
    if rng.random() < melodies:
        return _along_a_melody(voice, start, speed, rng)
    return Take(cut(voice.audio, start, speed), activity_of_cut(voice.activity, start, speed))


def _along_a_melody(voice: Voice, start: int, speed: float, rng: Rng) -> Take:
    """A passage resampled along a random melody of notes up to five semitones away, with slides and
    vibrato. It gives solo recordings on one pitch the pitch contour of a melody."""
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


def activity_of_cut(activity: Activity, start: int, speed: float) -> Activity:
    """The activity per frame of the passage of :func:`cut`; ``start`` is in samples."""
    frames = np.arange(1, EXCERPT_FRAMES + 1, dtype=np.float64)
    return _activity_at(activity, start / HOP + speed * frames)


def _activity_at(activity: Activity, places: npt.NDArray[np.float64]) -> Activity:
    """The activity at ``places`` in frames; 0 after the end."""
    frames = np.round(places).astype(int)
    return np.where(frames < len(activity), activity[np.minimum(frames, len(activity) - 1)], 0)


def together(first: Take, second: Take, level_db: float) -> Take:
    """Two voices at once, the second at ``level_db`` relative to the first."""
    most = np.maximum(first.activity, second.activity)
    # 0 and unknown give unknown.
    activity = np.where(most == 1, most, np.minimum(first.activity, second.activity))
    return Take(first.audio + relative_to(first.audio, second.audio, level_db), activity)
