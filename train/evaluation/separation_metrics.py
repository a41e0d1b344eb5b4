"""Separation metrics: the paper's and more recent ones.

All audio is (channels, samples) at 44.1 kHz. An undefined value, such as the SDR of a silent
source, is NaN; means and medians ignore it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from livevox.dsp.stft import SAMPLE_RATE, Audio, network_input, stft
from livevox.metrics import sdr
from train.evaluation.bss_eval import bss_eval_v3, bss_eval_v4
from train.evaluation.known_values import mean_of_known, median_of_known
from train.evaluation.log_wmse import log_wmse
from train.evaluation.silence import energy_at_silence, is_silent

EXCERPT_SECONDS = 30
STRIDE_SECONDS = 15


@dataclass(frozen=True)
class SourceScores:
    """One source in one excerpt, or its mean over a track's excerpts; dB, higher is better.

    ``sdr``, ``sir``, ``sar``: see :func:`bss_eval_v3`. ``plain_sdr``: :func:`livevox.metrics.sdr`,
    where any difference counts. ``si_sdr``: :func:`si_sdr`. All are NaN in dropped excerpts and,
    except ``plain_sdr``, for silent estimates.
    """

    sdr: float
    sir: float
    sar: float
    plain_sdr: float
    si_sdr: float


@dataclass(frozen=True)
class FrameScores:
    """Medians of BSS Eval v4 over the seconds of a track in dB, see :func:`bss_eval_v4`."""

    sdr: float
    isr: float
    sir: float
    sar: float


@dataclass(frozen=True)
class ExcerptScores:
    """The excerpt from second ``start`` on.

    It is ``dropped`` if a source is silent. ``log_wmse``, the mean of both sources, is always
    defined (:func:`log_wmse`); if the estimates sum to the mixture, both sources have the same
    error. ``non_vocal_rms`` is the RMS of the vocal estimate if the vocals are silent, else NaN.
    """

    start: float
    dropped: bool
    vocals: SourceScores
    accompaniment: SourceScores
    log_wmse: float
    non_vocal_rms: float


@dataclass(frozen=True)
class TrackScores:
    """A track: means over its excerpts, medians over its seconds, and measures of silent passages.

    Of the ``excerpts``, ``dropped`` have a silent source and no SDR, and ``silent_estimates``
    have a silent estimate of a source that is not, and so no SDR of BSS Eval. ``non_vocal_rms`` is
    the mean RMS of the vocal estimate over the dropped excerpts with silent vocals (one dropped
    because its accompaniment is silent is all vocals, rightly loud). ``mse``:
    :func:`normalised_mse`. ``pes`` and ``eps``, in dB, lower is better: :func:`energy_at_silence`.
    """

    name: str
    vocals: SourceScores
    accompaniment: SourceScores
    vocals_v4: FrameScores
    accompaniment_v4: FrameScores
    log_wmse: float
    mse: float
    non_vocal_rms: float
    pes: float
    eps: float
    dropped: int
    silent_estimates: int
    excerpts: tuple[ExcerptScores, ...]


@dataclass(frozen=True)
class Summary:
    """Mean and median of each value, by name, over the tracks that have it."""

    tracks: int
    excerpts: int
    dropped: int
    mean: Mapping[str, float]
    median: Mapping[str, float]


def score_track(
    name: str, truth: tuple[Audio, Audio], estimates: tuple[Audio, Audio]
) -> TrackScores:
    """Measure the estimates of (vocals, accompaniment) against the true ones.

    The mixture is the sum of the true sources. Raises ValueError if the shapes differ, there is no
    audio, or a sample is NaN or infinite.
    """
    shapes = {source.shape for source in (*truth, *estimates)}
    if len(shapes) != 1 or truth[0].ndim != 2 or truth[0].size == 0:
        raise ValueError(f"sources of shapes {sorted(shapes)}: give (channels, samples) four times")
    if not all(np.isfinite(source).all() for source in (*truth, *estimates)):
        raise ValueError(f"{name} has samples that are NaN or infinite: give finite ones")
    true, estimate = np.stack(truth), np.stack(estimates)
    length, stride = EXCERPT_SECONDS * SAMPLE_RATE, STRIDE_SECONDS * SAMPLE_RATE
    starts = range(0, max(1, true.shape[2] - length + 1), stride)
    excerpts = tuple(
        _score_excerpt(
            start / SAMPLE_RATE,
            true[..., start : start + length],
            estimate[..., start : start + length],
        )
        for start in starts
    )
    vocals, accompaniment = (
        SourceScores(
            *(mean_of_known(column) for column in zip(*map(dataclasses.astuple, rows), strict=True))
        )
        for rows in ([e.vocals for e in excerpts], [e.accompaniment for e in excerpts])
    )
    medians = [median_of_known(row) for row in bss_eval_v4(true, estimate).reshape(8, -1)]
    pes, eps = energy_at_silence(truth[0], estimates[0], true.sum(axis=0))
    kept = [e for e in excerpts if not e.dropped]
    return TrackScores(
        name=name,
        vocals=vocals,
        accompaniment=accompaniment,
        vocals_v4=FrameScores(*medians[0::2]),
        accompaniment_v4=FrameScores(*medians[1::2]),
        log_wmse=mean_of_known([e.log_wmse for e in excerpts]),
        mse=normalised_mse(truth, estimates),
        non_vocal_rms=mean_of_known([e.non_vocal_rms for e in excerpts]),
        pes=pes,
        eps=eps,
        dropped=len(excerpts) - len(kept),
        silent_estimates=sum(math.isnan(e.vocals.sdr + e.accompaniment.sdr) for e in kept),
        excerpts=excerpts,
    )


def _score_excerpt(start: float, truth: Audio, estimate: Audio) -> ExcerptScores:
    """The scores of (2, channels, samples)."""
    mixture = truth.sum(axis=0)
    dropped = any(map(is_silent, truth))
    v3 = np.full((3, 2), np.nan) if dropped else bss_eval_v3(truth, estimate)
    scores = [
        SourceScores(
            sdr=float(v3[0, i]),
            sir=float(v3[1, i]),
            sar=float(v3[2, i]),
            plain_sdr=math.nan if dropped else sdr(truth[i], estimate[i]),
            si_sdr=math.nan if dropped else si_sdr(truth[i], estimate[i]),
        )
        for i in range(2)
    ]
    rms = math.sqrt(np.square(estimate[0], dtype=np.float64).mean())
    return ExcerptScores(
        start=start,
        dropped=dropped,
        vocals=scores[0],
        accompaniment=scores[1],
        log_wmse=mean_of_known(
            [log_wmse(mixture, t, e) for t, e in zip(truth, estimate, strict=True)]
        ),
        non_vocal_rms=rms if is_silent(truth[0]) else math.nan,
    )


def si_sdr(truth: Audio, estimate: Audio) -> float:
    """Scale-invariant SDR in dB (Le Roux et al., 2019), one scale for all channels.

    NaN if either is silent, as no scale is defined.
    """
    if is_silent(truth) or is_silent(estimate):
        return math.nan
    true, guess = truth.astype(np.float64).ravel(), estimate.astype(np.float64).ravel()
    target = true * ((guess @ true) / (true @ true))
    error = guess - target
    return float(10 * np.log10((target @ target + 1e-12) / (error @ error + 1e-12)))


def normalised_mse(truth: tuple[Audio, Audio], estimates: tuple[Audio, Audio]) -> float:
    """Mean squared error in the network's normalised space, log(1 + magnitude).

    Over time, frequency (0 to 11 kHz) and both sources (paper, section 4). The estimates'
    magnitudes are computed from their audio, so that any separator can be measured. For masks they
    differ slightly from mask times mixture.
    """
    errors = [
        np.square(network_input(stft(t)) - network_input(stft(e)), dtype=np.float64).mean()
        for t, e in zip(truth, estimates, strict=True)
    ]
    return float(np.mean(errors))


def values(scores: TrackScores | ExcerptScores) -> dict[str, float]:
    """All numbers of a track or an excerpt by name: `vocals_sdr`, `vocals_v4_sdr`, `mse`, ..."""
    numbers: dict[str, float] = {}
    for field in dataclasses.fields(scores):
        value = getattr(scores, field.name)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            numbers |= {f"{field.name}_{k}": v for k, v in dataclasses.asdict(value).items()}
        elif isinstance(value, int | float):  # `dropped` of an excerpt counts as 0 or 1
            numbers[field.name] = value
    return numbers


def flatten(track: TrackScores) -> dict[str, object]:
    """A track for JSON: its name, its numbers with None for NaN, and `excerpts` likewise."""

    def known(scores: TrackScores | ExcerptScores) -> dict[str, float | None]:
        return {k: None if math.isnan(v) else v for k, v in values(scores).items()}

    return {"name": track.name, **known(track), "excerpts": [known(e) for e in track.excerpts]}


def aggregate(tracks: Sequence[TrackScores]) -> Summary:
    """Mean and median of every value over the tracks that have it.

    Raises ValueError if there is no track.
    """
    if not tracks:
        raise ValueError("no tracks to aggregate: give at least one")
    rows = [values(track) for track in tracks]
    counts = {"dropped", "silent_estimates"}
    columns = {name: [row[name] for row in rows] for name in rows[0] if name not in counts}
    return Summary(
        tracks=len(tracks),
        excerpts=sum(len(track.excerpts) for track in tracks),
        dropped=sum(track.dropped for track in tracks),
        mean={name: mean_of_known(column) for name, column in columns.items()},
        median={name: median_of_known(column) for name, column in columns.items()},
    )
