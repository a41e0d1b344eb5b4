"""Commands that evaluate models and baselines, and that compare data sets."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from train.commands.shared import Data, counted, publish, tracks_of
from train.data.corpus import load_corpus
from train.data.tracks import Split
from train.evaluation import bias as bias_module
from train.evaluation import detection_conditions
from train.evaluation import evaluate as evaluate_module
from train.evaluation import over_music as over_music_module
from train.evaluation import over_singers as over_singers_module
from train.evaluation.listening import Listening
from train.evaluation.voice_variants import USUAL, Variant

app = typer.Typer()


@app.command()
def evaluate(
    systems: Annotated[
        list[str],
        typer.Argument(help="models, .onnx files, checkpoints (all with +gate, too) or baselines"),
    ],
    data: Data,
    split: Annotated[str, typer.Option(help="train, valid or test")] = "valid",
    griffin_lim: Annotated[int, typer.Option(min=0, help="iterations, for the models")] = 0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="folder for a report and its numbers")
    ] = None,
) -> None:
    """Evaluate models and baselines on the songs of a split."""
    songs = evaluate_module.scorable([t for t in tracks_of(data) if t.split == split])
    chosen = {name: evaluate_module.system(name, griffin_lim) for name in systems}
    with counted("songs", len(songs) * len(chosen)) as finished:
        listening = Listening(output) if output else None
        results = evaluate_module.evaluate(chosen, songs, finished, listening)
    publish(results, listening, f"Evaluation on the {split} split")


@app.command()
def detection(
    model: Annotated[str, typer.Argument(help="a model, an .onnx file or a checkpoint")],
    data: Data,
    split: Annotated[str, typer.Option(help="train, valid or test")] = "valid",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="file for a picture of the calibration")
    ] = None,
) -> None:
    """Evaluate a model's detection: levels, bandwidths, codecs, rules and calibration."""
    songs = detection_conditions.labelled([t for t in tracks_of(data) if t.split == split])
    with counted("songs", len(songs) * len(detection_conditions.CONDITIONS)) as finished:
        result = detection_conditions.detection(evaluate_module.system(model), songs, finished)
    for table in detection_conditions.tables(result, f"{model}: {len(songs)} songs"):
        Console().print(table)
    if output:
        detection_conditions.draw_calibration(result, output)


@app.command("over-music")
def over_music(
    systems: Annotated[list[str], typer.Argument(help="as for evaluate, but for the oracle")],
    data: Data,
    split: Annotated[Split, typer.Option(help="train, valid or test")] = "valid",
) -> None:
    """Evaluate models and baselines on a split's instrumentals, alone and mixed with its voices."""
    tracks = tracks_of(data)
    chosen = {name: evaluate_module.system(name) for name in systems}
    with tempfile.TemporaryDirectory() as scratch:
        scenes = over_music_module.scenes(load_corpus(tracks, split, Path(scratch)))
    with counted("pieces", len(scenes) * len(chosen)) as finished:
        scores = over_music_module.over_music(chosen, scenes, finished)
    Console().print(over_music_module.table(scores, len(scenes)))


@app.command("over-singers")
def over_singers(
    systems: Annotated[list[str], typer.Argument(help="as for evaluate, but for the oracle")],
    data: Data,
    variant: Annotated[list[Variant], typer.Option(help="of the voices; repeatable")] = list(USUAL),  # noqa: B006 - typer copies it
    level: Annotated[
        list[float], typer.Option(help="voice-to-music ratio in dB; repeatable")
    ] = list(over_singers_module.LEVELS_DB),  # noqa: B006 - typer copies it
    voices: Annotated[
        over_singers_module.Voices, typer.Option(help="whom to judge by")
    ] = "singing",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="file for all numbers, .csv")
    ] = None,
) -> None:
    """Evaluate models and baselines on the unseen singers of the validation split."""
    tracks = over_singers_module.needed(tracks_of(data), voices)
    chosen = {name: evaluate_module.system(name) for name in systems}
    with tempfile.TemporaryDirectory() as scratch:
        corpus = load_corpus(tracks, "valid", Path(scratch))
        trials = over_singers_module.trials(corpus, voices)
    with counted("voices", len(trials) * len(chosen)) as finished:
        rows = over_singers_module.over_singers(chosen, trials, variant, level, finished)
    for table in over_singers_module.tables(rows):
        Console().print(table)
    if output:
        over_singers_module.write_csv(rows, output)


@app.command()
def bias(
    data: Data,
    output: Annotated[Path, typer.Option("--output", "-o", help="folder for bias.png and .csv")],
) -> None:
    """Compare data sets by balance, level and share of singing (figure 2 of the paper)."""
    tracks = tracks_of(data)
    with counted("songs", len(bias_module.songs_with_stems(tracks))) as finished:
        bias_module.bias(tracks, output, finished)
    print(f"{output / 'bias.png'}")
