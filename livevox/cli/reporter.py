"""Progress and results of commands: a progress bar for people, events for programs."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar

from livevox.cli.events import Detected, Event, Failed, Progress, Separated, Warned, to_line
from livevox.errors import LivevoxError, one_line
from livevox.network.model import Model

console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def show(text: str) -> None:
    """Print a line; names of files may have other lines or orders to the terminal in them."""
    console.print(one_line(text))


def show_notices(model: Model) -> None:
    """Report why a provider can't run the model."""
    for notice in model.notices:
        show(f"livevox: {notice}")


class Reporter:
    """Shows one progress bar for all files on standard error, or, if ``as_json``, prints events.

    Warnings and errors are lines on standard error in both cases. As a context manager it reports
    a LivevoxError as a failure, and at its end raises typer.Exit(1) if anything failed.
    """

    def __init__(self, as_json: bool = False) -> None:
        self._as_json = as_json
        self._failed = False
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:3.0f} %"),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(),
        )
        self._bar = ProgressBar(*columns, console=console, disable=as_json)
        self._task = self._bar.add_task("", visible=False, speed="")
        self._names: dict[str, str] = {}
        self._files = 0
        self._ended = 0
        self._ended_seconds = 0.0
        self._under_way: dict[str, Progress] = {}
        self._started = 0.0

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
            self.report(Failed(None, str(error)))
        elif error is not None:
            return
        if self._failed:
            raise typer.Exit(1)

    def expect(self, files: int) -> None:
        """The work on so many files begins."""
        self._files, self._ended = files, 0
        self._started = time.monotonic()
        self._bar.update(self._task, total=files)

    def show_as(self, path: Path, name: str) -> None:
        """Name a file as the user did, in events and messages."""
        self._names[str(path)] = name

    def report(self, event: Event) -> None:
        """Show an event, or print it at once if ``as_json``."""
        for path, name in self._names.items():
            if event.file == path:
                event = replace(event, file=name)
            if isinstance(event, Warned | Failed):
                event = replace(event, message=event.message.replace(path, name))
        if self._as_json:
            sys.stdout.write(to_line(event) + "\n")
            sys.stdout.flush()
        match event:
            case Progress(file):
                self._under_way[file] = event
                self._show(file)
            case Warned(file, message):
                show(f"{file}: {message}")
            case Failed(file, message):
                self._failed = True
                show(f"livevox: {message}")
                self._end(file)
            case Separated(file) | Detected(file):
                self._end(file)

    def _end(self, file: str | None) -> None:
        if file is None:
            return
        self._ended += 1
        last = self._under_way.pop(file, None)
        if last:
            self._ended_seconds += last.seconds
            self._show(file)

    def _show(self, file: str) -> None:
        under_way = self._under_way.values()
        shares = (min(1.0, each.seconds / max(each.total_seconds, 1e-3)) for each in under_way)
        seconds = self._ended_seconds + sum(each.seconds for each in under_way)
        pace = seconds / max(time.monotonic() - self._started, 1e-6)
        self._bar.update(
            self._task,
            visible=True,
            description=one_line(Path(file).name)
            if self._files == 1
            else f"{self._ended} of {self._files} files",
            completed=self._ended + sum(shares),
            speed=f"{pace:.0f}x real time" if seconds else "",
        )
