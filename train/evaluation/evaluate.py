"""Evaluation of models and baselines on the same songs.

Separation is scored on true stems only, detection on labelled songs.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import soxr

from livevox.dsp.stft import HOP, SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from livevox.network.info import ModelInfo
from livevox.network.model import Model, load_model
from livevox.processor import Processor
from livevox.separator import StreamingSeparator, frames_within, joined, separate_blocks
from train.data.corpus import Activity, activity_of_stem, labels_in_time
from train.data.tracks import Recording, Track, read
from train.evaluation.baselines import BASELINES, baseline
from train.evaluation.baselines import separate as separate_by_baseline
from train.evaluation.detection_metrics import DetectionScores, detection_scores
from train.evaluation.listening import Listening
from train.evaluation.separation_metrics import Summary, TrackScores, aggregate, score_track
from train.network.checkpoints import load_checkpoint
from train.network.export import export

Stems = tuple[Audio, Audio]
BLOCK = 10 * SAMPLE_RATE
GATED = "+gate"
GATE_DB = 24.0


@dataclass(frozen=True)
class Separated:
    """A system's output for a mixture: both stems, and a score of singing per frame."""

    vocals: Audio
    accompaniment: Audio
    activity: Audio


System = Callable[[Audio, Stems | None], Separated | None]
"""(mixture (channels, samples) at 44.1 kHz, true stems or None) -> estimate; None for the oracle
without true stems."""


@dataclass
class Result:
    """One system's scores of songs with true stems, and its activity in labelled songs."""

    system: str
    tracks: list[TrackScores] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    labels: list[Activity] = field(default_factory=list)
    activities: list[Audio] = field(default_factory=list)

    @property
    def separation(self) -> Summary | None:
        """Means and medians over the songs; None if no song has true stems."""
        return aggregate(self.tracks) if self.tracks else None

    @property
    def detection(self) -> DetectionScores | None:
        """Over all frames of all labelled songs together, as in the paper; None without any."""
        if not self.labels:
            return None
        return detection_scores(np.concatenate(self.labels), np.concatenate(self.activities))


def system(name: str, griffin_lim: int = 0) -> System:
    """A baseline by its name, else an installed model, an .onnx file or a checkpoint; with
    :data:`GATED` after the name, with the gate on.

    Raises LivevoxError for an unknown name, for a baseline without its package, and for
    Griffin-Lim together with the gate.
    """
    if name in BASELINES:
        # Report a missing package now, not when its turn comes minutes later.
        baseline(name)
        return partial(_by_baseline, name)
    plain = name.removesuffix(GATED)
    model = _model_of_checkpoint(Path(plain)) if plain.endswith(".ckpt") else load_model(plain)
    if plain != name:
        if griffin_lim:
            raise LivevoxError(f"{name} can't use Griffin-Lim: leave out '{GATED}'")
        return partial(_through_gate, model)

    def by_model(mixture: Audio, stems: Stems | None) -> Separated:
        stream = StreamingSeparator(model, SAMPLE_RATE, len(mixture), griffin_lim)
        blocks = (mixture[:, i : i + BLOCK] for i in _starts(mixture))
        whole = joined(separate_blocks(blocks, stream))
        return Separated(whole.vocals, whole.accompaniment, whole.activity)

    return by_model


def _through_gate(model: Model, mixture: Audio, stems: Stems | None) -> Separated:
    """The voice with a gate of :data:`GATE_DB`; the gated part goes to the accompaniment."""
    processor = Processor(model)
    processor.set("vocals_solo", 1)
    processor.set("gate", GATE_DB)
    processor.prepare(SAMPLE_RATE, len(mixture), BLOCK)
    late = processor.latency_samples
    stream = np.pad(mixture, ((0, 0), (0, late)))
    parts = [processor.process_all(stream[:, i : i + BLOCK]) for i in _starts(stream)]
    vocals = np.concatenate([part.mix for part in parts], axis=1)[:, late:]
    activity = np.concatenate([part.separation.activity for part in parts])
    return Separated(vocals, mixture - vocals, activity)


def _starts(audio: Audio) -> range:
    return range(0, audio.shape[1], BLOCK)


