"""Results side by side: a table with intervals and tests, and every song to see and to hear."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

from livevox.report.page import write_filled
from train.evaluation.comparison import (
    DETECTION,
    SEPARATION,
    Cell,
    Cells,
    Metric,
    compare,
    song_au_roc,
)
from train.evaluation.separation_metrics import values
from train.evaluation.song_picture import song_picture

if TYPE_CHECKING:
    from train.evaluation.evaluate import Result

_MARKS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))
_NOTHING = "\N{EN DASH}"


@dataclass(frozen=True)
class Shown:
    """A cell of the page's tables: value, mark of significance, and small print below."""

    value: str
    mark: str = ""
    below: Sequence[str] = ()
    best: bool = False


Rows = Sequence[tuple[str, Sequence[Shown]]]
"""Labels, and a cell per system."""


@dataclass(frozen=True)
class Song:
    """A section of the page; ``players`` as of :func:`write_report`, ``picture`` base64 or ''."""

    name: str
    players: Sequence[tuple[str, str]]
    picture: str
    rows: Rows


_DELTA = "\N{GREEK CAPITAL LETTER DELTA}"


def print_table(results: Sequence[Result], title: str, console: Console | None = None) -> None:
    """The page's first table in the terminal: metrics by systems, the best values bold.

    Where the terminal is too narrow for all systems, one table follows the other.
    """
    console = console or Console()
    labels = [Text()]
    columns = [[Text(result.system)] for result in results]
    for metric, cells in _rows(compare(results)):
        best = _best(metric, cells)
        labels.append(Text(_label(metric)))
        for column, cell in zip(columns, cells, strict=True):
            value, below, mark = _words(metric, cell)
            style = "bold" if value == best else ""
            column.append(Text.assemble((value, style), mark, *((f"\n{x}", "dim") for x in below)))
    for part in _fitting(labels, columns, console):
        table = Table("", *(Column(c[0], justify="right") for c in part), title=Text(title))
        for row in zip(labels[1:], *(column[1:] for column in part), strict=True):
            table.add_row(*row)
        console.print(table)
    console.print(Text(_caption(results), style="italic dim"))


def _fitting(
    labels: Sequence[Text], columns: Sequence[Sequence[Text]], console: Console
) -> Iterator[list[Sequence[Text]]]:
    """As many columns at a time as fit beside the labels, one at least."""

    def width(column: Sequence[Text]) -> int:
        return max(Measurement.get(console, console.options, text).maximum for text in column) + 3

    room = console.width - width(labels) - 1
    part: list[Sequence[Text]] = []
    for column in columns:
        if part and sum(map(width, [*part, column])) > room:
            yield part
            part = []
        part.append(column)
    yield part


def write_report(
    results: Sequence[Result],
    path: Path,
    title: str,
    notes: Sequence[str] = (),
    players: Mapping[str, Sequence[tuple[str, str]]] | None = None,
) -> None:
    """Write the page; all but the audio is in it.

    ``notes`` are paragraphs about the protocol, ``players`` by song (label, audio file relative to
    the page), of which one sounds at a time. Raises LivevoxError where the folder can't be written
    to.
    """
    rows = []
    for metric, cells in _rows(compare(results)):
        best = _best(metric, cells)
        shown = []
        for cell in cells:
            value, below, mark = _words(metric, cell)
            shown.append(Shown(value, mark, below, value == best))
        rows.append((_label(metric), shown))
    players = players or {}
    names = [
        name for result in results for name in (*(t.name for t in result.tracks), *result.names)
    ]
    write_filled(
        path,
        "train.evaluation",
        "report.html",
        title=title,
        notes=notes,
        caption=f"Bold: best. {_caption(results)}",
        systems=[result.system for result in results],
        rows=rows,
        songs=[
            _song(name, results, players.get(name, ()))
            for name in dict.fromkeys([*names, *players])
        ],
    )


def _rows(cells: Cells) -> list[tuple[Metric, list[Cell]]]:
    """The metrics for which any system has a value."""
    return [
        (metric, cells[metric.key])
        for metric in (*DETECTION, *SEPARATION)
        if not all(math.isnan(cell.estimate.value) for cell in cells[metric.key])
    ]


def _song(name: str, results: Sequence[Result], players: Sequence[tuple[str, str]]) -> Song:
    """A song's players, picture and table."""
    scores = [_song_scores(name, result) for result in results]
    rows = [
        (_label(metric), [Shown(_number(metric, row.get(metric.key, math.nan))) for row in scores])
        for metric in (*DETECTION, *SEPARATION)
        if any(not math.isnan(row.get(metric.key, math.nan)) for row in scores)
    ]
    return Song(name, players, base64.b64encode(song_picture(name, results)).decode(), rows)


def _song_scores(song: str, result: Result) -> dict[str, float]:
    scores = {"au_roc": song_au_roc(result).get(song, math.nan)}
    for track in result.tracks:
        if track.name == song:
            scores |= values(track)
    return scores


def _words(metric: Metric, cell: Cell) -> tuple[str, list[str], str]:
    """Value, what is said below it in small print, and the mark of significance."""
    below = [
        f"{sign}{_number(metric, interval.low)} to {_number(metric, interval.high)}"
        for sign, interval in (("", cell.estimate), (f"{_DELTA} ", cell.difference))
        if not math.isnan(interval.low)
    ]
    mark = next((mark for limit, mark in _MARKS if cell.p < limit), "")
    return _number(metric, cell.estimate.value), below, mark


def _number(metric: Metric, value: float) -> str:
    return _NOTHING if math.isnan(value) else f"{value:.{metric.decimals}f}"


def _label(metric: Metric) -> str:
    arrow = "\N{UPWARDS ARROW}" if metric.higher_is_better else "\N{DOWNWARDS ARROW}"
    return f"{metric.label} {arrow}"


def _caption(results: Sequence[Result]) -> str:
    marks = ", ".join(f"{mark} p < {limit}" for limit, mark in reversed(_MARKS))
    return (
        f"Small: 95 % confidence interval; {_DELTA}, that of the mean difference from "
        f"{results[0].system} on the same songs. Different from {results[0].system}: {marks}; "
        "Wilcoxon over excerpts or songs, DeLong for the AU-ROC."
    )


def _best(metric: Metric, cells: Sequence[Cell]) -> str:
    """The best value as it is printed, so that equals share the honour."""
    known = [c.estimate.value for c in cells if not math.isnan(c.estimate.value)]
    return _number(metric, (max if metric.higher_is_better else min)(known))
