"""Significance tests and confidence intervals over tracks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import bootstrap, wilcoxon

Floats = npt.NDArray[np.float64]

SEED = 1804
RESAMPLES = 10_000


@dataclass(frozen=True)
class Estimate:
    """A value and its confidence interval; ``low`` and ``high`` are NaN if there is none."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class PairedTest:
    """Two models on the same ``pairs``: the median of first minus second, and two-sided p."""

    pairs: int
    median_difference: float
    p: float


def wilcoxon_test(first: npt.ArrayLike, second: npt.ArrayLike) -> PairedTest:
    """Wilcoxon's signed-rank test between two models' values for the same tracks or excerpts.

    Both are (items,) in the same order. Pairs with a NaN and equal pairs are dropped (Wilcoxon,
    1945); p is NaN without pairs and 1 if all are equal. Excerpts of one song are correlated, more
    so if they overlap. A test over excerpts (the paper's) is therefore less conservative than one
    over tracks.

    Raises ValueError if the lengths differ.
    """
    differences = _differences(first, second)
    if len(differences) == 0:
        return PairedTest(0, float("nan"), float("nan"))
    p = float(wilcoxon(differences).pvalue) if differences.any() else 1.0
    return PairedTest(len(differences), float(np.median(differences)), p)


def mean_interval(values: npt.ArrayLike, confidence: float = 0.95, seed: int = SEED) -> Estimate:
    """The mean of one value per track with its bootstrap interval (Efron, 1979), without NaNs.

    Tracks, not frames or excerpts, are resampled, because only tracks are independent. Fewer than
    two have no interval.
    """
    known = np.asarray(values, np.float64)
    known = known[~np.isnan(known)]
    if len(known) == 0:
        return Estimate(float("nan"), float("nan"), float("nan"))
    mean = float(known.mean())
    if len(known) < 2:
        return Estimate(mean, float("nan"), float("nan"))
    interval = bootstrap(
        (known,),
        np.mean,
        n_resamples=RESAMPLES,
        confidence_level=confidence,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Estimate(mean, float(interval.low), float(interval.high))


def difference_interval(
    first: npt.ArrayLike, second: npt.ArrayLike, confidence: float = 0.95, seed: int = SEED
) -> Estimate:
    """The mean of first minus second over the same tracks, with a paired bootstrap interval.

    Raises ValueError if the lengths differ.
    """
    return mean_interval(_differences(first, second), confidence, seed)


def _differences(first: npt.ArrayLike, second: npt.ArrayLike) -> Floats:
    one, other = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if one.shape != other.shape or one.ndim != 1:
        raise ValueError(
            f"values of shapes {one.shape} and {other.shape} are no pairs: give (items,) twice"
        )
    differences = one - other
    return differences[~np.isnan(differences)]
