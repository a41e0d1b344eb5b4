"""`livevox bench`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from livevox.cli.output import console_of_results
from livevox.cli.reporter import console
from livevox.errors import LivevoxError


def bench(
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="write a page, with a picture beside it"),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="in less than a minute, without others and scaling")
    ] = False,
) -> None:
    """Measure what livevox costs on this computer, beside other separators."""
    from livevox.bench.run import QUICK, Plan, benchmark
    from livevox.bench.tables import tables
    from livevox.report.picture import check_pictures

    if output:
        check_pictures()
        if output.suffix == ".png":
            raise LivevoxError(f"{output} is the name of a picture: give the page another ending")
        # Refused now, not after minutes.
        if not os.access(output.parent, os.W_OK):
            raise LivevoxError(f"{output} can't be written: give a folder that you may write to")
    with console.status("") as status:
        results = benchmark(QUICK if quick else Plan(), status.update)
    shown = console_of_results()
    shown.print(f"{results.machine.processor}, {results.machine.cores} cores")
    for table in tables(results):
        rows = Table(*table.columns, title=table.title, title_justify="left")
        for row in table.rows:
            rows.add_row(*(cell.replace("`", "") for cell in row))
        shown.print(rows)
    if output:
        from livevox.bench.page import write_page

        write_page(output, results)
        console.print(f"{output}")
