"""Systems compared: every metric with its interval, its difference from the first, and its test."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import roc_auc_score

from train.evaluation.detection_metrics import delong_test
from train.evaluation.separation_metrics import flatten, values
from train.evaluation.statistics import Estimate, difference_interval, mean_interval, wilcoxon_test

if TYPE_CHECKING:
    from train.evaluation.evaluate import Result


@dataclass(frozen=True)
class Metric:
    """A row: the ``key`` of its values, its ``label`` with the unit, and what is better."""

    key: str
    label: str
    higher_is_better: bool = True
    decimals: int = 2


DETECTION = (
    Metric("au_roc", "AU-ROC", decimals=4),
    Metric("average_precision", "Average precision", decimals=4),
    Metric("f_measure", "Best F-measure", decimals=4),
)
"""By the names of :class:`train.evaluation.detection_metrics.DetectionScores`."""
SEPARATION = (
    Metric("mse", "MSE, normalised", higher_is_better=False, decimals=5),
    Metric("non_vocal_rms", "Non-vocal RMS", higher_is_better=False, decimals=4),
    *(
        Metric(f"{source}_{key}", f"{label}, {source}, dB")
        for key, label in (
            ("sdr", "SDR"),
            ("sir", "SIR"),
            ("sar", "SAR"),
            ("plain_sdr", "Plain SDR"),
            ("si_sdr", "SI-SDR"),
            ("v4_sdr", "SDR v4"),
            ("v4_isr", "ISR v4"),
            ("v4_sir", "SIR v4"),
            ("v4_sar", "SAR v4"),
        )
        for source in ("vocals", "accompaniment")
    ),
    Metric("pes", "Predicted energy at silence, dB", higher_is_better=False),
    Metric("eps", "Energy at predicted silence, dB", higher_is_better=False),
    Metric("log_wmse", "logWMSE"),
)
"""By the names of :func:`train.evaluation.separation_metrics.values`."""


@dataclass(frozen=True)
class Cell:
    """A system's value with its interval; against the first system, its gain over the same songs,
    with the interval of that, and p of the test. NaN where there is none."""

    estimate: Estimate
    difference: Estimate
    p: float


_NO_ESTIMATE = Estimate(math.nan, math.nan, math.nan)

Cells = dict[str, list[Cell]]
"""By the metrics' keys, a cell per system."""


def compare(results: Sequence[Result]) -> Cells:
    """Every metric of every system.

    Separation: the mean over songs with its bootstrap interval, and Wilcoxon's signed-rank test
    over the excerpts that both systems have in common, over songs where a metric has no values per
    excerpt. Detection: all frames at once, for the AU-ROC with DeLong's interval and test.
    Differences are of values per song, songs being drawn in pairs.
    """
    cells: Cells = {}
    for metric in DETECTION:
        cells[metric.key] = [_detection_cell(metric.key, r, results[0]) for r in results]
    for metric in SEPARATION:
        cells[metric.key] = [_separation_cell(metric.key, r, results[0]) for r in results]
    return cells


def to_json(results: Sequence[Result]) -> list[dict[str, object]]:
    """Per system the compared values, and the scores of every song; None stands for NaN."""
    cells = compare(results)
    return [
        {
            "system": result.system,
            "compared": {
                key: {
                    "value": _known(row[i].estimate.value),
                    "low": _known(row[i].estimate.low),
                    "high": _known(row[i].estimate.high),
                    "difference": _known(row[i].difference.value),
                    "difference_low": _known(row[i].difference.low),
                    "difference_high": _known(row[i].difference.high),
                    "p": _known(row[i].p),
                }
                for key, row in cells.items()
            },
            "detection": dataclasses.asdict(result.detection) if result.detection else None,
            "song_au_roc": {name: _known(area) for name, area in song_au_roc(result).items()},
            "songs": [flatten(track) for track in result.tracks],
        }
        for i, result in enumerate(results)
    ]


def _detection_cell(key: str, result: Result, first: Result) -> Cell:
    scores = result.detection
    if scores is None:
        return Cell(_NO_ESTIMATE, _NO_ESTIMATE, math.nan)
    if key != "au_roc":
        value = Estimate(getattr(scores, key), math.nan, math.nan)
        return Cell(value, _NO_ESTIMATE, math.nan)
    p, difference = math.nan, _NO_ESTIMATE
    if result is not first and result.names == first.names:
        frames = (np.concatenate(x) for x in (result.labels, result.activities, first.activities))
        p = delong_test(*frames).p
        difference = _difference(song_au_roc(result), song_au_roc(first))
    return Cell(Estimate(scores.au_roc, scores.au_roc_low, scores.au_roc_high), difference, p)


def _separation_cell(key: str, result: Result, first: Result) -> Cell:
    estimate = mean_interval([values(track)[key] for track in result.tracks])
    mine, theirs = _pairable(key, result), _pairable(key, first)
    common = [item for item in mine if item in theirs]
    p, difference = math.nan, _NO_ESTIMATE
    if result is not first:
        p = wilcoxon_test([mine[i] for i in common], [theirs[i] for i in common]).p
        by_song = ({t.name: values(t)[key] for t in r.tracks} for r in (result, first))
        difference = _difference(*by_song)
    return Cell(estimate, difference, p)


def _difference(mine: Mapping[str, float], theirs: Mapping[str, float]) -> Estimate:
    common = [song for song in mine if song in theirs]
    return difference_interval([mine[s] for s in common], [theirs[s] for s in common])


def _pairable(key: str, result: Result) -> dict[tuple[str, float], float]:
    """Values by song and second of the excerpt, or by song alone."""
    items = {}
    for track in result.tracks:
        for excerpt in track.excerpts:
            numbers = values(excerpt)
            if key in numbers:
                items[track.name, excerpt.start] = numbers[key]
            else:
                items[track.name, 0.0] = values(track)[key]
    return items


def song_au_roc(result: Result) -> dict[str, float]:
    """By song; NaN where all of it is sung, or nothing."""
    return {
        name: float(roc_auc_score(labels, activity)) if 0 < labels.mean() < 1 else math.nan
        for name, labels, activity in zip(
            result.names, result.labels, result.activities, strict=True
        )
    }


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
