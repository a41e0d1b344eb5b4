"""False detections and leakage on unseen music, alone and mixed with the voices of songs.

`python -m train over-music` evaluates systems on the instrumentals of a split, such as those of
`train game-music`, whose games are held out from training. In contrast to a split of one corpus,
their composers and sounds do not occur in the training songs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rich.table import Column, Table
from sklearn.metrics import roc_auc_score

from livevox.dsp.stft import HOP, SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from livevox.metrics import sdr
from train.data.corpus import Activity, Corpus, Song
from train.data.effects import relative_to
from train.evaluation.evaluate import System
from train.evaluation.known_values import mean_of_known
from train.evaluation.silence import energy_at_silence

SECONDS = 30
VOICE_DB = -1.5
"""Voice-to-music ratio in dB, each by its loud passages; the mean of the training's remixes."""
SUNG_AT_LEAST = 0.4

_FRAMES = SECONDS * SAMPLE_RATE // HOP
_SAMPLES = _FRAMES * HOP


@dataclass(frozen=True)
class Scene:
    """A piece of music, a voice at its level in a mix, (1, samples), and the voice's activity."""

    music: Audio
    voice: Audio
    activity: Activity


@dataclass(frozen=True)
class Scores:
    """Means over the scenes, and the AU-ROC over all their frames.

    Of the music alone ``pes``, in dB, the part that is taken for the voice
    (:func:`train.evaluation.silence.energy_at_silence`), and ``sung``, the
    share of the frames with a probability above a half, NaN where a system gives levels instead;
    under the voices ``vocals_sdr`` in dB and ``au_roc``.
    """

    pes: float
    sung: float
    vocals_sdr: float
    au_roc: float


def scenes(corpus: Corpus) -> list[Scene]:
    """Half a minute from the middle of every instrumental, each with a random passage of the next
    song's voice that has enough singing.

    Raises LivevoxError if no instrumental or no song is long enough.
    """
    music = [piece for piece in corpus.instrumental if len(piece) >= _SAMPLES]
    songs = [song for song in corpus.songs if len(song.vocals.activity) >= _FRAMES]
    if not music or not songs:
        raise LivevoxError(
            f"the split has {len(music)} instrumentals and {len(songs)} songs of {SECONDS} s or "
            "more, and both are needed: add a data set of each"
        )
    return [_scene(n, piece, songs[n % len(songs)]) for n, piece in enumerate(music)]


def _scene(number: int, piece: Audio, song: Song) -> Scene:
    middle = (len(piece) - _SAMPLES) // 2
    music = np.asarray(piece[middle : middle + _SAMPLES])
    sung = np.concatenate([[0], np.cumsum(song.vocals.activity == 1)])
    share = (sung[_FRAMES:] - sung[:-_FRAMES]) / _FRAMES
    starts = np.flatnonzero(share >= min(SUNG_AT_LEAST, share.max()))
    start = int(np.random.default_rng(number).choice(starts))
    voice = np.asarray(song.vocals.audio[start * HOP : start * HOP + _SAMPLES])
    voice = np.pad(voice, (0, _SAMPLES - len(voice)))
    activity = song.vocals.activity[start : start + _FRAMES]
    return Scene(music[None], relative_to(music, voice, VOICE_DB)[None], activity)


def over_music(
    systems: Mapping[str, System], scenes: Sequence[Scene], finished: Callable[[], None]
) -> dict[str, Scores]:
    """Evaluate every system on every scene; ``finished`` is called after each."""
    return {name: _judged(system, scenes, finished) for name, system in systems.items()}


def _judged(system: System, scenes: Sequence[Scene], finished: Callable[[], None]) -> Scores:
    leakages, shares, sdrs = [], [], []
    labels: list[Activity] = []
    activities: list[Audio] = []
    for scene in scenes:
        alone, mixed = (system(audio, None) for audio in (scene.music, scene.music + scene.voice))
        if alone is None or mixed is None:
            raise LivevoxError("the oracle has no true stems of these mixtures: leave it out")
        leakages.append(energy_at_silence(0 * scene.music, alone.vocals, scene.music)[0])
        heard = alone.activity[:_FRAMES]
        shares.append(float((heard > 0.5).mean()) if heard.min() >= 0 else math.nan)
        sdrs.append(sdr(scene.voice, mixed.vocals))
        known = scene.activity >= 0
        labels.append(scene.activity[known])
        activities.append(mixed.activity[: len(known)][known])
        finished()
    au_roc = float(roc_auc_score(np.concatenate(labels), np.concatenate(activities)))
    return Scores(mean_of_known(leakages), mean_of_known(shares), mean_of_known(sdrs), au_roc)


def table(scores: Mapping[str, Scores], scenes: int) -> Table:
    """A table for a terminal, with a row for each system."""
    columns = ("music alone: voice", "taken for singing", "under voices: vocals, SDR", "AU-ROC")
    title = f"{scenes} pieces of music, alone and under voices"
    made = Table(Column(overflow="fold"), *columns, title=title)
    for name, s in scores.items():
        sung = "" if math.isnan(s.sung) else f"{s.sung:.0%}"
        values = f"{s.pes:.1f} dB", sung, f"{s.vocals_sdr:.1f} dB", f"{s.au_roc:.3f}"
        made.add_row(name, *values)
    return made
