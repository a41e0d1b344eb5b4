"""Results side by side: a table with intervals and tests, and every song to see and to hear."""

from __future__ import annotations

import base64
import dataclasses
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator
from rich.console import Console
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text
from sklearn.metrics import roc_auc_score

from livevox.activity import DetectionRule, singing_intervals
from livevox.dsp.stft import FRAME_RATE, Audio
from livevox.report.page import write_html
from livevox.report.picture import draw_activity, draw_legend, minutes, shade, tick_seconds
from train.evaluation.detection_metrics import delong_test
from train.evaluation.separation_metrics import EXCERPT_SECONDS, ExcerptScores, flatten, values
from train.evaluation.statistics import Estimate, difference_interval, mean_interval, wilcoxon_test

if TYPE_CHECKING:
    from train.evaluation.evaluate import Result

_MARKS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))
_NOTHING = "\N{EN DASH}"
_EXACTLY = DetectionRule(hysteresis=0.0, min_gap=0.0, min_length=0.0)
# Of Okabe and Ito (2008): told apart by most colour-blind people; the marks tell them apart in
# grey, too.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_POINTS = "osD^vPX"


@dataclass(frozen=True)
class Metric:
    """A row: the ``key`` of its values, its ``label`` with the unit, and what is better."""

    key: str
    label: str
    higher_is_better: bool = True
    decimals: int = 2


DETECTION = (
    Metric("au_roc", "AU-ROC", decimals=4),
    Metric("average_precision", "Average precision", decimals=4),
    Metric("f_measure", "Best F-measure", decimals=4),
)
"""By the names of :class:`train.evaluation.detection_metrics.DetectionScores`."""
SEPARATION = (
    Metric("mse", "MSE, normalised", higher_is_better=False, decimals=5),
    Metric("non_vocal_rms", "Non-vocal RMS", higher_is_better=False, decimals=4),
    *(
        Metric(f"{source}_{key}", f"{label}, {source}, dB")
        for key, label in (
            ("sdr", "SDR"),
            ("sir", "SIR"),
            ("sar", "SAR"),
            ("plain_sdr", "Plain SDR"),
            ("si_sdr", "SI-SDR"),
            ("v4_sdr", "SDR v4"),
            ("v4_isr", "ISR v4"),
            ("v4_sir", "SIR v4"),
            ("v4_sar", "SAR v4"),
        )
        for source in ("vocals", "accompaniment")
    ),
    Metric("pes", "Predicted energy at silence, dB", higher_is_better=False),
    Metric("eps", "Energy at predicted silence, dB", higher_is_better=False),
    Metric("log_wmse", "logWMSE"),
)
"""By the names of :func:`train.evaluation.separation_metrics.values`."""


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


@dataclass(frozen=True)
class Cell:
    """A system's value with its interval; against the first system, its gain over the same songs,
    with the interval of that, and p of the test. NaN where there is none."""

    estimate: Estimate
    difference: Estimate
    p: float


_DELTA = "\N{GREEK CAPITAL LETTER DELTA}"
_NO_ESTIMATE = Estimate(math.nan, math.nan, math.nan)

Cells = dict[str, list[Cell]]
"""By the metrics' keys, a cell per system."""


def compare(results: Sequence[Result]) -> Cells:
    """Every metric of every system.

    Separation: the mean over songs with its bootstrap interval, and Wilcoxon's signed-rank test
    over the excerpts that both systems have in common, over songs where a metric has no values per
    excerpt. Detection: all frames at once, for the AU-ROC with DeLong's interval and test.
    Differences are of values per song, songs being drawn in pairs.
    """
    cells: Cells = {}
    for metric in DETECTION:
        cells[metric.key] = [_detection_cell(metric.key, r, results[0]) for r in results]
    for metric in SEPARATION:
        cells[metric.key] = [_separation_cell(metric.key, r, results[0]) for r in results]
    return cells


