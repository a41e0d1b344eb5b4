"""`livevox separate`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from enum import StrEnum
from math import log10
from pathlib import Path
from typing import Annotated

import typer

from livevox.cli.batch import InputsArgument, JsonOption, Lenient, ModelOption, for_each, separated
from livevox.cli.events import Separated, Stem
from livevox.cli.inputs import music_files
from livevox.cli.reporter import Reporter, console
from livevox.cli.span import DurationOption, Span, StartOption
from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.media.encoding import Quality
from livevox.media.files import open_audio
from livevox.media.names import DEFAULT_TEMPLATE, FIELDS, Existing, Names
from livevox.media.peaks import Held
from livevox.media.tags import read_tags
from livevox.media.writing import AudioSink, writing
from livevox.mixer import Mix
from livevox.network.model import SOURCES, load_model
from livevox.separator import Separation


class Peaks(StrEnum):
    """Treatment of sound above full scale (0 dBFS)."""

    clip = "clip"
    scale = "scale"


class AudioFormat(StrEnum):
    """File format of the stems."""

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
    stems: Annotated[str, typer.Option(help="stems to write")] = ",".join(SOURCES),
    mix: Annotated[
        str | None, typer.Option(help="also write a mix: 'vocals=-12,accompaniment=0', in dB")
    ] = None,
    format: Annotated[AudioFormat, typer.Option(help="file format")] = AudioFormat.wav,
    bits: Annotated[
        int | None, typer.Option(help="WAV: 16, 24 or 32 (float); FLAC: 16 or 24")
    ] = None,
    bit_rate: Annotated[
        int | None,
        typer.Option(min=8, max=320, help="kbit/s, for MP3 and M4A", show_default="256"),
    ] = None,
    peaks: Annotated[
        Peaks, typer.Option(help="above full scale: clip, or lower all stems")
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
    start: StartOption = 0.0,
    duration: DurationOption = None,
    griffin_lim: Annotated[
        int, typer.Option(min=0, help="phase refinement iterations; 10 in the paper")
    ] = 0,
    lenient: Lenient = False,
    as_json: JsonOption = False,
) -> None:
    """Split songs into voice and accompaniment: OUTPUT/<song>/vocals.wav and so on."""
    with Reporter(as_json) as reporter:
        stem_names = [stem.strip() for stem in stems.split(",") if stem.strip()]
        if not set(stem_names) <= set(SOURCES) or not (stem_names or mix):
            raise LivevoxError(f"--stems is '{stems}': choose from {', '.join(SOURCES)}")
        span = Span(start, duration)
        quality = Quality(bits, bit_rate)
        quality.check(format.value)
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
                console.print(f"{path}: skipped, its results exist")
                reporter.event(Separated(str(path), ()))
                return
            with open_audio(path) as source:
                tags = read_tags(path)
                with ExitStack() as opened:
                    sinks = [
                        opened.enter_context(
                            writing(
                                target,
                                source.sample_rate,
                                source.channels,
                                span.samples(source),
                                source.layout,
                                quality,
                                tags,
                            )
                        )
                        for target in targets
                    ]
                    parts = separated(source, net, reporter, griffin_lim, lenient, span)
                    blocks: Iterator[list[Audio]] = (
                        _stems(part, gains, stem_names) for part in parts
                    )
                    if peaks is Peaks.scale:
                        held = opened.enter_context(Held(targets[0].parent))
                        blocks = _softer(path, blocks, held, reporter)
                    for block in blocks:
                        for stem, sink in zip(block, sinks, strict=True):
                            sink.write(stem)
                _tell_clipped(path, sinks, reporter)
                written = tuple(
                    Stem(str(target), stem, source.sample_rate, sink.samples)
                    for stem, target, sink in zip(stem_names, targets, sinks, strict=True)
                )
            reporter.event(Separated(str(path), written))

        for_each(files, split, reporter)


def _stems(part: Separation, gains: Mix | None, names: Sequence[str]) -> list[Audio]:
    """The stems of a part, in the order of the names."""
    stems = {"vocals": part.vocals, "accompaniment": part.accompaniment}
    if gains:
        stems["mix"] = gains(part.vocals, part.accompaniment)
    return [stems[name] for name in names]


def _softer(
    path: Path, blocks: Iterable[list[Audio]], held: Held, reporter: Reporter
) -> Iterator[list[Audio]]:
    """The blocks; if any is above full scale, all get the same gain, with a warning."""
    for block in blocks:
        held.write(block)
    if held.gain < 1:
        peak, gain = (20 * log10(value) for value in (held.peak, held.gain))
        reporter.warn(path, f"the peak is {peak:+.2f} dBFS; all stems are {-gain:.2f} dB lower")
    for scaled in held.scaled():
        yield list(scaled)


def _tell_clipped(path: Path, sinks: Sequence[AudioSink], reporter: Reporter) -> None:
    for sink in sinks:
        if sink.clipped:
            reporter.warn(
                path,
                f"{sink.clipped} samples above full scale were clipped in {sink.path}; "
                "--peaks scale lowers all stems instead",
            )
