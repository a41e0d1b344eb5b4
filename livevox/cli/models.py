"""`livevox models`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from livevox.cli.output import console_of_results
from livevox.cli.reporter import console
from livevox.dsp.stft import FRAME_RATE, SAMPLE_RATE
from livevox.network.fastest import TimesOrReason, fastest
from livevox.network.geometry import Geometry
from livevox.network.model import Model, load_model, measure_providers, shipped_models

COLUMNS = {
    "name": "model",
    "version": "version",
    "latency_ms": "latency, ms",
    "megabytes": "MB",
    "provider": "live on",
    "licence": "licence",
}


def models(
    measure: Annotated[
        bool, typer.Option("--measure", help="measure anew what runs each of them fastest")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """List the installed models, with their latency."""
    shipped = shipped_models().values()
    measured = {}
    if measure:
        with console.status("measuring"):
            measured = {path: measure_providers(path) for path in shipped}
    nets = {path: load_model(path, live=True) for path in shipped}
    rows = [_row(path, net) for path, net in nets.items()]
    if as_json:
        for row, providers in zip(rows, measured.values(), strict=False):
            row["providers"] = {
                name: each if isinstance(each, str) else asdict(each)
                for name, each in providers.items()
            }
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
        return
    shown = console_of_results()
    table = Table(*COLUMNS.values(), caption="latency at 44.1 kHz; licence of the weights")
    for row in rows:
        table.add_row(*(str(row[column]) for column in COLUMNS))
    shown.print(table)
    if measure:
        times = Table(
            *("model", "on", "step, ms", "99th percentile", "room", "file, times real time", ""),
            caption="a step of the stream: its median and 99th percentile, and the share of its "
            "period that the latter leaves",
        )
        for path, providers in measured.items():
            for cells in _cells(nets[path].info.geometry, providers):
                times.add_row(nets[path].info.name, *cells)
        shown.print(times)


def _row(path: Path, net: Model) -> dict[str, object]:
    geometry = net.info.geometry
    return net.info.to_metadata() | {
        "look_ahead": geometry.look_ahead,
        "step": geometry.step,
        "latency_samples": geometry.latency,
        "latency_ms": round(1000 * geometry.latency / SAMPLE_RATE, 1),
        "megabytes": round(path.stat().st_size / 1e6, 1),
        "provider": net.provider,
    }


def _cells(geometry: Geometry, providers: Mapping[str, TimesOrReason]) -> Iterator[tuple[str, ...]]:
    """One provider after another."""
    period = geometry.step / FRAME_RATE
    for name, times in providers.items():
        if isinstance(times, str):
            yield (name, *[""] * 4, times)
            continue
        chosen = [what for what in ("live", "file") if fastest(providers, what == "live") == name]
        way = " in windows" if times.windowed else ""
        yield (
            name,
            f"{1000 * times.step:.2f}{way}",
            f"{1000 * times.step_99:.2f}",
            f"{1 - times.step_99 / period:.0%}",
            f"{1 / (times.file_frame * FRAME_RATE):.0f}",
            f"for {' and '.join(chosen)}" if chosen else "",
        )
