"""`livevox models`."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer
from rich.table import Table

from livevox.cli.output import console_of_results
from livevox.dsp.stft import SAMPLE_RATE
from livevox.network.model import load_model, shipped_models


def models(
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """List the installed models, with their latency."""
    rows = []
    for path in shipped_models().values():
        net = load_model(path)
        geometry = net.info.geometry
        rows.append(
            net.info.to_metadata()
            | {
                "look_ahead": geometry.look_ahead,
                "step": geometry.step,
                "latency_samples": geometry.latency,
                "latency_ms": round(1000 * geometry.latency / SAMPLE_RATE, 1),
                "megabytes": round(path.stat().st_size / 1e6, 1),
                "provider": net.provider,
            }
        )
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
        return
    columns = {
        "name": "model",
        "version": "version",
        "latency_ms": "latency, ms",
        "megabytes": "MB",
        "provider": "runs on",
        "licence": "licence",
    }
    table = Table(*columns.values(), caption="latency at 44.1 kHz; licence of the weights")
    for row in rows:
        table.add_row(*(str(row[column]) for column in columns))
    console_of_results().print(table)
