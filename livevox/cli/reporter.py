"""Progress and results of commands: a progress bar for people, events for programs."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import typer
from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar

from livevox.cli.events import Event, Failed, Progress, Warned, to_line
from livevox.errors import LivevoxError

console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


class Reporter:
    """Shows a progress bar on standard error, or, if ``as_json``, prints events.

    Warnings and errors are lines on standard error in both cases. As a context manager it reports
    a LivevoxError as a failure, and at its end raises typer.Exit(1) if anything failed.
    """

    def __init__(self, as_json: bool = False) -> None:
        self._as_json = as_json
        self._failed = False
        self._tasks: dict[Path, TaskID] = {}
        self._started: dict[Path, float] = {}
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:3.0f} %"),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(),
        )
        self._bar = ProgressBar(*columns, console=console, disable=as_json)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()
        if isinstance(error, LivevoxError):
            self.fail(None, str(error))
        elif error is not None:
            return
        if self._failed:
            raise typer.Exit(1)

    def progress(self, file: Path, seconds: float, total_seconds: float) -> None:
        """Report progress on a file. The first call for a file has 0 seconds."""
        self.event(Progress(str(file), round(seconds, 3), round(total_seconds, 3)))
        if not seconds:
            self._tasks[file] = self._bar.add_task(file.name, total=total_seconds, speed="")
            self._started[file] = time.monotonic()
            return
        pace = seconds / max(time.monotonic() - self._started[file], 1e-6)
        self._bar.update(self._tasks[file], completed=seconds, speed=f"{pace:.0f}x real time")

    def warn(self, file: Path, message: str) -> None:
        """Report a warning about a file."""
        console.print(f"{file}: {message}")
        self.event(Warned(str(file), message))

    def fail(self, file: Path | None, message: str) -> None:
        """Report a failure; the command ends with exit status 1."""
        self._failed = True
        console.print(f"livevox: {message}")
        self.event(Failed(None if file is None else str(file), message))

    def event(self, event: Event) -> None:
        """Print an event without buffering, if ``as_json``."""
        if self._as_json:
            sys.stdout.write(to_line(event) + "\n")
            sys.stdout.flush()