def to_json(results: Sequence[Result]) -> list[dict[str, object]]:
    """Per system the compared values, and the scores of every song; None stands for NaN."""
    cells = compare(results)
    return [
        {
            "system": result.system,
            "compared": {
                key: {
                    "value": _known(row[i].estimate.value),
                    "low": _known(row[i].estimate.low),
                    "high": _known(row[i].estimate.high),
                    "difference": _known(row[i].difference.value),
                    "difference_low": _known(row[i].difference.low),
                    "difference_high": _known(row[i].difference.high),
                    "p": _known(row[i].p),
                }
                for key, row in cells.items()
            },
            "detection": dataclasses.asdict(result.detection) if result.detection else None,
            "song_au_roc": {name: _known(area) for name, area in _song_au_roc(result).items()},
            "songs": [flatten(track) for track in result.tracks],
        }
        for i, result in enumerate(results)
    ]


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
    write_html(
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


def _detection_cell(key: str, result: Result, first: Result) -> Cell:
    scores = result.detection
    if scores is None:
        return Cell(_NO_ESTIMATE, _NO_ESTIMATE, math.nan)
    if key != "au_roc":
        value = Estimate(getattr(scores, key), math.nan, math.nan)
        return Cell(value, _NO_ESTIMATE, math.nan)
    p, difference = math.nan, _NO_ESTIMATE
    if result is not first and result.names == first.names:
        frames = (np.concatenate(x) for x in (result.labels, result.activities, first.activities))
        p = delong_test(*frames).p
        difference = _difference(_song_au_roc(result), _song_au_roc(first))
    return Cell(Estimate(scores.au_roc, scores.au_roc_low, scores.au_roc_high), difference, p)


def _separation_cell(key: str, result: Result, first: Result) -> Cell:
    estimate = mean_interval([values(track)[key] for track in result.tracks])
    mine, theirs = _pairable(key, result), _pairable(key, first)
    common = [item for item in mine if item in theirs]
    p, difference = math.nan, _NO_ESTIMATE
    if result is not first:
        p = wilcoxon_test([mine[i] for i in common], [theirs[i] for i in common]).p
        by_song = ({t.name: values(t)[key] for t in r.tracks} for r in (result, first))
        difference = _difference(*by_song)
    return Cell(estimate, difference, p)


def _difference(mine: Mapping[str, float], theirs: Mapping[str, float]) -> Estimate:
    common = [song for song in mine if song in theirs]
    return difference_interval([mine[s] for s in common], [theirs[s] for s in common])


def _pairable(key: str, result: Result) -> dict[tuple[str, float], float]:
    """Values by song and second of the excerpt, or by song alone."""
    items = {}
    for track in result.tracks:
        for excerpt in track.excerpts:
            numbers = values(excerpt)
            if key in numbers:
                items[track.name, excerpt.start] = numbers[key]
            else:
                items[track.name, 0.0] = values(track)[key]
    return items


def _song_au_roc(result: Result) -> dict[str, float]:
    """By song; NaN where all of it is sung, or nothing."""
    return {
        name: float(roc_auc_score(labels, activity)) if 0 < labels.mean() < 1 else math.nan
        for name, labels, activity in zip(
            result.names, result.labels, result.activities, strict=True
        )
    }


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
    return Song(name, players, base64.b64encode(_picture(name, results)).decode(), rows)


def _song_scores(song: str, result: Result) -> dict[str, float]:
    scores = {"au_roc": _song_au_roc(result).get(song, math.nan)}
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


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


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


def _picture(song: str, results: Sequence[Result]) -> bytes:
    """A PNG of every system's activity over the labels, and of the SDRs per excerpt."""
    heard = [(r, r.names.index(song)) for r in results if song in r.names]
    excerpts = {r.system: t.excerpts for r in results for t in r.tracks if t.name == song}
    heights = [1.0] * len(heard) + [2.0] * bool(excerpts)
    if not heights:
        return b""
    figure = Figure(figsize=(11, 0.8 + 1.3 * sum(heights)), dpi=110, layout="constrained")
    panels = figure.subplots(len(heights), sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    ends = [rows[-1].start + EXCERPT_SECONDS for rows in excerpts.values()]
    for axes, (result, i) in zip(panels, heard, strict=False):
        activity, title = result.activities[i], result.system
        # A baseline's level, say.
        if activity.min() < 0 or activity.max() > 1:
            activity, title = _stretched(activity), f"{title}, stretched to 0..1"
        sung = singing_intervals((result.labels[i] == 1).astype(np.float32), _EXACTLY)
        shade(axes, sung, "labelled as singing")
        draw_activity(axes, activity)
        axes.set_title(title, loc="left", parse_math=False)
        ends.append(len(result.activities[i]) / FRAME_RATE)
    if heard:
        draw_legend(panels[0])
    if excerpts:
        _draw_excerpts(panels[-1], excerpts)
    panels[-1].set_xlim(0, max(ends))
    panels[-1].xaxis.set_major_locator(MultipleLocator(tick_seconds(max(ends))))
    panels[-1].xaxis.set_major_formatter(FuncFormatter(lambda second, _: minutes(second)))
    panels[-1].set_xlabel("Time (m:ss)")
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _stretched(activity: Audio) -> Audio:
    low, high = float(activity.min()), float(activity.max())
    return (activity - np.float32(low)) / np.float32(max(high - low, 1e-12))


def _draw_excerpts(axes: Axes, excerpts: Mapping[str, Sequence[ExcerptScores]]) -> None:
    """Draw the SDR of every excerpt at its middle; a gap is an excerpt that has none."""
    for number, (system, rows) in enumerate(excerpts.items()):
        axes.plot(
            [row.start + EXCERPT_SECONDS / 2 for row in rows],
            [row.vocals.sdr for row in rows],
            color=_COLOURS[number % len(_COLOURS)],
            marker=_POINTS[number % len(_POINTS)],
            markersize=4,
            linewidth=1,
            label=system,
        )
    axes.set_ylabel("SDR, vocals (dB)")
    axes.grid(axis="y", alpha=0.3)
    legend = axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    for text in legend.get_texts():
        text.set_parse_math(False)
