"""Robustness of detection to levels, bandwidths and codecs, its best rules, and its calibration.

`python -m train detection MODEL` evaluates a model on labelled songs: its AU-ROC in every
condition, the interval rules that agree best with the labels, and the share of sung frames by
predicted probability.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from matplotlib.figure import Figure
from rich.table import Table

from livevox.activity import DetectionRule, singing_intervals
from livevox.dsp.stft import SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from livevox.media.files import atomic_path
from livevox.separator import frames_within
from train.data.corpus import Activity
from train.data.tracks import Track, singing_frames
from train.evaluation.detection_metrics import DetectionScores, detection_scores
from train.evaluation.evaluate import System, at_44100, labels_of

BINS = 10
THRESHOLDS = tuple(np.arange(20, 85, 5) / 100)
HYSTERESES = (0.0, 0.1, 0.2, 0.3)
MIN_GAPS = (0.0, 0.3, 0.5)
MIN_LENGTHS = (0.0, 0.2, 0.5)
MP3_LEVEL = (320 - 96) / (320 - 32)
"""libsndfile's compression level for 96 kbit/s: it maps 0..1 to constant rates of 320..32."""


def _gain(db: float) -> Callable[[Audio], Audio]:
    return lambda audio: audio * np.float32(10 ** (db / 20))


def _band(rate: int) -> Callable[[Audio], Audio]:
    def limited(audio: Audio) -> Audio:
        low = soxr.resample(audio.T, SAMPLE_RATE, rate)
        return np.ascontiguousarray(soxr.resample(low, rate, SAMPLE_RATE).T[:, : audio.shape[1]])

    return limited


def _mono(audio: Audio) -> Audio:
    return np.asarray(audio.mean(axis=0, keepdims=True))


def _mp3(audio: Audio) -> Audio:
    with io.BytesIO() as file:
        soundfile.write(
            file,
            audio.T,
            SAMPLE_RATE,
            format="MP3",
            bitrate_mode="CONSTANT",
            compression_level=MP3_LEVEL,
        )
        file.seek(0)
        decoded, _ = soundfile.read(file, dtype="float32", always_2d=True)
    return np.ascontiguousarray(decoded.T)


CONDITIONS: Mapping[str, Callable[[Audio], Audio]] = {
    "as it is": lambda audio: audio,
    "-9 dB": _gain(-9),
    "+9 dB": _gain(9),
    "mono": _mono,
    "16 kHz": _band(16_000),
    "8 kHz": _band(8_000),
    "MP3, 96 kbit/s": _mp3,
}


@dataclass(frozen=True)
class Detection:
    """One model's scores by condition and, for the unchanged audio, the F-measures of fixed rules,
    the best first, with the labels and probabilities of all frames."""

    scores: dict[str, DetectionScores]
    rules: list[tuple[DetectionRule, float]]
    labels: Activity
    probabilities: Audio

    def calibration(self) -> list[tuple[float, float, int]]:
        """By tenths of the probability: its mean, the share of sung frames, and the frame count."""
        place = np.minimum((self.probabilities * BINS).astype(int), BINS - 1)
        rows = []
        for bin in range(BINS):
            inside = place == bin
            if inside.any():
                means = self.probabilities[inside].mean(), self.labels[inside].mean()
                rows.append((float(means[0]), float(means[1]), int(inside.sum())))
        return rows

    def calibration_error(self) -> float:
        """The expected calibration error: the mean distance of probability and share of singing."""
        rows = self.calibration()
        return sum(n * abs(p - share) for p, share, n in rows) / sum(n for _, _, n in rows)


