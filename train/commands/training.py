"""Commands that train, show a training's curves, and export models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from lightning_fabric.utilities.rank_zero import rank_zero_only

from livevox.network.info import ModelInfo
from train.commands.shared import Cache, Data, tracks_of
from train.data.datasets import with_validation
from train.fitting.curves import draw as draw_curves
from train.fitting.fit import fit as fit_recipe
from train.fitting.hardware import Hardware
from train.network.checkpoints import load_checkpoint, save_mean
from train.network.export import convert as convert_model
from train.network.export import export as export_net
from train.recipe import load_recipe

app = typer.Typer()


@app.command()
def fit(
    recipe: Annotated[str, typer.Argument(help="name of a recipe in train/recipes, or a file")],
    data: Data,
    run: Annotated[Path, typer.Option(help="folder of this training, resumed if it exists")],
    cache: Cache = None,
    init: Annotated[Path | None, typer.Option(help="start from this checkpoint or .onnx")] = None,
    teacher: Annotated[
        Path | None, typer.Option(help="checkpoint or .onnx whose activity replaces the labels")
    ] = None,
    devices: Annotated[int, typer.Option(min=1, help="on this machine")] = 1,
    num_nodes: Annotated[int, typer.Option(min=1, help="machines")] = 1,
    free: Annotated[
        bool, typer.Option("--free", help="use only data whose licence allows any use")
    ] = False,
) -> None:
    """Train a model, or resume a training."""
    # The licences of validation tracks don't matter: these tracks don't change the weights.
    tracks = [
        t for t in with_validation(tracks_of(data)) if t.free or t.split != "train" or not free
    ]
    best = fit_recipe(
        load_recipe(recipe),
        tracks,
        run,
        cache or run.parent / "decoded",
        init,
        Hardware(devices, num_nodes),
        teacher,
    )
    rank_zero_only(print)(f"best checkpoint: {best}")


@app.command()
def mean(
    checkpoints: Annotated[
        list[Path],
        typer.Argument(help="of one training; after the first one, also .onnx files it began with"),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="file for the checkpoint")],
) -> None:
    """Average the weights of several checkpoints into a new one."""
    save_mean(checkpoints, output)
    print(f"{output}: the mean of {len(checkpoints)}")


@app.command()
def curves(
    runs: Annotated[list[Path], typer.Argument(help="folders of successive trainings, in order")],
    output: Annotated[Path, typer.Option("--output", "-o", help="file for the picture")],
) -> None:
    """Draw the loss and validation curves of a training."""
    draw_curves(runs, output)


@app.command()
def export(
    checkpoint: Annotated[Path, typer.Argument(help="a .ckpt of a training")],
    output: Annotated[Path, typer.Argument(help="the .onnx file; its name is the model's")],
    version: Annotated[str, typer.Option(help="of the model, in its metadata")],
    training_data: Annotated[str, typer.Option(help="what it was trained on, in its metadata")],
    licence: Annotated[str, typer.Option(help="of the weights, in its metadata")],
) -> None:
    """Export a checkpoint as a model for livevox."""
    net = load_checkpoint(checkpoint)
    info = ModelInfo(output.stem, version, net.geometry, training_data, licence)
    difference = export_net(net, info, output)
    print(f"{output}: {output.stat().st_size / 1e6:.1f} MB, within {difference:.1g} of torch")


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(help="an .onnx file of an earlier livevox")],
    output: Annotated[Path, typer.Argument(help="the .onnx file to write")],
) -> None:
    """Convert a model of an earlier livevox to the current format, with unchanged weights."""
    convert_model(source, output)
