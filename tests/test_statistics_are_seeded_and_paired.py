"""Intervals are reproducible by seed and cover the truth; tests pair values correctly."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import wilcoxon

from train.evaluation.statistics import difference_interval, mean_interval, wilcoxon_test

VALUES = np.random.default_rng(0).normal(5, 2, 30)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_the_seed_alone_decides() -> None:
    assert mean_interval(VALUES) == mean_interval(VALUES)
    assert mean_interval(VALUES, seed=1) != mean_interval(VALUES, seed=2)


def test_intervals_cover_the_truth_as_often_as_they_say(rng: np.random.Generator) -> None:
    covered = 0
    for values in rng.normal(5, 2, (150, 40)):
        estimate = mean_interval(values, confidence=0.8)
        assert estimate.low < estimate.value < estimate.high
        covered += estimate.low < 5 < estimate.high
    assert 0.68 < covered / 150 < 0.9


def test_pairs_are_drawn_together(rng: np.random.Generator) -> None:
    songs = rng.normal(0, 10, 30)
    first, second = songs + rng.normal(0.5, 0.1, 30), songs + rng.normal(0, 0.1, 30)
    estimate = difference_interval(first, second)
    assert 0.35 < estimate.low < estimate.value < estimate.high < 0.65
    assert mean_interval(first).low < 0 < mean_interval(first).high


def test_wilcoxon_is_scipys_and_symmetric(rng: np.random.Generator) -> None:
    other = VALUES + rng.normal(1, 1, 30)
    test = wilcoxon_test(VALUES, other)
    assert test.p == pytest.approx(wilcoxon(VALUES, other).pvalue)
    assert test.p < 1e-3
    assert test.median_difference < 0
    assert wilcoxon_test(other, VALUES).p == pytest.approx(test.p)


def test_missing_values_and_ties_are_handled() -> None:
    gaps = VALUES.copy()
    gaps[[3, 7]] = math.nan
    assert wilcoxon_test(gaps, VALUES + 1).pairs == 28
    assert wilcoxon_test(VALUES, VALUES).p == 1
    assert math.isnan(wilcoxon_test([], []).p)
    assert mean_interval(gaps).value == pytest.approx(np.nanmean(gaps))
    assert math.isnan(mean_interval([math.nan]).value)
    one = mean_interval([3.0])
    assert one.value == 3
    assert math.isnan(one.low + one.high)
    with pytest.raises(ValueError, match="no pairs"):
        wilcoxon_test([1, 2], [1, 2, 3])
