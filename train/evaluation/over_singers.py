"""Detection and separation of unseen singers over unseen music.

`python -m train over-singers` mixes the solo singing of the validation split with its
instrumentals, such as those of `train game-music`, and with the accompaniments of its songs. The
songs' own voices are no test of unseen ones: the training may include other songs by the same
singers. Low and dark voices are missed most, so each voice is also tested lower and darker. Further
variants stand for kinds of singing of which no recording is at hand.
"""

from __future__ import annotations

import csv
import dataclasses
import math
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from rich.table import Column, Table
from sklearn.metrics import roc_auc_score

from livevox.dsp.stft import HOP, SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from livevox.media.files import atomic_path
from livevox.metrics import sdr
from train.data.corpus import Activity, Corpus, Voice
from train.data.effects import Rng, relative_to
from train.data.tracks import Track
from train.evaluation.evaluate import System
from train.evaluation.known_values import mean_of_known
from train.evaluation.statistics import Estimate, mean_interval
from train.evaluation.voice_variants import LOW_SPEED, Variant, changed

Music = Literal["songs", "instrumentals"]
Voices = Literal["singing", "speech"]
"""Speech shows whether announcements count as a voice, as ``data.speech`` of the recipe says."""
LEVELS_DB = (-6.0, 0.0, 6.0)
"""Voice-to-music ratios in dB, each by its loud passages."""

PIECES = 2
"""Number of songs and of instrumentals for each singer, drawn per singer."""
VOICE_FRAMES = 775
"""The longest passage of a voice, 9 s; 11.3 s in the low variants."""
ALONE_FRAMES = 172
"""2 s of music before the voice, so that voices without pauses have frames without singing."""
_MUSIC_FRAMES = ALONE_FRAMES + math.ceil(VOICE_FRAMES / LOW_SPEED) + 1


@dataclass(frozen=True)
class Trial:
    """A passage of a singer, (samples,), its activity per frame, and passages of music to mix it
    with, (samples,), which are longer than the voice in any variant."""

    singer: str
    voice: Audio
    activity: Activity
    music: Mapping[Music, Sequence[Audio]]


@dataclass(frozen=True)
class Row:
    """A system's scores for a singer in a variant at a level, over the songs or instrumentals.

    ``sdr`` in dB is the mean over the pieces, measured while the voice plays. ``found`` and
    ``false`` are the true and false positive rates at a probability of 0.5 (NaN for systems without
    probabilities). These and ``au_roc`` are over all frames of all pieces.
    """

    system: str
    singer: str
    music: Music
    variant: Variant
    level_db: float
    sdr: float
    found: float
    false: float
    au_roc: float


MEASURES = ("sdr", "found", "false", "au_roc")


def needed(tracks: Iterable[Track], voices: Voices = "singing") -> list[Track]:
    """The tracks needed for this evaluation; the others need not be decoded."""
    other = "speech" if voices == "singing" else "singing"
    return [t for t in tracks if t.kind != other and not t.estimated]


def trials(corpus: Corpus, voices: Voices = "singing") -> list[Trial]:
    """A trial for each singer, or speaker, with music drawn by a seed from the name. Songs need
    true stems: an estimated accompaniment contains some voice.

    Raises LivevoxError if there is no such voice, or no music of either kind that is long enough.
    """
    heard = corpus.singing if voices == "singing" else corpus.speech
    heard = [voice for voice in heard if len(voice.audio) >= HOP]
    music: dict[Music, list[Audio]] = {
        "songs": [song.accompaniment for song in corpus.songs if not song.estimated],
        "instrumentals": corpus.instrumental,
    }
    for kind, pieces in music.items():
        music[kind] = [piece for piece in pieces if len(piece) >= _MUSIC_FRAMES * HOP]
    if not heard or not any(music.values()):
        instrumentals, songs = len(music["instrumentals"]), len(music["songs"])
        raise LivevoxError(
            f"the validation split has {len(heard)} recordings of {voices}, and {instrumentals} "
            f"instrumentals and {songs} songs with true stems of "
            f"{_MUSIC_FRAMES * HOP / SAMPLE_RATE:.0f} s or more: give data sets with both"
        )
    return [_trial(voice, music) for voice in heard]


def _trial(voice: Voice, music: Mapping[Music, Sequence[Audio]]) -> Trial:
    drawn: dict[Music, Sequence[Audio]] = {}
    for kind, pieces in music.items():
        # The draw does not depend on other singers or on the other kind of music.
        rng = np.random.default_rng(zlib.crc32(f"{kind} {voice.name}".encode()))
        if pieces:
            order = rng.permutation(len(pieces))[:PIECES]
            drawn[kind] = [_sounding(pieces[i], rng) for i in order]
    return Trial(voice.name, *_most_sung(voice), drawn)


