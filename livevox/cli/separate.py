"""`livevox separate`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from livevox.cli.batch import (
    InputsArgument,
    JsonOption,
    Lenient,
    ModelOption,
    ended_by_signals,
    failure_told,
)
from livevox.cli.cluster import on_cluster
from livevox.cli.events import Separated
from livevox.cli.inputs import music_files
from livevox.cli.jobs import in_processes
from livevox.cli.reporter import Reporter, console
from livevox.cli.separation import Peaks, Recipe, Task, current_model, separate_file
from livevox.cli.span import DurationOption, Span, StartOption
from livevox.errors import LivevoxError
from livevox.media.encoding import Quality
from livevox.media.names import DEFAULT_TEMPLATE, FIELDS, Existing, Names
from livevox.mixer import Mix
from livevox.network.model import SOURCES


class AudioFormat(StrEnum):
    """What stems are written as."""

    wav = "wav"
    flac = "flac"
    ogg = "ogg"
    mp3 = "mp3"
    m4a = "m4a"


def separate(
    inputs: InputsArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="folder for the results")] = Path(
        "separated"
    ),
    model: ModelOption = "live",
    stems: Annotated[str, typer.Option(help="which to write")] = ",".join(SOURCES),
    mix: Annotated[
        str | None, typer.Option(help="write a mix, too: 'vocals=-12,accompaniment=0', in dB")
    ] = None,
    format: Annotated[AudioFormat, typer.Option(help="of the files written")] = AudioFormat.wav,
    bits: Annotated[
        int | None, typer.Option(help="16, 24 or 32 (float) of WAV, 16 or 24 of FLAC")
    ] = None,
    bit_rate: Annotated[
        int | None,
        typer.Option(min=8, max=320, help="of MP3 and M4A, kbit/s", show_default="256"),
    ] = None,
    peaks: Annotated[
        Peaks, typer.Option(help="above full scale: clipped, or all stems made softer")
    ] = Peaks.clip,
    name: Annotated[
        str,
        typer.Option(
            help="of the files below OUTPUT, from " + ", ".join(f"{{{field}}}" for field in FIELDS)
        ),
    ] = DEFAULT_TEMPLATE,
    existing: Annotated[
        Existing, typer.Option(help="what to do about results that are there already")
    ] = Existing.overwrite,
    start: StartOption = 0.0,
    duration: DurationOption = None,
    griffin_lim: Annotated[
        int, typer.Option(min=0, help="phase refinement iterations; the paper has 10")
    ] = 0,
    lenient: Lenient = False,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, help="so many files at a time, in processes")
    ] = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="tcp://HOST:PORT", help="on the workers of a Dask cluster"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Split songs into voice and accompaniment: OUTPUT/<song>/vocals.wav and so on."""
    with Reporter(as_json) as reporter:
        if scheduler is not None and jobs > 1:
            raise LivevoxError("--jobs is for this machine, --scheduler for others: give one")
        stem_names = [stem.strip() for stem in stems.split(",") if stem.strip()]
        if not set(stem_names) <= set(SOURCES) or not (stem_names or mix):
            raise LivevoxError(f"--stems has '{stems}': choose from {', '.join(SOURCES)}")
        span = Span(start, duration)
        quality = Quality(bits, bit_rate)
        quality.check(format.value)
        gains = Mix.parse(mix) if mix is not None else None
        if gains:
            stem_names.append("mix")
        files = music_files(inputs, reporter.tell, output)
        names = Names(name, output, stem_names, f".{format.value}", existing, files)
        net = current_model(model)
        console.print(f"model {net.info.name} {net.info.version} on {net.provider}")
        recipe = Recipe(
            model, net.info, stem_names, gains, quality, peaks, span, griffin_lim, lenient
        )
        reporter.expect(len(files))
        tasks = _tasks(files, names, recipe, reporter)
        with ended_by_signals():
            if scheduler is not None:
                on_cluster(tasks, scheduler, reporter.tell)
            elif jobs > 1:
                in_processes(tasks, jobs, reporter.tell)
            else:
                for task in tasks:
                    separate_file(task, reporter.tell)


def _tasks(
    files: Sequence[Path], names: Names, recipe: Recipe, reporter: Reporter
) -> Iterator[Task]:
    """What is to do; what is not, or can't be done, is told."""
    for path in files:
        targets = None
        with failure_told(path, reporter.tell):
            targets = names.of(path)
            if targets is None:
                console.print(f"{path}: skipped, its results are there already")
                reporter.tell(Separated(str(path), ()))
        if targets:
            yield Task(recipe, path, targets)
