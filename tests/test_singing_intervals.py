"""Intervals follow the detection rule, and label files match the intervals."""

from __future__ import annotations

import csv
import io
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from livevox.activity import (
    LABEL_FORMATS,
    DetectionRule,
    curve_csv,
    singing_intervals,
    smoothed,
)
from livevox.dsp.stft import FRAME_RATE
from train.data.labels import read_lab
from train.data.tracks import singing_frames

INTERVALS = [(1.0, 2.5), (3.0, 4.25)]


def curve(*parts: tuple[float, float]) -> np.ndarray:
    """(seconds, probability) parts."""
    return np.concatenate([np.full(round(s * FRAME_RATE), p, np.float32) for s, p in parts])


def lengths(activity: np.ndarray, rule: DetectionRule) -> list[float]:
    return [round(end - start, 1) for start, end in singing_intervals(activity, rule)]


def test_singing_goes_on_within_the_hysteresis_only() -> None:
    activity = curve((1, 0.45), (1, 0.6), (1, 0.45), (1, 0.3), (1, 0.45))
    assert lengths(activity, DetectionRule(0.5, 0.1, 0, 0)) == [2.0]
    assert lengths(activity, DetectionRule(0.5, 0.0, 0, 0)) == [1.0]


def test_short_gaps_close_before_short_intervals_drop() -> None:
    activity = curve((1, 0), (0.15, 1), (0.1, 0), (0.15, 1), (1, 0), (0.15, 1), (1, 0))
    assert lengths(activity, DetectionRule(min_gap=0.2, min_length=0.3)) == [0.4]
    assert lengths(activity, DetectionRule(min_gap=0, min_length=0)) == [0.2, 0.2, 0.2]


def test_silence_and_singing_throughout() -> None:
    assert singing_intervals(np.zeros(500, np.float32), DetectionRule()) == []
    assert singing_intervals(np.zeros(0, np.float32), DetectionRule()) == []
    ((start, end),) = singing_intervals(np.ones(500, np.float32), DetectionRule())
    assert start == 0
    assert end == pytest.approx(500 / FRAME_RATE, abs=0.5 / FRAME_RATE + 1e-3)


@pytest.mark.parametrize("frames", [0, 1, 10, 43, 44, 500])
def test_smoothing_is_the_mean_of_half_a_second_around(frames: int) -> None:
    activity = np.random.default_rng(0).random(frames).astype(np.float32)
    means = [activity[max(0, k - 22) : k + 23].mean() for k in range(frames)]
    np.testing.assert_allclose(smoothed(activity), means, rtol=1e-5)
    # Whatever is around alike, it stays where it is.
    np.testing.assert_allclose(smoothed(activity[::-1]), smoothed(activity)[::-1], rtol=1e-5)


def test_lab_files_cover_the_file_and_are_read_back(tmp_path: Path) -> None:
    path = tmp_path / "song.lab"
    path.write_text(LABEL_FORMATS["lab"](INTERVALS, 5.0))
    lines = [line.split() for line in path.read_text().splitlines()]
    assert lines[0][0] == "0.000"
    assert lines[-1][1] == "5.000"
    assert all(before[1] == after[0] for before, after in pairwise(lines))
    frames = singing_frames(read_lab(path), round(5 * FRAME_RATE))
    read = singing_intervals(frames.astype(np.float32), DetectionRule(min_gap=0, min_length=0))
    np.testing.assert_allclose(read, INTERVALS, atol=1 / FRAME_RATE)


def test_other_formats_hold_the_same_intervals() -> None:
    rows = list(csv.reader(io.StringIO(LABEL_FORMATS["csv"](INTERVALS, 5.0))))[1:]
    assert [tuple(map(float, row)) for row in rows] == INTERVALS
    read = json.loads(LABEL_FORMATS["json"](INTERVALS, 5.0))
    assert [(i["start_s"], i["end_s"]) for i in read["singing"]] == INTERVALS
    labels = [line.split("\t") for line in LABEL_FORMATS["audacity"](INTERVALS, 5.0).splitlines()]
    assert [(float(a), float(b)) for a, b, _ in labels] == INTERVALS
    assert len(curve_csv(np.zeros(7, np.float32)).splitlines()) == 8