def _most_sung(voice: Voice) -> tuple[Audio, Activity]:
    frames = min(VOICE_FRAMES, len(voice.audio) // HOP)
    sung = np.concatenate([[0], np.cumsum(voice.activity == 1)])
    start = int(np.argmax(sung[frames:] - sung[:-frames]))
    audio = np.asarray(voice.audio[start * HOP : (start + frames) * HOP])
    return audio, voice.activity[start : start + frames]


def _sounding(piece: Audio, rng: Rng) -> Audio:
    """A passage at most 6 dB below the level of the whole piece."""
    hops = np.square(piece[: len(piece) // HOP * HOP]).reshape(-1, HOP).mean(axis=1)
    sums = np.concatenate([[0], np.cumsum(hops)])
    power = (sums[_MUSIC_FRAMES:] - sums[:-_MUSIC_FRAMES]) / _MUSIC_FRAMES
    starts = np.flatnonzero(power >= min(hops.mean() / 4, power.max()))
    start = int(rng.choice(starts)) * HOP
    return np.asarray(piece[start : start + _MUSIC_FRAMES * HOP])


def over_singers(
    systems: Mapping[str, System],
    trials: Sequence[Trial],
    variants: Sequence[Variant],
    levels_db: Sequence[float],
    finished: Callable[[], None],
) -> list[Row]:
    """Evaluate every system on every singer; ``finished`` is called after each."""
    rows = []
    for name, system in systems.items():
        for trial in trials:
            for variant in variants:
                voice, activity = changed(trial.voice, trial.activity, variant)
                for level_db in levels_db:
                    for kind, pieces in trial.music.items():
                        scores = _judged(system, voice, activity, pieces, level_db)
                        rows.append(Row(name, trial.singer, kind, variant, level_db, *scores))
            finished()
    return rows


def _judged(
    system: System, voice: Audio, activity: Activity, pieces: Sequence[Audio], level_db: float
) -> tuple[float, float, float, float]:
    """The four measures of a :class:`Row`."""
    begin = ALONE_FRAMES * HOP
    known = activity >= 0
    sdrs, heard = [], []
    for piece in pieces:
        music = piece[: begin + len(voice)]
        balanced = relative_to(music[begin:], voice, level_db)
        estimate = system((music + np.pad(balanced, (begin, 0)))[None], None)
        if estimate is None:
            raise LivevoxError("the oracle has no true stems of these mixtures: leave it out")
        sdrs.append(sdr(balanced[None], estimate.vocals[:, begin:]))
        under_voice = estimate.activity[ALONE_FRAMES : ALONE_FRAMES + len(activity)]
        heard += [estimate.activity[:ALONE_FRAMES], under_voice[known]]
    labels = [np.zeros(ALONE_FRAMES, np.int8), activity[known]] * len(pieces)
    sung, scores = np.concatenate(labels) == 1, np.concatenate(heard)
    found, false, au_roc = math.nan, math.nan, math.nan
    if sung.any():
        au_roc = float(roc_auc_score(sung, scores))
    if scores.min() >= 0:
        false = float((scores[~sung] > 0.5).mean())
        found = float((scores[sung] > 0.5).mean()) if sung.any() else math.nan
    return float(np.mean(sdrs)), found, false, au_roc


def of_singer(rows: Iterable[Row], measure: str) -> dict[str, float]:
    """The mean of a measure over the rows of each singer."""
    values: dict[str, list[float]] = {}
    for row in rows:
        values.setdefault(row.singer, []).append(getattr(row, measure))
    return {singer: mean_of_known(of_one) for singer, of_one in values.items()}


def over_all(rows: Iterable[Row], measure: str) -> Estimate:
    """The mean of a measure over the singers with its bootstrap interval over singers, not rows."""
    return mean_interval(list(of_singer(rows, measure).values()))


def tables(rows: Sequence[Row]) -> list[Table]:
    """Tables for a terminal: the SDR of every singer, and the means over the singers by variant."""
    systems, singers, variants = (
        list(dict.fromkeys(getattr(row, key) for row in rows))
        for key in ("system", "singer", "variant")
    )
    each = Table(
        Column("voice", overflow="fold"),
        *systems,
        title=f"SDR in dB: {variants[0]} / the worst of {', '.join(variants)}",
    )
    by_variant = {
        (s, v): of_singer([r for r in rows if (r.system, r.variant) == (s, v)], "sdr")
        for s in systems
        for v in variants
    }
    for singer in singers:
        cells = []
        for system in systems:
            values = {v: by_variant[system, v][singer] for v in variants}
            worst = min(variants, key=lambda v: values[v])
            cells.append(f"{values[variants[0]]:.1f} / {values[worst]:.1f} {worst}")
        each.add_row(singer, *cells)
    means = Table(
        Column("system", overflow="fold"),
        *("variant", "SDR in dB", "found", "false", "AU-ROC"),
        title=f"Means over {len(singers)} voices with their 95 % intervals",
    )
    for system in systems:
        for variant in variants:
            own = [r for r in rows if (r.system, r.variant) == (system, variant)]
            cells = [_shown(over_all(own, measure), measure) for measure in MEASURES]
            means.add_row(system, variant, *cells)
    return [each, means]


def _shown(estimate: Estimate, measure: str) -> str:
    if math.isnan(estimate.value):
        return ""
    form = {"sdr": ".2f", "au_roc": ".3f"}.get(measure, ".0%")
    value, low, high = (format(x, form) for x in (estimate.value, estimate.low, estimate.high))
    return f"{value} ({low} to {high})"


def write_csv(rows: Sequence[Row], path: Path) -> None:
    """All rows as CSV, numbers to four decimals."""
    with atomic_path(path) as part, part.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(field.name for field in dataclasses.fields(Row))
        for row in rows:
            values = dataclasses.astuple(row)
            writer.writerow(f"{v:.4f}" if isinstance(v, float) else v for v in values)
