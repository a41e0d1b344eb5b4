"""`livevox activity`."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from livevox.activity import LABEL_FORMATS, DetectionRule, curve_csv, singing_intervals
from livevox.cli.batch import JsonOption, Lenient, ModelOption, for_each, separated
from livevox.cli.events import Detected
from livevox.cli.reporter import Reporter
from livevox.errors import LivevoxError
from livevox.media.files import atomic_path, open_audio
from livevox.network.model import load_model
from livevox.report.picture import activity_picture, check_pictures


class LabelFormat(StrEnum):
    """What singing intervals are written as."""

    lab = "lab"
    csv = "csv"
    json = "json"
    audacity = "audacity"


Input = Annotated[Path, typer.Argument(help="an audio file", show_default=False)]


def activity(
    input: Input,
    model: ModelOption = "live",
    format: Annotated[LabelFormat, typer.Option(help="of the intervals")] = LabelFormat.lab,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="file for the intervals, else printed")
    ] = None,
    curve: Annotated[
        Path | None, typer.Option(help="write the probability curve to this CSV file")
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="draw the curve to this PNG file")] = None,
    threshold: Annotated[
        float, typer.Option(help="probability at which singing begins")
    ] = DetectionRule.threshold,
    hysteresis: Annotated[
        float, typer.Option(help="how far below the threshold singing goes on")
    ] = DetectionRule.hysteresis,
    min_gap: Annotated[
        float, typer.Option(help="shorter gaps are closed, seconds")
    ] = DetectionRule.min_gap,
    min_length: Annotated[
        float, typer.Option(help="shorter intervals are dropped, seconds")
    ] = DetectionRule.min_length,
    lenient: Lenient = False,
    as_json: JsonOption = False,
) -> None:
    """Find where somebody sings."""
    with Reporter(as_json) as reporter:
        try:
            rule = DetectionRule(threshold, hysteresis, min_gap, min_length)
        except ValueError as error:
            raise LivevoxError(str(error)) from None
        if plot:
            if plot.suffix.lower() != ".png":
                raise LivevoxError(f"--plot has '{plot}': name a .png file")
            check_pictures()
        net = load_model(model)

        def detect(path: Path) -> None:
            with open_audio(path) as source:
                samples, parts = 0, []
                for part in separated(source, net, reporter, lenient=lenient):
                    parts.append(part.activity)
                    samples += part.vocals.shape[1]
                seconds = samples / source.sample_rate
            probability = np.concatenate(parts)
            intervals = singing_intervals(probability, rule)
            labels = LABEL_FORMATS[format.value](intervals, seconds)
            if output:
                _write_text(output, labels)
            elif not as_json:
                sys.stdout.write(labels)
            if curve:
                _write_text(curve, curve_csv(probability))
            if plot:
                activity_picture(plot, probability, intervals, threshold, path.name)
            written = tuple(str(file) for file in (output, curve, plot) if file)
            reporter.event(Detected(str(path), tuple(intervals), written))

        for_each([input], detect, reporter)


def _write_text(path: Path, text: str) -> None:
    with atomic_path(path) as part:
        part.write_text(text, encoding="utf-8")
