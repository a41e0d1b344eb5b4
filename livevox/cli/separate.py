"""`livevox separate`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from livevox.cli.batch import (
    InputsArgument,
    JsonOption,
    Lenient,
    ModelOption,
    ProviderOption,
    TrackOption,
    ended_by_signals,
    failure_reported,
)
from livevox.cli.cluster import on_cluster
from livevox.cli.events import Separated
from livevox.cli.inputs import music_files
from livevox.cli.jobs import in_processes
from livevox.cli.pipes import PIPE, standard_input, standard_output
from livevox.cli.reporter import Reporter, show, show_notices
from livevox.cli.separation import Peaks, Recipe, Task, current_model, separate_file
from livevox.cli.span import WHOLE, DurationOption, Span, StartOption
from livevox.errors import LivevoxError
from livevox.media.encoding import Quality
from livevox.media.names import DEFAULT_TEMPLATE, FIELDS, Existing, Names
from livevox.media.stretch import Stretch
from livevox.media.video import video_suffix
from livevox.mixer import Mix
from livevox.network.info import SOURCES


class AudioFormat(StrEnum):
    """File format of the stems."""

    wav = "wav"
    flac = "flac"
    ogg = "ogg"
    mp3 = "mp3"
    m4a = "m4a"


def separate(
    inputs: InputsArgument,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="folder for the results, or - (standard output) for one"
        ),
    ] = Path("separated"),
    model: ModelOption = "live",
    provider: ProviderOption = "auto",
    stems: Annotated[str, typer.Option(help="stems to write")] = ",".join(SOURCES),
    mix: Annotated[
        str | None, typer.Option(help="also write a mix: 'vocals=-12,accompaniment=0', in dB")
    ] = None,
    format: Annotated[AudioFormat, typer.Option(help="file format")] = AudioFormat.wav,
    mux: Annotated[
        bool, typer.Option("--mux", help="write the videos, with a stem as their sound (AAC)")
    ] = False,
    bits: Annotated[
        int | None, typer.Option(help="WAV: 16, 24 or 32 (float); FLAC: 16 or 24")
    ] = None,
    bit_rate: Annotated[
        int | None,
        typer.Option(min=8, max=320, help="kbit/s, for MP3 and M4A", show_default="256"),
    ] = None,
    peaks: Annotated[
        Peaks,
        typer.Option(help="above full scale: clip integers, scale (lower) all stems, or only warn"),
    ] = Peaks.clip,
    name: Annotated[
        str,
        typer.Option(
            help="file names in OUTPUT, with " + ", ".join(f"{{{field}}}" for field in FIELDS)
        ),
    ] = DEFAULT_TEMPLATE,
    existing: Annotated[
        Existing, typer.Option(help="what to do with existing results")
    ] = Existing.overwrite,
    track: TrackOption = None,
    start: StartOption = 0.0,
    duration: DurationOption = None,
    tempo: Annotated[float, typer.Option(metavar="PERCENT", help="50 to 150")] = 100.0,
    key: Annotated[float, typer.Option(metavar="SEMITONES", help="-6 to 6, also 0.5")] = 0.0,
    griffin_lim: Annotated[
        int, typer.Option(min=0, help="phase refinement iterations; 10 in the paper")
    ] = 0,
    lenient: Lenient = False,
    jobs: Annotated[
        int,
        typer.Option("--jobs", "-j", min=1, help="files at a time, each in its process"),
    ] = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="tcp://HOST:PORT", help="separate on a Dask cluster"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Split songs into voice and accompaniment: OUTPUT/<song>/vocals.wav and so on."""
    with ExitStack() as opened:
        reporter = opened.enter_context(Reporter(as_json))
        opened.enter_context(ended_by_signals())
        names_of_stems = _stems(stems, mix)
        span = Span(start, duration)
        stretch = Stretch(tempo / 100, 100 * key)
        if mux and (format is not AudioFormat.wav or span != WHOLE or stretch.tempo != 1):
            raise LivevoxError(
                "--mux keeps whole videos, with AAC: leave out --format, --start, --duration and "
                "--tempo"
            )
        quality = Quality(bits, bit_rate)
        quality.check("mkv" if mux else format.value)
        gains = Mix.parse(mix) if mix is not None else None
        if scheduler is not None:
            _check_for_cluster([*inputs, output], jobs)
        files = music_files(
            opened.enter_context(standard_input(inputs, reporter)), reporter.report, output
        )
        if output == PIPE:
            _check_for_output(files, names_of_stems, as_json)
            output = opened.enter_context(standard_output())
        names = Names(name, output, names_of_stems, f".{format.value}", existing, files)
        net = current_model(model, provider)
        show_notices(net)
        show(f"model {net.info.name} {net.info.version} on {net.provider}")
        recipe = Recipe(
            model=model,
            provider=provider,
            info=net.info,
            stems=names_of_stems,
            gains=gains,
            quality=quality,
            peaks=peaks,
            track=track,
            span=span,
            stretch=stretch,
            mux=mux,
            griffin_lim=griffin_lim,
            lenient=lenient,
        )
        reporter.expect(len(files))
        tasks = _tasks(files, names, recipe, reporter)
        if scheduler is not None:
            on_cluster(tasks, scheduler, reporter.report)
        elif jobs > 1:
            in_processes(tasks, jobs, reporter.report)
        else:
            for task in tasks:
                separate_file(task, reporter.report)


def _stems(stems: str, mix: str | None) -> list[str]:
    """The stems that are asked for, and the mix."""
    names = [stem.strip() for stem in stems.split(",") if stem.strip()]
    if not set(names) <= set(SOURCES) or not (names or mix):
        raise LivevoxError(f"--stems is '{stems}': choose from {', '.join(SOURCES)}")
    return names if mix is None else [*names, "mix"]


def _check_for_cluster(paths: Sequence[Path], jobs: int) -> None:
    if jobs > 1:
        raise LivevoxError("--jobs is for this machine, --scheduler for others: give one")
    if PIPE in paths:
        raise LivevoxError("- is a pipe of this machine: name files and a folder for --scheduler")


def _check_for_output(files: Sequence[Path], stems: Sequence[str], as_json: bool) -> None:
    if len(files) > 1 or len(stems) > 1:
        raise LivevoxError("standard output takes one stem of one file: choose it with --stems")
    if as_json:
        raise LivevoxError("standard output takes the stem or --json: leave out one")


def _tasks(
    files: Sequence[Path], names: Names, recipe: Recipe, reporter: Reporter
) -> Iterator[Task]:
    """The tasks. Skipped files and failures are reported."""
    for path in files:
        targets = None
        with failure_reported(path, reporter.report):
            targets = names.of(path, video_suffix(path) if recipe.mux else None)
            if targets is None:
                show(f"{path}: skipped, its results exist")
                reporter.report(Separated(str(path), ()))
        if targets:
            yield Task(recipe, path, targets)
