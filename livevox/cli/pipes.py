"""Standard input and output as files: "-" where a file or a folder is named."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from livevox.cli.reporter import Reporter
from livevox.errors import LivevoxError

PIPE = Path("-")
STDIN_NAME = "stdin"
"""The name of what was read, for that of its results."""


@contextmanager
def standard_input(inputs: Sequence[Path], reporter: Reporter) -> Iterator[list[Path]]:
    """The inputs, with a file of all that standard input gives in the place of "-".

    Decoders go back and forth in files. Raises LivevoxError where it is a terminal.
    """
    if PIPE not in inputs:
        yield list(inputs)
        return
    if sys.stdin.isatty():
        raise LivevoxError("'-' is standard input, but that is a terminal: pipe a file into it")
    with tempfile.TemporaryDirectory(prefix="livevox-") as folder:
        path = Path(folder) / STDIN_NAME
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        reporter.show_as(path, str(PIPE))
        yield [path if each == PIPE else each for each in inputs]


@contextmanager
def standard_output() -> Iterator[Path]:
    """A folder; the file in it goes to standard output when it is whole."""
    with tempfile.TemporaryDirectory(prefix="livevox-") as folder:
        yield Path(folder)
        for path in sorted(each for each in Path(folder).rglob("*") if each.is_file()):
            with path.open("rb") as file:
                try:
                    shutil.copyfileobj(file, sys.stdout.buffer)
                    sys.stdout.buffer.flush()
                except BrokenPipeError:
                    raise LivevoxError("standard output was closed: nobody reads it") from None