def detection(system: System, tracks: Sequence[Track], finished: Callable[[], None]) -> Detection:
    """Evaluate a model on the labelled songs; ``finished`` is called after each song's condition.

    Raises LivevoxError if no song is labelled.
    """
    songs = labelled(tracks)
    if not songs:
        raise LivevoxError("no song with labels to judge detection on: give another data set")
    labels: list[Activity] = []
    heard: dict[str, list[Audio]] = {name: [] for name in CONDITIONS}
    for track in songs:
        mixture = at_44100(track.mixture)
        frames = frames_within(mixture.shape[1], SAMPLE_RATE)
        true = labels_of(track, frames)
        assert true is not None
        labels.append(true)
        for name, change in CONDITIONS.items():
            estimate = system(change(mixture), None)
            assert estimate is not None
            # A codec may drop some samples at the end.
            activity = estimate.activity[:frames]
            heard[name].append(np.pad(activity, (0, frames - len(activity))))
            finished()
    truth = np.concatenate(labels)
    scores = {name: detection_scores(truth, np.concatenate(a)) for name, a in heard.items()}
    plain = heard["as it is"]
    return Detection(scores, _rules(labels, plain), truth, np.concatenate(plain))


def labelled(tracks: Sequence[Track]) -> list[Track]:
    """The songs with labelled singing."""
    return [track for track in tracks if track.kind == "song" and track.activity is not None]


def _rules(
    labels: Sequence[Activity], probabilities: Sequence[Audio]
) -> list[tuple[DetectionRule, float]]:
    """Rules and their mean F-measures over the songs, the best first."""
    tried = []
    for threshold, hysteresis, gap, length in itertools.product(
        THRESHOLDS, HYSTERESES, MIN_GAPS, MIN_LENGTHS
    ):
        if hysteresis < threshold:
            rule = DetectionRule(threshold, hysteresis, gap, length)
            pairs = zip(labels, probabilities, strict=True)
            tried.append((rule, float(np.mean([f_measure(t, p, rule) for t, p in pairs]))))
    return sorted(tried, key=lambda pair: -pair[1])


def f_measure(labels: Activity, probabilities: Audio, rule: DetectionRule) -> float:
    """The F-measure of the frames within the rule's intervals; both are (frames,)."""
    found = singing_frames(singing_intervals(probabilities, rule), len(labels))
    both = np.count_nonzero(found & labels)
    return float(2 * both / max(1, found.sum() + labels.sum()))


def tables(result: Detection, title: str) -> list[Table]:
    """Tables for a terminal: the conditions, the best rules and the default, the calibration."""
    plain = result.scores["as it is"].au_roc
    conditions = Table("condition", "AU-ROC", "change", title=title)
    for condition, scores in result.scores.items():
        conditions.add_row(condition, f"{scores.au_roc:.4f}", f"{scores.au_roc - plain:+.4f}")
    rules = Table("threshold", "hysteresis", "min gap", "min length", "F-measure")
    default = [(rule, score) for rule, score in result.rules if rule == DetectionRule()]
    for rule, score in [*result.rules[:5], *default]:
        values = (rule.threshold, rule.hysteresis, rule.min_gap, rule.min_length)
        rules.add_row(*(f"{value:g}" for value in values), f"{score:.4f}")
    rules.caption = "the five best rules; last, the default"
    calibration = Table("probability", "sung", "frames")
    for said, sung, frames in result.calibration():
        calibration.add_row(f"{said:.3f}", f"{sung:.3f}", str(frames))
    calibration.caption = f"calibration error {result.calibration_error():.3f}"
    return [conditions, rules, calibration]


def draw_calibration(result: Detection, path: Path) -> None:
    """The calibration curve as a picture: share of sung frames by predicted probability."""
    said, sung, frames = zip(*result.calibration(), strict=True)
    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="grey", linewidth=1, label="perfect")
    axes.plot(said, sung, "o-", color="#0072b2", label="model")
    axes.set(xlabel="probability of singing", ylabel="share of frames sung")
    counts = axes.twinx()
    counts.bar(said, np.array(frames) / sum(frames), width=0.05, color="#e69f00", alpha=0.3)
    counts.set(ylabel="share of all frames (bars)", ylim=(0, 1))
    axes.legend(loc="upper left")
    with atomic_path(path) as part:
        figure.savefig(part, format="png", dpi=130)
