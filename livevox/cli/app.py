"""The command line: `livevox separate`, `activity`, `models`, `demo`, `gui`; see also
:mod:`livevox.cli.live` and :mod:`livevox.cli.presets`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from enum import StrEnum
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from livevox.activity import LABEL_FORMATS, DetectionRule, curve_csv, singing_intervals
from livevox.cli.events import Detected, Separated, Stem
from livevox.cli.live import add_commands
from livevox.cli.presets import presets_app
from livevox.cli.reporter import Reporter, console
from livevox.dsp.stft import SAMPLE_RATE
from livevox.errors import LivevoxError
from livevox.media.files import AudioSource, atomic_path, open_audio, writing
from livevox.mixer import Mix
from livevox.network.model import SOURCES, Model, load_model, shipped_models
from livevox.report.picture import activity_picture, check_pictures
from livevox.separator import Separation, StreamingSeparator, separate_blocks

app = typer.Typer(
    help="Hear who sings: detects the singing voice and separates it from the accompaniment.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(presets_app, name="presets")
add_commands(app)

BLOCK_SECONDS = 7.5
"""Long enough that the windows' context costs little, short enough to be little memory."""


class AudioFormat(StrEnum):
    """What stems are written as."""

    wav = "wav"
    flac = "flac"
    ogg = "ogg"


class LabelFormat(StrEnum):
    """What singing intervals are written as."""

    lab = "lab"
    csv = "csv"
    json = "json"
    audacity = "audacity"


Inputs = Annotated[list[Path], typer.Argument(help="audio files", show_default=False)]
Input = Annotated[Path, typer.Argument(help="an audio file", show_default=False)]
ModelOption = Annotated[str, typer.Option("--model", "-m", help="an installed model, or a file")]
JsonOption = Annotated[
    bool,
    typer.Option("--json", help="print progress and results for programs, one JSON object a line"),
]


@app.command()
def separate(
    inputs: Inputs,
    output: Annotated[Path, typer.Option("--output", "-o", help="folder for the results")] = Path(
        "separated"
    ),
    model: ModelOption = "live",
    stems: Annotated[str, typer.Option(help="which to write")] = ",".join(SOURCES),
    mix: Annotated[
        str | None, typer.Option(help="write a mix, too: 'vocals=-12,accompaniment=0', in dB")
    ] = None,
    format: Annotated[AudioFormat, typer.Option(help="of the files written")] = AudioFormat.wav,
    griffin_lim: Annotated[
        int, typer.Option(min=0, help="phase refinement iterations; the paper has 10")
    ] = 0,
    as_json: JsonOption = False,
) -> None:
    """Split songs into voice and accompaniment: OUTPUT/<song>/vocals.wav and so on."""
    with Reporter(as_json) as reporter:
        names = [name.strip() for name in stems.split(",") if name.strip()]
        if not set(names) <= set(SOURCES) or not (names or mix):
            raise LivevoxError(f"--stems has '{stems}': choose from {', '.join(SOURCES)}")
        gains = Mix.parse(mix) if mix is not None else None
        if gains:
            names.append("mix")
        targets = _targets(inputs, output, [f"{name}.{format.value}" for name in names])
        net = load_model(model)
        console.print(f"model {net.info.name} {net.info.version} on {net.provider}")

        def split(path: Path) -> None:
            with open_audio(path) as source:
                with ExitStack() as files:
                    sinks = [
                        files.enter_context(
                            writing(target, source.sample_rate, source.channels, source.samples)
                        )
                        for target in targets[path]
                    ]
                    for part in _separated(source, net, reporter, griffin_lim):
                        blocks = {"vocals": part.vocals, "accompaniment": part.accompaniment}
                        if gains:
                            blocks["mix"] = gains(part.vocals, part.accompaniment)
                        for name, sink in zip(names, sinks, strict=True):
                            sink.write(blocks[name])
                written = tuple(
                    Stem(str(target), name, source.sample_rate, source.samples)
                    for name, target in zip(names, targets[path], strict=True)
                )
            reporter.event(Separated(str(path), written))

        _for_each(inputs, split, reporter)


@app.command()
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
                parts = [part.activity for part in _separated(source, net, reporter)]
                seconds = source.samples / source.sample_rate
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

        _for_each([input], detect, reporter)


@app.command()
def models(
    as_json: Annotated[bool, typer.Option("--json", help="for scripts")] = False,
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
    Console().print(table)


@app.command()
def gui() -> None:
    """Open the window: see the voice, ride the mix."""
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
    seed: Annotated[int, typer.Option(min=0, help="another song for every number")] = 0,
) -> None:
    """Make a short song whose stems are known, separate it, and show how well that went."""
    from livevox.demo.demo import run_demo

    net = load_model(model)
    with console.status("a song is being written and taken apart"):
        scores = run_demo(output, net, seed)
    table = Table("SDR, dB", "the mixture", "separated", title=f"model {net.info.name}")
    for name, (before, after) in scores.items():
        table.add_row(name, f"{before:.1f}", f"{after:.1f}")
    Console().print(table)
    console.print(f"listen and look: {output / 'index.html'}")


def _separated(
    source: AudioSource, net: Model, reporter: Reporter, griffin_lim: int = 0
) -> Iterator[Separation]:
    """The parts of a file, with progress; what was not a number is counted and said."""
    stream = StreamingSeparator(net, source.sample_rate, source.channels, griffin_lim)
    total = source.samples / source.sample_rate
    done = 0
    reporter.progress(source.path, 0.0, total)
    for part in separate_blocks(source.blocks(int(BLOCK_SECONDS * source.sample_rate)), stream):
        yield part
        done += part.vocals.shape[1]
        reporter.progress(source.path, done / source.sample_rate, total)
    if stream.non_finite:
        reporter.warn(
            source.path,
            f"{stream.non_finite} samples are NaN or infinite; silence was put in their place",
        )


def _for_each(inputs: Sequence[Path], work: Callable[[Path], None], reporter: Reporter) -> None:
    """Do the work for every input; one that fails is reported and the others go on."""
    for path in inputs:
        try:
            work(path)
        except LivevoxError as error:
            reporter.fail(path, str(error))


def _targets(inputs: Sequence[Path], output: Path, names: Sequence[str]) -> dict[Path, list[Path]]:
    """The files that each input becomes; LivevoxError where two would become the same."""
    targets: dict[Path, list[Path]] = {}
    taken: dict[Path, Path] = {path.resolve(): path for path in inputs}
    for path in dict.fromkeys(inputs):
        targets[path] = [output / path.stem / name for name in names]
        for target in targets[path]:
            other = taken.setdefault(target.resolve(), path)
            if other != path or target.resolve() == path.resolve():
                raise LivevoxError(
                    f"{path} would be written over {other}, as {target}: "
                    "rename one, or choose another folder with -o"
                )
    return targets


def _write_text(path: Path, text: str) -> None:
    with atomic_path(path) as part:
        part.write_text(text, encoding="utf-8")


def main() -> None:
    """The `livevox` command."""
    try:
        app()
    except LivevoxError as error:
        console.print(f"livevox: {error}")
        sys.exit(1)
