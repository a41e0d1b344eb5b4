"""The evaluation of detection: conditions apply as described, and results match known inputs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from livevox.activity import DetectionRule
from livevox.dsp.stft import HOP, SAMPLE_RATE, Audio
from train.data.datasets import load
from train.data.synthetic import write_corpus
from train.evaluation.detection_conditions import (
    CONDITIONS,
    Detection,
    detection,
    f_measure,
    labelled,
)
from train.evaluation.evaluate import Separated, Stems


def noise(seconds: float = 3.0) -> Audio:
    samples = int(seconds * SAMPLE_RATE)
    return (0.1 * np.random.default_rng(0).standard_normal((2, samples))).astype(np.float32)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_keeps_time(condition: str) -> None:
    audio = noise()
    changed = CONDITIONS[condition](audio)
    assert abs(changed.shape[1] - audio.shape[1]) < 2 * 1152
    n = min(changed.shape[1], audio.shape[1])
    size = 1 << (2 * n).bit_length()
    product = np.fft.rfft(changed[0, :n], size) * np.conj(np.fft.rfft(audio[0, :n], size))
    peak = int(np.fft.irfft(product, size).argmax())
    assert min(peak, size - peak) <= 1


@pytest.mark.parametrize(("condition", "rate"), [("8 kHz", 8000), ("16 kHz", 16_000)])
def test_a_band_has_nothing_above_it(condition: str, rate: int) -> None:
    power = np.abs(np.fft.rfft(CONDITIONS[condition](noise())[0])) ** 2
    edge = round(len(power) * rate / SAMPLE_RATE)
    assert power[int(1.02 * edge) :].sum() < 1e-5 * power.sum()
    assert power[: int(0.8 * edge)].min() > 0


def test_a_detector_of_loudness_is_moved_by_gain_only_where_it_has_a_threshold(
    tmp_path: Path,
) -> None:
    write_corpus(tmp_path)
    songs = labelled(load("open", tmp_path))
    seen: list[float] = []

    def by_level(mixture: Audio, stems: Stems | None) -> Separated:
        seen.append(float(np.abs(mixture).max()))
        frames = -(-mixture.shape[1] // HOP)
        padded = np.pad(mixture[:1], ((0, 0), (0, frames * HOP - mixture.shape[1])))
        level = np.square(padded.reshape(frames, HOP)).mean(axis=1)
        return Separated(mixture, mixture, (level / (level + 0.001)).astype(np.float32))

    finished: list[None] = []
    result = detection(by_level, songs, lambda: finished.append(None))
    assert len(finished) == len(songs) * len(CONDITIONS)
    scores = result.scores
    # A gain keeps the order of the levels.
    assert scores["-9 dB"].au_roc == pytest.approx(scores["as it is"].au_roc, abs=1e-6)
    names = list(CONDITIONS)
    assert seen[names.index("+9 dB")] == pytest.approx(10 ** (9 / 20) * seen[0], rel=1e-5)
    best = [score for _, score in result.rules]
    assert best == sorted(best, reverse=True)


def test_the_right_intervals_measure_one_and_none_measure_nothing() -> None:
    labels = np.repeat([0, 1, 0, 1, 0], 100)
    rule = DetectionRule(0.5, 0.1, 0.0, 0.0)
    assert f_measure(labels, labels.astype(np.float32), rule) >= 0.98
    assert f_measure(labels, np.zeros(500, np.float32), rule) == 0


def test_calibration_compares_probabilities_with_frequencies() -> None:
    rng = np.random.default_rng(0)
    said = rng.uniform(0, 1, 100_000).astype(np.float32)
    honest = Detection({}, [], (rng.uniform(0, 1, said.shape) < said).astype(int), said)
    assert honest.calibration_error() < 0.01
    assert sum(frames for *_, frames in honest.calibration()) == len(said)
    boastful = Detection({}, [], (rng.uniform(0, 1, said.shape) < said / 2).astype(int), said)
    assert boastful.calibration_error() == pytest.approx(0.25, abs=0.01)
