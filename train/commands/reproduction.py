"""The command that reproduces the paper."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from livevox.errors import LivevoxError
from train.commands.shared import Cache, Data, counted, publish, tracks_of
from train.data.datasets import with_validation
from train.data.synthetic import write_corpus
from train.evaluation import bias as bias_module
from train.evaluation import reproduce as reproduce_module
from train.evaluation.listening import Listening
from train.recipe import Recipe

app = typer.Typer()

QUICK_STEPS = 6
QUICK_WIDTHS = (2, 4, 8, 16, 32)


@app.command()
def reproduce(
    run: Annotated[Path, typer.Option(help="folder of the trainings, resumed if it exists")],
    output: Annotated[Path, typer.Option("--output", "-o", help="folder for the report")],
    data: Data = [],  # noqa: B006 - typer wants a list and copies it
    steps: Annotated[int, typer.Option(min=1, help="of each training")] = 100_000,
    cache: Cache = None,
    quick: Annotated[bool, typer.Option(help="a dry run of minutes on synthesised songs")] = False,
) -> None:
    """Run the paper's experiments and produce its table 1 and figure 2."""
    if quick == bool(data):
        raise LivevoxError("reproduce needs either --data NAME=FOLDER or --quick")
    with tempfile.TemporaryDirectory() as scratch:
        if quick:
            write_corpus(Path(scratch) / "corpus")
            data, steps = [f"open={scratch}/corpus"], QUICK_STEPS
        tracks = with_validation(tracks_of(data))
        change: Callable[[Recipe], Recipe] = _narrowed if quick else lambda recipe: recipe
        reproduce_module.train_all(tracks, run, cache or run / "decoded", steps, change)
        with counted("evaluations", None) as finished:
            listening = Listening(output)
            split, results = reproduce_module.table_1(tracks, run, finished, listening)
        publish(results, listening, f"Table 1 on the {split} split, {steps} steps of each model")
        bias_module.bias(tracks, output, lambda: None)


def _narrowed(recipe: Recipe) -> Recipe:
    network = dataclasses.replace(recipe.network, widths=QUICK_WIDTHS)
    data = dataclasses.replace(
        recipe.data, stems=min(recipe.data.stems, 2), labelled=min(recipe.data.labelled, 2)
    )
    return dataclasses.replace(recipe, network=network, data=data)
