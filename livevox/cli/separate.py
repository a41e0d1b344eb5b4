"""`livevox separate`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from livevox.cli.batch import JsonOption, Lenient, ModelOption, for_each, separated
from livevox.cli.events import Separated, Stem
from livevox.cli.reporter import Reporter, console
from livevox.errors import LivevoxError
from livevox.media.encoding import BIT_RATES
from livevox.media.files import open_audio
from livevox.media.writing import writing
from livevox.mixer import Mix
from livevox.network.model import SOURCES, load_model


class AudioFormat(StrEnum):
    """What stems are written as."""

    wav = "wav"
    flac = "flac"
    ogg = "ogg"
    mp3 = "mp3"
    m4a = "m4a"


Inputs = Annotated[list[Path], typer.Argument(help="audio files", show_default=False)]


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
    bit_rate: Annotated[
        int | None,
        typer.Option(min=8, max=320, help="of MP3 and M4A, kbit/s", show_default="256"),
    ] = None,
    griffin_lim: Annotated[
        int, typer.Option(min=0, help="phase refinement iterations; the paper has 10")
    ] = 0,
    lenient: Lenient = False,
    as_json: JsonOption = False,
) -> None:
    """Split songs into voice and accompaniment: OUTPUT/<song>/vocals.wav and so on."""
    with Reporter(as_json) as reporter:
        names = [name.strip() for name in stems.split(",") if name.strip()]
        if not set(names) <= set(SOURCES) or not (names or mix):
            raise LivevoxError(f"--stems has '{stems}': choose from {', '.join(SOURCES)}")
        if bit_rate and format.value not in BIT_RATES:
            raise LivevoxError(
                f"--bit-rate is {bit_rate}, but {format.value} has none: "
                f"choose --format {' or '.join(BIT_RATES)}"
            )
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
                            writing(
                                target,
                                source.sample_rate,
                                source.channels,
                                source.samples,
                                source.layout,
                                bit_rate,
                            )
                        )
                        for target in targets[path]
                    ]
                    for part in separated(source, net, reporter, griffin_lim, lenient):
                        blocks = {"vocals": part.vocals, "accompaniment": part.accompaniment}
                        if gains:
                            blocks["mix"] = gains(part.vocals, part.accompaniment)
                        for name, sink in zip(names, sinks, strict=True):
                            sink.write(blocks[name])
                written = tuple(
                    Stem(str(target), name, source.sample_rate, sink.samples)
                    for name, target, sink in zip(names, targets[path], sinks, strict=True)
                )
            reporter.event(Separated(str(path), written))

        for_each(inputs, split, reporter)


def _targets(inputs: Sequence[Path], output: Path, names: Sequence[str]) -> dict[Path, list[Path]]:
    """The files that each input becomes; LivevoxError where two would become the same."""
    targets: dict[Path, list[Path]] = {}
    taken = {os.path.realpath(path): path for path in inputs}
    for path in dict.fromkeys(inputs):
        targets[path] = [output / path.stem / name for name in names]
        for target in targets[path]:
            place = os.path.realpath(target)
            other = taken.setdefault(place, path)
            if other != path or place == os.path.realpath(path):
                raise LivevoxError(
                    f"{path} would be written over {other}, as {target}: "
                    "rename one, or choose another folder with -o"
                )
    return targets