def _model_of_checkpoint(path: Path) -> Model:
    """A checkpoint as an exported model, so that the evaluated system is the one that plays."""
    net = load_checkpoint(path)
    info = ModelInfo(path.stem, "checkpoint", net.geometry, "see the checkpoint", "see its data")
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "model.onnx"
        export(net, info, file)
        return load_model(file)


def _by_baseline(name: str, mixture: Audio, stems: Stems | None) -> Separated | None:
    """A baseline's detection score: the level of its vocals, averaged over half a second."""
    if name == "oracle" and stems is None:
        return None
    vocals, accompaniment = separate_by_baseline(name, mixture, stems)
    power = np.square(vocals).mean(axis=0)
    after = HOP - (len(power) - HOP // 2) % HOP
    power = np.pad(power, (HOP // 2, after)).reshape(-1, HOP).mean(axis=1)
    level = np.log10(np.convolve(power, np.ones(43), mode="same") + 1e-12)
    return Separated(vocals, accompaniment, level.astype(np.float32))


def evaluate(
    systems: Mapping[str, System],
    tracks: Sequence[Track],
    finished: Callable[[], None],
    listening: Listening | None = None,
) -> list[Result]:
    """Score every system on every song; ``finished`` is called after each song of each system, and
    ``listening`` keeps excerpts of the results.

    Songs with estimated stems count for detection only. Raises LivevoxError if no song has true
    stems or labels, or if audio can't be read.
    """
    songs = scorable(tracks)
    if not songs:
        raise LivevoxError("no song with true stems or labels to score: give another data set")
    results = [Result(name) for name in systems]
    with _scorers() as pool:
        for track in songs:
            _evaluate_song(track, systems, results, pool, finished, listening)
    return results


def _scorers() -> ProcessPoolExecutor:
    """Processes for scoring, which takes nearly all the time."""
    return ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn"))


def _evaluate_song(
    track: Track,
    systems: Mapping[str, System],
    results: Sequence[Result],
    pool: ProcessPoolExecutor,
    finished: Callable[[], None],
    listening: Listening | None,
) -> None:
    stems = None
    if _has_true_stems(track):
        stems = at_44100(track.vocals), at_44100(track.accompaniment)
    mixture = stems[0] + stems[1] if stems else at_44100(track.mixture)
    name = f"{track.dataset}/{track.name}"
    frames = frames_within(mixture.shape[1], SAMPLE_RATE)
    labels = labels_of(track, frames)
    if listening:
        listening.hear(name, "mixture", mixture)
    scores: list[tuple[Result, Future[TrackScores]]] = []
    for result, run in zip(results, systems.values(), strict=True):
        estimate = run(mixture, stems)
        if estimate is None or not stems:
            finished()
        if estimate is None:
            continue
        if listening:
            listening.hear(name, f"{result.system}: vocals", estimate.vocals)
            listening.hear(name, f"{result.system}: accompaniment", estimate.accompaniment)
        if stems:
            pair = estimate.vocals, estimate.accompaniment
            scores.append((result, pool.submit(score_track, name, stems, pair)))
        if labels is not None:
            result.names.append(name)
            result.labels.append(labels)
            result.activities.append(estimate.activity[:frames])
    for result, score in scores:
        result.tracks.append(score.result())
        finished()


def scorable(tracks: Sequence[Track]) -> list[Track]:
    """The songs that can be scored: those with true stems or labels."""
    songs = [track for track in tracks if track.kind == "song"]
    return [song for song in songs if song.activity is not None or _has_true_stems(song)]


def labels_of(track: Track, frames: int) -> Activity | None:
    """The labels of a song per frame, (frames,), in time with its voice as in training; None
    without labels."""
    if track.activity is None:
        return None
    by_level = None
    if track.vocals is not None:
        by_level = activity_of_stem(at_44100(track.vocals).mean(axis=0), track.estimated)
    return labels_in_time(track.activity, frames, by_level)


def _has_true_stems(track: Track) -> bool:
    return track.vocals is not None and track.accompaniment is not None and not track.estimated


def at_44100(recording: Recording | None) -> Audio:
    """A recording at 44.1 kHz."""
    assert recording is not None
    audio, rate = read(recording)
    if rate == SAMPLE_RATE:
        return audio
    return np.ascontiguousarray(soxr.resample(audio.T, rate, SAMPLE_RATE).T)
