"""`livevox demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from livevox.cli.batch import ModelOption
from livevox.cli.output import console_of_results
from livevox.cli.reporter import console
from livevox.demo.demo import run_demo
from livevox.network.model import load_model


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="folder for the results")] = Path(
        "livevox-demo"
    ),
    model: ModelOption = "live",
    seed: Annotated[int, typer.Option(min=0, help="each number makes another song")] = 0,
) -> None:
    """Make a short song with known stems, separate it and show the SDR."""
    net = load_model(model)
    with console.status("making and separating a song"):
        scores = run_demo(output, net, seed)
    table = Table("SDR, dB", "mixture", "separated", title=f"model {net.info.name}")
    for name, (before, after) in scores.items():
        table.add_row(name, f"{before:.1f}", f"{after:.1f}")
    console_of_results().print(table)
    console.print(f"open the results: {output / 'index.html'}")
