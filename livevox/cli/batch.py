"""Work on several files in turn: one failure does not stop the others."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from livevox.cli.reporter import Reporter
from livevox.cli.span import WHOLE, Span
from livevox.errors import LivevoxError
from livevox.media.source import AudioSource, DamagedError
from livevox.network.model import Model
from livevox.separator import Separation, StreamingSeparator, separate_blocks

InputsArgument = Annotated[
    list[Path],
    typer.Argument(help="audio files, folders or patterns as '*.mp3'", show_default=False),
]
ModelOption = Annotated[str, typer.Option("--model", "-m", help="an installed model, or a file")]
Lenient = Annotated[
    bool, typer.Option("--lenient", help="read damaged files as far as possible, with a warning")
]
JsonOption = Annotated[
    bool,
    typer.Option("--json", help="print progress and results as JSON, one object a line"),
]

BLOCK_SECONDS = 7.5
"""Longer blocks spend less on the windows' context, shorter ones need less memory."""


def separated(
    source: AudioSource,
    net: Model,
    reporter: Reporter,
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
    total = span.samples(source) / source.sample_rate
    done = 0
    reporter.progress(source.path, 0.0, total)
    blocks = span.blocks(source, int(BLOCK_SECONDS * source.sample_rate), lenient)
    for part in separate_blocks(blocks, stream):
        yield part
        done += part.vocals.shape[1]
        reporter.progress(source.path, done / source.sample_rate, total)
    if source.damage:
        others = f" (and {len(source.damage) - 1} more)" if len(source.damage) > 1 else ""
        read = f"{done / source.sample_rate:.2f} s were read"
        reporter.warn(source.path, f"damaged, {source.damage[0]}{others}; {read}")
    if stream.non_finite:
        reporter.warn(
            source.path,
            f"{stream.non_finite} samples are NaN or infinite; silence replaced them",
        )


def for_each(inputs: Sequence[Path], work: Callable[[Path], None], reporter: Reporter) -> None:
    """Do the work for every input; report failures and continue with the next one."""
    with _ended_by_signals():
        for path in inputs:
            try:
                work(path)
            except DamagedError as error:
                reporter.fail(path, f"{error}, or read what is left with --lenient")
            except LivevoxError as error:
                reporter.fail(path, str(error))
            except OSError as error:
                name = error.filename or path
                reporter.fail(path, f"{name}: {error.strerror or error}: check the disk")


@contextmanager
def _ended_by_signals() -> Iterator[None]:
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
