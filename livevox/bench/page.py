"""The results as a page of the documentation."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from pathlib import Path

from livevox.bench.picture import draw
from livevox.bench.results import Benchmark
from livevox.bench.tables import tables
from livevox.report.page import write_filled

WIDTH = 110


def write_page(path: Path, results: Benchmark) -> None:
    """Write the page, and its picture beside it. Raises LivevoxError if that can't be done."""
    picture = path.with_suffix(".png")
    draw(picture, results)
    shown = (replace(table, text=textwrap.fill(table.text, WIDTH)) for table in tables(results))
    write_filled(
        path,
        __package__,
        "benchmarks.md",
        machine=results.machine,
        rounds=results.rounds,
        song_seconds=results.song_seconds,
        tables=list(shown),
        picture=picture.name,
    )
