"""`livevox separate`."""

from __future__ import annotations

from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from livevox.cli.batch import InputsArgument, JsonOption, Lenient, ModelOption, for_each, separated
from livevox.cli.events import Separated, Stem
from livevox.cli.inputs import music_files
from livevox.cli.reporter import Reporter, console
from livevox.errors import LivevoxError
from livevox.media.encoding import BIT_RATES
from livevox.media.files import open_audio
from livevox.media.names import DEFAULT_TEMPLATE, FIELDS, Existing, Names
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
    bit_rate: Annotated[
        int | None,
        typer.Option(min=8, max=320, help="of MP3 and M4A, kbit/s", show_default="256"),
    ] = None,
    name: Annotated[
        str,
        typer.Option(
            help="of the files below OUTPUT, from " + ", ".join(f"{{{field}}}" for field in FIELDS)
        ),
    ] = DEFAULT_TEMPLATE,
    existing: Annotated[
        Existing, typer.Option(help="what to do about results that are there already")
    ] = Existing.overwrite,
    griffin_lim: Annotated[
        int, typer.Option(min=0, help="phase refinement iterations; the paper has 10")
    ] = 0,
    lenient: Lenient = False,
    as_json: JsonOption = False,
) -> None:
    """Split songs into voice and accompaniment: OUTPUT/<song>/vocals.wav and so on."""
    with Reporter(as_json) as reporter:
        stem_names = [stem.strip() for stem in stems.split(",") if stem.strip()]
        if not set(stem_names) <= set(SOURCES) or not (stem_names or mix):
            raise LivevoxError(f"--stems has '{stems}': choose from {', '.join(SOURCES)}")
        if bit_rate and format.value not in BIT_RATES:
            raise LivevoxError(
                f"--bit-rate is {bit_rate}, but {format.value} has none: "
                f"choose --format {' or '.join(BIT_RATES)}"
            )
        gains = Mix.parse(mix) if mix is not None else None
        if gains:
            stem_names.append("mix")
        files = music_files(inputs, reporter, output)
        names = Names(name, output, stem_names, f".{format.value}", existing, files)
        net = load_model(model)
        console.print(f"model {net.info.name} {net.info.version} on {net.provider}")

        def split(path: Path) -> None:
            targets = names.of(path)
            if targets is None:
                console.print(f"{path}: skipped, its results are there already")
                reporter.event(Separated(str(path), ()))
                return
            with open_audio(path) as source:
                with ExitStack() as opened:
                    sinks = [
                        opened.enter_context(
                            writing(
                                target,
                                source.sample_rate,
                                source.channels,
                                source.samples,
                                source.layout,
                                bit_rate,
                            )
                        )
                        for target in targets
                    ]
                    for part in separated(source, net, reporter, griffin_lim, lenient):
                        blocks = {"vocals": part.vocals, "accompaniment": part.accompaniment}
                        if gains:
                            blocks["mix"] = gains(part.vocals, part.accompaniment)
                        for stem, sink in zip(stem_names, sinks, strict=True):
                            sink.write(blocks[stem])
                written = tuple(
                    Stem(str(target), stem, source.sample_rate, sink.samples)
                    for stem, target, sink in zip(stem_names, targets, sinks, strict=True)
                )
            reporter.event(Separated(str(path), written))

        for_each(files, split, reporter)
