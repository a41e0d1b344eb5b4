"""AU-ROC, DeLong's variance and test, and other detection scores equal direct computations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from train.evaluation.detection_metrics import delong, delong_test, detection_scores


def frames(seed: int, count: int = 120, detectors: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Labels, and scores of detectors with correlated errors, rounded to produce ties."""
    rng = np.random.default_rng(seed)
    labels = (rng.random(count) < 0.4).astype(np.int8)
    common = rng.standard_normal(count)
    own = rng.standard_normal((detectors, count))
    return labels, np.round(labels + 0.7 * common + 0.7 * own, 1)


def by_pairs(labels: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """DeLong's covariance by its definition, over all pairs of frames."""
    positive, negative = scores[:, labels == 1], scores[:, labels == 0]
    above = positive[:, :, None] > negative[:, None]
    won = above + 0.5 * (positive[:, :, None] == negative[:, None])
    areas = won.mean(axis=(1, 2))
    v10, v01 = (won.mean(axis=axis) - areas[:, None] for axis in (2, 1))
    m, n = v10.shape[1], v01.shape[1]
    return areas, v10 @ v10.T / (m - 1) / m + v01 @ v01.T / (n - 1) / n


@pytest.mark.parametrize("seed", range(3))
def test_midranks_give_what_all_pairs_give(seed: int) -> None:
    labels, scores = frames(seed, detectors=3)
    for mine, slow in zip(delong(labels, scores), by_pairs(labels, scores), strict=True):
        np.testing.assert_allclose(mine, slow, rtol=1e-10)


def test_areas_are_scikit_learns() -> None:
    labels, scores = frames(3, 5000)
    areas, _ = delong(labels, scores)
    for area, row in zip(areas, scores, strict=True):
        assert area == pytest.approx(roc_auc_score(labels, row), abs=1e-12)


def test_the_variance_is_that_of_new_frames() -> None:
    areas, variances = zip(
        *(delong(*frames(seed, 300, detectors=1)) for seed in range(400)), strict=True
    )
    assert np.mean(variances) == pytest.approx(np.var(np.ravel(areas)), rel=0.15)


def test_p_is_uniform_where_there_is_no_difference() -> None:
    p = []
    for seed in range(400):
        labels, scores = frames(seed, 300)
        p.append(delong_test(labels, *scores).p)
    assert kstest(p, "uniform").pvalue > 0.01
    assert 0.02 < np.mean(np.array(p) < 0.05) < 0.09


def test_a_difference_is_found_and_has_a_sign() -> None:
    labels, scores = frames(1, 2000)
    worse = scores[1] + np.random.default_rng(2).standard_normal(len(labels))
    better, reverse = delong_test(labels, scores[0], worse), delong_test(labels, worse, scores[0])
    assert better.difference > 0
    assert better.p < 1e-3
    assert (reverse.z, reverse.p) == pytest.approx((-better.z, better.p))


def test_the_same_ranks_are_no_difference() -> None:
    labels, scores = frames(1)
    same = delong_test(labels, scores[0], 3 * scores[0] - 7)
    assert (same.difference, same.z, same.p) == (0, 0, 1)
    opposite = delong_test([0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 0, 0])
    assert (opposite.difference, opposite.p) == (1, 0)


def test_all_scores_are_what_they_say() -> None:
    labels, scores = frames(5, 400, detectors=1)
    got = detection_scores(labels, scores[0])
    assert got.frames == 400
    assert got.sung == labels.mean()
    assert got.average_precision == pytest.approx(average_precision_score(labels, scores[0]))
    every = [f1_score(labels, scores[0] >= threshold) for threshold in np.unique(scores[0])]
    assert got.f_measure == pytest.approx(max(every))
    assert f1_score(labels, scores[0] >= got.threshold) == pytest.approx(max(every))
    assert 0 < got.au_roc_low < got.au_roc < got.au_roc_high < 1
    wide = detection_scores(labels, scores[0], confidence=0.99)
    assert wide.au_roc_high - wide.au_roc_low > got.au_roc_high - got.au_roc_low


def test_a_perfect_detector_has_no_variance() -> None:
    got = detection_scores([0, 0, 0, 1, 1], np.float32([0.1, 0.2, 0.3, 0.7, 0.9]))
    assert (got.au_roc, got.au_roc_low, got.au_roc_high) == (1, 1, 1)
    assert (got.f_measure, got.threshold) == (1, pytest.approx(0.7))


@pytest.mark.parametrize(
    ("labels", "scores", "message"),
    [
        ([0, 1, -1, 1], [0, 1, 0, 1], "give 0 or 1"),
        ([0, 0, 1], [0, 1], "do not fit"),
        ([0, 0, 0, 0], [1, 2, 3, 4], "0 of 4 frames are sung"),
        ([0, 0, 1, 1], [0, np.nan, 1, 1], "NaN"),
    ],
)
def test_labels_without_a_curve_are_refused(
    labels: list[int], scores: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        detection_scores(labels, scores)
