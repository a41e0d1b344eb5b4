"""Shared parts of the commands: the data set option, progress bars and reports."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from livevox.errors import LivevoxError
from livevox.media.files import atomic_path
from train.data.datasets import load
from train.data.tracks import Track
from train.evaluation.comparison import to_json
from train.evaluation.evaluate import Result
from train.evaluation.listening import Listening
from train.evaluation.report import print_table, write_report

console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
Data = Annotated[list[str], typer.Option(help="NAME=FOLDER of a data set; repeatable")]
Cache = Annotated[Path | None, typer.Option(help="folder for decoded audio")]


def tracks_of(data: list[str]) -> list[Track]:
    """The tracks of NAME=FOLDER pairs."""
    tracks = []
    for pair in data:
        name, equals, folder = pair.partition("=")
        if not equals:
            raise LivevoxError(f"--data has '{pair}': write NAME=FOLDER, such as open=corpus")
        tracks += load(name, Path(folder))
    return tracks


def publish(results: list[Result], listening: Listening | None, title: str) -> None:
    """Print the table; with ``listening`` write the numbers and the report into its folder."""
    print_table(results, title)
    if listening:
        with atomic_path(listening.folder / "results.json") as part:
            part.write_text(json.dumps(to_json(results), indent=2) + "\n", encoding="utf-8")
        page = listening.folder / "index.html"
        write_report(results, page, title, players=listening.players)


@contextmanager
def counted(what: str, total: int | None) -> Iterator[Callable[[], None]]:
    """A progress bar; yields a function that advances it by one."""
    with Progress(console=console) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


@contextmanager
def reported(what: str, total: int) -> Iterator[Callable[[object, str | None], None]]:
    """A progress bar; yields a function that advances it by one and, given a reason, prints that an
    item was left out."""
    with counted(what, total) as finished:

        def report(name: object, reason: str | None) -> None:
            finished()
            if reason:
                console.print(f"train: {name} was left out: {reason}")

        yield report
