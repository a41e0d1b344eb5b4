"""The command line, with `livevox gui` and `demo`; the other commands are in other modules."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from livevox import __version__
from livevox.cli.activity import activity
from livevox.cli.batch import ModelOption
from livevox.cli.bench import bench
from livevox.cli.hardware import latency, list_devices, midi
from livevox.cli.live import live
from livevox.cli.models import models
from livevox.cli.output import console_of_results
from livevox.cli.presets import presets_app
from livevox.cli.reporter import console
from livevox.cli.separate import separate
from livevox.errors import LivevoxError
from livevox.network.model import load_model

app = typer.Typer(
    help="Detects singing and separates it from the music, live and in files.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (separate, activity, models, live, midi, latency, bench):
    app.command()(command)
app.command("devices")(list_devices)
app.add_typer(presets_app, name="presets")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"livevox {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="print it and end"),
    ] = False,
) -> None:
    pass


@app.command()
def gui() -> None:
    """Open the window."""
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
    seed: Annotated[int, typer.Option(min=0, help="each number makes another song")] = 0,
) -> None:
    """Make a short song with known stems, separate it and show the SDR."""
    from livevox.demo.demo import run_demo

    net = load_model(model)
    with console.status("making and separating a song"):
        scores = run_demo(output, net, seed)
    table = Table("SDR, dB", "mixture", "separated", title=f"model {net.info.name}")
    for name, (before, after) in scores.items():
        table.add_row(name, f"{before:.1f}", f"{after:.1f}")
    console_of_results().print(table)
    console.print(f"open the results: {output / 'index.html'}")


def main() -> None:
    """The `livevox` command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A file name may have characters that the terminal can't show.
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except LivevoxError as error:
        console.print(f"livevox: {error}")
        sys.exit(1)
