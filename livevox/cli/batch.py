"""What the commands on files share: options, progress, failures, and their end by a signal."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from livevox.cli.events import Failed, OnEvent, Progress, Warned
from livevox.cli.span import WHOLE, Span
from livevox.errors import LivevoxError
from livevox.media.files import open_audio
from livevox.media.source import AudioSource, DamagedError
from livevox.network.model import Model
from livevox.network.providers import Provider
from livevox.separator import Separation, StreamingSeparator, separate_blocks

InputsArgument = Annotated[
    list[Path],
    typer.Argument(
        help="audio files, videos, folders, patterns as '*.mp3', or - (standard input)",
        show_default=False,
    ),
]
ModelOption = Annotated[str, typer.Option("--model", "-m", help="an installed model, or a file")]
ProviderOption = Annotated[
    Provider,
    typer.Option("--provider", help="what runs the network; auto: the fastest, which is measured"),
]
Lenient = Annotated[
    bool, typer.Option("--lenient", help="read damaged files as far as possible, with a warning")
]
TrackOption = Annotated[
    int | None,
    typer.Option("--track", min=1, help="number of the audio track, from 1; else the default one"),
]
JsonOption = Annotated[
    bool,
    typer.Option("--json", help="print progress and results as JSON, one object a line"),
]

BLOCK_SECONDS = 7.5
"""Longer blocks spend less on the windows' context, shorter ones need less memory."""


@contextmanager
def opened(path: Path, track: int | None, report: OnEvent) -> Iterator[AudioSource]:
    """Open an audio track, counted from 1. With several and no choice, report which one it is."""
    with open_audio(path, None if track is None else track - 1) as source:
        if len(source.tracks) > 1 and track is None:
            tracks = ", ".join(
                f"{number} ({what})" if what else f"{number}"
                for number, what in enumerate(source.tracks, 1)
            )
            taken = f"{source.track + 1} is taken, --track chooses another"
            report(Warned(str(path), f"it has the audio tracks {tracks}; {taken}"))
        yield source


def separated(
    source: AudioSource,
    net: Model,
    report: OnEvent,
    griffin_lim: int = 0,
    lenient: bool = False,
    span: Span = WHOLE,
) -> Iterator[Separation]:
    """Separate a span of a file part by part; report progress, and samples that are no numbers.

    Raises DamagedError if the file is damaged, before the work starts if that is known by then. If
    ``lenient``, reports the damage and continues.
    """
    if not lenient:
        source.check()
    stream = StreamingSeparator(net, source.sample_rate, source.channels, griffin_lim)
    file = str(source.path)
    total = round(span.samples(source) / source.sample_rate, 3)
    done = 0
    report(Progress(file, 0.0, total))
    blocks = span.blocks(source, int(BLOCK_SECONDS * source.sample_rate), lenient)
    for part in separate_blocks(blocks, stream):
        yield part
        done += part.vocals.shape[1]
        report(Progress(file, round(done / source.sample_rate, 3), total))
    if source.damage:
        others = f" (and {len(source.damage) - 1} more)" if len(source.damage) > 1 else ""
        read = f"{done / source.sample_rate:.2f} s were read"
        report(Warned(file, f"damaged, {source.damage[0]}{others}; {read}"))
    if stream.non_finite:
        silenced = f"{stream.non_finite} samples are NaN or infinite"
        report(Warned(file, f"{silenced}; silence replaced them"))


@contextmanager
def failure_reported(path: Path, report: OnEvent) -> Iterator[None]:
    """Report the failure of a file; the caller continues with the next one."""
    try:
        yield
    except DamagedError as error:
        report(Failed(str(path), f"{error}, or read what is left with --lenient"))
    except LivevoxError as error:
        report(Failed(str(path), str(error)))
    except OSError as error:
        name = error.filename or path
        report(Failed(str(path), f"{name}: {error.strerror or error}: check the disk"))


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """End the work on SIGTERM and SIGHUP as on Ctrl-C, which removes unfinished files."""

    def end(number: int, _: object) -> NoReturn:
        sys.exit(128 + number)

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), end) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
