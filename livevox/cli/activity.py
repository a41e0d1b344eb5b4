"""`livevox activity`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from livevox.activity import LABEL_FORMATS, DetectionRule, curve_csv, singing_intervals, smoothed
from livevox.cli.batch import (
    InputsArgument,
    JsonOption,
    Lenient,
    ModelOption,
    ProviderOption,
    TrackOption,
    ended_by_signals,
    failure_reported,
    opened,
    separated,
)
from livevox.cli.events import Detected
from livevox.cli.inputs import music_files
from livevox.cli.pipes import standard_input
from livevox.cli.reporter import Reporter, show_notices
from livevox.cli.span import DurationOption, Span, StartOption
from livevox.errors import LivevoxError
from livevox.media.disk import disk_errors
from livevox.media.files import atomic_path
from livevox.media.names import Existing, Names
from livevox.network.model import load_model
from livevox.report.picture import activity_picture, check_pictures


class LabelFormat(StrEnum):
    """File format of the singing intervals."""

    lab = "lab"
    csv = "csv"
    json = "json"
    audacity = "audacity"


SUFFIXES = {
    LabelFormat.lab: ".lab",
    LabelFormat.csv: ".csv",
    LabelFormat.json: ".json",
    LabelFormat.audacity: ".txt",
}
"""File suffix of each format."""


def activity(
    inputs: InputsArgument,
    model: ModelOption = "live",
    format: Annotated[LabelFormat, typer.Option(help="file format")] = LabelFormat.lab,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="file for the intervals (default: print them), or a folder",
        ),
    ] = None,
    curve: Annotated[
        Path | None, typer.Option(help="CSV file for the probability curve, or a folder")
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="PNG picture of the curve, or a folder")] = None,
    threshold: Annotated[
        float, typer.Option(help="probability at which singing begins")
    ] = DetectionRule.threshold,
    hysteresis: Annotated[
        float, typer.Option(help="singing ends this far below the threshold")
    ] = DetectionRule.hysteresis,
    min_gap: Annotated[
        float, typer.Option(help="close shorter gaps, seconds")
    ] = DetectionRule.min_gap,
    min_length: Annotated[
        float, typer.Option(help="drop shorter intervals, seconds")
    ] = DetectionRule.min_length,
    provider: ProviderOption = "auto",
    track: TrackOption = None,
    start: StartOption = 0.0,
    duration: DurationOption = None,
    lenient: Lenient = False,
    as_json: JsonOption = False,
) -> None:
    """Detect where somebody sings.

    With several inputs, or a folder as input, --output, --curve and --plot are folders. Times are
    always those of the file.
    """
    with (
        Reporter(as_json) as reporter,
        ended_by_signals(),
        standard_input(inputs, reporter) as given,
    ):
        try:
            rule = DetectionRule(threshold, hysteresis, min_gap, min_length)
        except ValueError as error:
            raise LivevoxError(str(error)) from None
        span = Span(start, duration)
        files = music_files(given, reporter.report)
        several = len(given) > 1 or files != given
        if several and files and not (output or curve or plot or as_json):
            raise LivevoxError("several inputs need a folder for the intervals: name one with -o")
        if plot:
            if not several and plot.suffix.lower() != ".png":
                raise LivevoxError(f"--plot is '{plot}': give a .png file")
            check_pictures()
        label_place = _places(output, "{name}", SUFFIXES[format], several, files)
        curve_place = _places(curve, "{name} (curve)", ".csv", several, files)
        plot_place = _places(plot, "{name}", ".png", several, files)
        net = load_model(model, provider)
        show_notices(net)

        def detect(path: Path) -> None:
            with opened(path, track, reporter.report) as source:
                samples, parts = 0, []
                for part in separated(source, net, reporter.report, lenient=lenient, span=span):
                    parts.append(part.activity)
                    samples += part.vocals.shape[1]
                first = span.first(source) / source.sample_rate
                last = first + samples / source.sample_rate
            probability = smoothed(np.concatenate(parts))
            intervals = [
                # The last frame may reach beyond the end.
                (round(first + begin, 3), round(min(first + end, last), 3))
                for begin, end in singing_intervals(probability, rule)
                if first + begin < last
            ]
            labels = LABEL_FORMATS[format.value](intervals, last, first)
            label_file, curve_file, plot_file = (
                place(path) for place in (label_place, curve_place, plot_place)
            )
            if label_file:
                _write_text(label_file, labels)
            elif not (several or as_json):
                sys.stdout.write(labels)
            if curve_file:
                _write_text(curve_file, curve_csv(probability, first))
            if plot_file:
                with disk_errors(plot_file):
                    activity_picture(plot_file, probability, intervals, threshold, path.name, first)
            written = tuple(str(file) for file in (label_file, curve_file, plot_file) if file)
            reporter.report(Detected(str(path), tuple(intervals), written))

        reporter.expect(len(files))
        for path in files:
            with failure_reported(path, reporter.report):
                detect(path)


def _places(
    given: Path | None, template: str, suffix: str, several: bool, files: Sequence[Path]
) -> Callable[[Path], Path | None]:
    """A function from an input to its result: ``given`` or, for several inputs, a file in it."""
    if given is None or not several:
        return lambda path: given
    names = Names(template, given, ["activity"], suffix, Existing.overwrite, files)

    def place(path: Path) -> Path | None:
        found = names.of(path)
        return found[0] if found else None

    return place


def _write_text(path: Path, text: str) -> None:
    with disk_errors(path), atomic_path(path) as part:
        part.write_text(text, encoding="utf-8")
