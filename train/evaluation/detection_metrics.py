"""Frame-level metrics of singing detection: AU-ROC with DeLong's statistics, and more."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm, rankdata
from sklearn.metrics import average_precision_score, precision_recall_curve

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DetectionScores:
    """Scores over ``frames`` frames, of which the share ``sung`` is labelled as singing.

    ``au_roc`` has DeLong's variance and the confidence interval ``au_roc_low`` to ``au_roc_high``.
    ``f_measure`` uses the best ``threshold`` for these frames, and is thus an upper bound for a
    threshold that was fixed before.
    """

    frames: int
    sung: float
    au_roc: float
    au_roc_variance: float
    au_roc_low: float
    au_roc_high: float
    average_precision: float
    f_measure: float
    threshold: float


@dataclass(frozen=True)
class DeLongTest:
    """The difference of two AU-ROCs on the same frames, its z and its two-sided p."""

    difference: float
    z: float
    p: float


def delong(labels: npt.ArrayLike, scores: npt.ArrayLike) -> tuple[Floats, Floats]:
    """AU-ROCs of several detectors over the same frames, and the covariance of these estimates.

    ``labels`` is (frames,) of 0 and 1, ``scores`` (detectors, frames), higher where singing is
    more likely; the results are (detectors,) and (detectors, detectors). Ties count half. From
    midranks in O(frames log frames) (Sun and Xu, 2014) instead of all pairs of frames (DeLong,
    DeLong and Clarke-Pearson, 1988).

    The covariance assumes independent frames. Neighbouring frames of music are correlated, so it
    is too small and the tests find too many differences. Resampling whole songs
    (:func:`train.evaluation.statistics.bootstrap`) avoids this.

    Raises ValueError if the shapes do not fit, a score is NaN, or there are fewer than two frames
    with or without singing.

    >>> delong([0, 0, 1, 1], [[0.1, 0.4, 0.35, 0.8]])[0]
    array([0.75])
    """
    sung, values = _checked(labels, np.asarray(scores))
    positive, negative = values[:, sung], values[:, ~sung]
    m, n = positive.shape[1], negative.shape[1]
    ranks = rankdata(np.concatenate([positive, negative], axis=1), axis=1)
    # For each frame, the share of the other class that ranks below or above it.
    above = (ranks[:, :m] - rankdata(positive, axis=1)) / n
    below = 1 - (ranks[:, m:] - rankdata(negative, axis=1)) / m
    covariance = np.atleast_2d(np.cov(above)) / m + np.atleast_2d(np.cov(below)) / n
    return above.mean(axis=1), covariance


def delong_test(labels: npt.ArrayLike, first: npt.ArrayLike, second: npt.ArrayLike) -> DeLongTest:
    """Whether two detectors differ in AU-ROC over the same frames (DeLong et al., 1988).

    All are (frames,): ``labels`` of 0 and 1 and the scores of the two detectors. ``difference``
    is positive where ``first`` is better. For the errors and the caveat see :func:`delong`.
    """
    areas, covariance = delong(labels, np.stack([np.asarray(first), np.asarray(second)]))
    difference = float(areas[0] - areas[1])
    variance = float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    # If both rank the frames alike, rounding leaves a small variance of either sign.
    if variance <= 1e-16:
        z = 0.0 if abs(difference) < 1e-12 else math.copysign(math.inf, difference)
    else:
        z = difference / math.sqrt(variance)
    return DeLongTest(difference, z, float(2 * norm.sf(abs(z))))


def detection_scores(
    labels: npt.ArrayLike, scores: npt.ArrayLike, confidence: float = 0.95
) -> DetectionScores:
    """All scores of one detector; ``labels`` (of 0 and 1) and ``scores`` are (frames,).

    Pass the frames of all songs at once (paper, section 4). The interval is normal with DeLong's
    variance, clipped to 0..1. For the errors and the caveat see :func:`delong`.
    """
    areas, covariance = delong(labels, np.asarray(scores)[None])
    sung, values = _checked(labels, np.asarray(scores)[None])
    area, variance = float(areas[0]), float(covariance[0, 0])
    half = float(norm.ppf(0.5 + confidence / 2)) * math.sqrt(variance)
    precision, recall, thresholds = precision_recall_curve(sung, values[0])
    # The last point, without detections, has no threshold.
    precision, recall = precision[:-1], recall[:-1]
    f_measures = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    best = int(np.argmax(f_measures))
    return DetectionScores(
        frames=len(sung),
        sung=float(sung.mean()),
        au_roc=area,
        au_roc_variance=variance,
        au_roc_low=max(0.0, area - half),
        au_roc_high=min(1.0, area + half),
        average_precision=float(average_precision_score(sung, values[0])),
        f_measure=float(f_measures[best]),
        threshold=float(thresholds[best]),
    )


def _checked(
    labels: npt.ArrayLike, scores: npt.NDArray[np.generic]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.generic]]:
    truth = np.asarray(labels)
    if truth.ndim != 1 or scores.ndim != 2 or scores.shape[1:] != truth.shape:
        raise ValueError(
            f"labels of shape {truth.shape} and scores of shape {scores.shape} do not fit: "
            "give (frames,) and, for every detector, (frames,)"
        )
    if not np.isin(truth, (0, 1)).all():
        raise ValueError(
            f"labels are {np.unique(truth)[:5]}: give 0 or 1, and leave out unknown frames"
        )
    if np.isnan(scores.astype(np.float64, copy=False)).any():
        raise ValueError("a score is NaN: give a number for every frame")
    sung = truth == 1
    if min(sung.sum(), (~sung).sum()) < 2:
        raise ValueError(
            f"{sung.sum()} of {len(sung)} frames are sung: an AU-ROC needs two of each kind"
        )
    return sung, scores
