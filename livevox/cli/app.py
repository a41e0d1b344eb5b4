"""The command line: `livevox gui` and `demo`; the other commands have modules of their own."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from livevox.cli.activity import activity
from livevox.cli.batch import ModelOption
from livevox.cli.hardware import latency, list_devices, midi
from livevox.cli.live import live
from livevox.cli.models import models
from livevox.cli.presets import presets_app
from livevox.cli.reporter import console
from livevox.cli.separate import separate
from livevox.errors import LivevoxError
from livevox.network.model import load_model

app = typer.Typer(
    help="Hear who sings: detects the singing voice and separates it from the accompaniment.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (separate, activity, models, live, midi, latency):
    app.command()(command)
app.command("devices")(list_devices)
app.add_typer(presets_app, name="presets")


@app.command()
def gui() -> None:
    """Open the window: see the voice, ride the mix."""
    (window,) = entry_points(group="livevox.windows", name="gui")
    try:
        run = window.load()
    except ImportError as error:
        raise LivevoxError(
            f"the window can't be opened ({error}): install it with pip install 'livevox[gui]'"
        ) from None
    raise typer.Exit(run())


@app.command()
def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="folder for the results")] = Path(
        "livevox-demo"
    ),
    model: ModelOption = "live",
    seed: Annotated[int, typer.Option(min=0, help="another song for every number")] = 0,
) -> None:
    """Make a short song whose stems are known, separate it, and show how well that went."""
    from livevox.demo.demo import run_demo

    net = load_model(model)
    with console.status("a song is being written and taken apart"):
        scores = run_demo(output, net, seed)
    table = Table("SDR, dB", "the mixture", "separated", title=f"model {net.info.name}")
    for name, (before, after) in scores.items():
        table.add_row(name, f"{before:.1f}", f"{after:.1f}")
    Console().print(table)
    console.print(f"listen and look: {output / 'index.html'}")


def main() -> None:
    """The `livevox` command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal, or a name, may have characters that the other can't show.
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except LivevoxError as error:
        console.print(f"livevox: {error}")
        sys.exit(1)
