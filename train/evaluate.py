"""Measure a model on the corpus's validation songs, through the stream that plays it.

    python -m train.evaluate MODEL CORPUS

Separation is judged on true stems only, detection on hand-labelled songs.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import soundfile
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.metrics import roc_auc_score

from livevox.files import atomic_path
from livevox.metrics import sdr
from livevox.model import load_model
from livevox.separator import StreamingSeparator, separate_blocks
from livevox.stft import Audio
from train.corpus import read_labels

EXCERPT_SECONDS = 30
STRIDE_SECONDS = 15
SILENT_RMS = 1e-4


def excerpt_scores(
    rate: int, vocals: Audio, accompaniment: Audio, voice: Audio, music: Audio
) -> dict[str, float]:
    """Means over excerpts of 30 s with 15 s of overlap (paper, section 4), in dB.

    Excerpts with a silent source have no SDR and drop out. ``silence``: the energy of the vocal
    estimate relative to the mixture, over the whole seconds in which the vocals are silent.
    """
    mixture = vocals + accompaniment
    length, stride = EXCERPT_SECONDS * rate, STRIDE_SECONDS * rate
    rows: list[tuple[float, ...]] = []
    for start in range(0, max(1, vocals.shape[1] - length + 1), stride):
        cut = slice(start, start + length)
        pairs = [(vocals[:, cut], voice[:, cut]), (accompaniment[:, cut], music[:, cut])]
        if min(np.sqrt(np.square(true).mean()) for true, _ in pairs) < SILENT_RMS:
            continue
        rows.append(
            tuple(sdr(t, e) for t, e in pairs) + tuple(sdr(t, mixture[:, cut]) for t, _ in pairs)
        )
    voice_db, music_db, voice_before_db, music_before_db = np.mean(rows, axis=0)
    seconds = vocals.shape[1] // rate
    per_second = [
        np.square(x[:, : seconds * rate]).reshape(len(x), seconds, rate).sum(axis=(0, 2))
        for x in (vocals, voice, mixture)
    ]
    silent = per_second[0] < SILENT_RMS**2 * rate * len(vocals)
    leak = per_second[1][silent].sum() / max(per_second[2][silent].sum(), 1e-12)
    return {
        "vocals_sdr": float(voice_db),
        "vocals_gain": float(voice_db - voice_before_db),
        "accompaniment_sdr": float(music_db),
        "accompaniment_gain": float(music_db - music_before_db),
        "silence": float(10 * np.log10(leak + 1e-12)),
    }


def evaluate(
    model: Annotated[str, typer.Argument(help="an installed model, or a file")],
    corpus: Annotated[Path, typer.Argument(help="folder with tracks.csv")],
    griffin_lim: Annotated[int, typer.Option(help="phase refinement iterations")] = 0,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the numbers here")] = None,
) -> None:
    """Print the separation and detection scores of every validation song."""
    net = load_model(model)
    with (corpus / "tracks.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "valid"]
    results: dict[str, dict[str, float]] = {}
    labels, probabilities = [], []
    for row in track(rows, "songs", console=Console(stderr=True)):
        folder = corpus / row["path"]
        vocals, rate = soundfile.read(folder / "vocals.ogg", dtype="float32", always_2d=True)
        accompaniment, _ = soundfile.read(
            folder / "accompaniment.ogg", dtype="float32", always_2d=True
        )
        vocals, accompaniment = vocals.T, accompaniment.T
        stream = StreamingSeparator(net, rate, len(vocals), griffin_lim)
        blocks = np.array_split(vocals + accompaniment, 1 + vocals.shape[1] // (10 * rate), axis=1)
        parts = list(separate_blocks(blocks, stream))
        scores: dict[str, Any] = {}
        if row["vocal_stem"] == "true":
            voice = np.concatenate([part.vocals for part in parts], axis=1)
            music = np.concatenate([part.accompaniment for part in parts], axis=1)
            scores |= excerpt_scores(rate, vocals, accompaniment, voice, music)
        if row["activity_labels"] == "yes":
            probability = np.concatenate([part.activity for part in parts])
            truth = read_labels(folder / "activity.lab", len(probability))
            scores["au_roc"] = float(roc_auc_score(truth, probability))
            labels.append(truth)
            probabilities.append(probability)
        results[folder.name] = scores
    overall = {
        name: float(np.mean([s[name] for s in results.values() if name in s]))
        for name in (
            "vocals_sdr",
            "vocals_gain",
            "accompaniment_sdr",
            "accompaniment_gain",
            "silence",
        )
    }
    # Over all frames at once, as the paper does.
    overall["au_roc"] = float(roc_auc_score(np.concatenate(labels), np.concatenate(probabilities)))
    results["all"] = overall
    table = Table("song", *overall, title=f"{net.info.name} {net.info.version}")
    for song, scores in results.items():
        cells = (scores.get(name) for name in overall)
        table.add_row(song, *("" if value is None else f"{value:.3g}" for value in cells))
    Console().print(table)
    if json_file:
        with atomic_path(json_file) as part:
            part.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    typer.run(evaluate)
