"""Means and medians that ignore undefined values (NaN)."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt


def mean_of_known(column: npt.ArrayLike) -> float:
    """The mean without NaNs; NaN if nothing is left."""
    known = _known(column)
    return float(known.mean()) if len(known) else math.nan


def median_of_known(column: npt.ArrayLike) -> float:
    """The median without NaNs; NaN if nothing is left."""
    known = _known(column)
    return float(np.median(known)) if len(known) else math.nan


def _known(column: npt.ArrayLike) -> npt.NDArray[np.float64]:
    array = np.asarray(column, np.float64)
    return array[~np.isnan(array)]
