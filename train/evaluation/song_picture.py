"""The picture of a song in a report: activity over the labels, and SDR per excerpt."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator

from livevox.activity import DetectionRule, singing_intervals
from livevox.dsp.stft import FRAME_RATE, Audio
from livevox.report.picture import draw_activity, draw_legend, minutes, shade, tick_seconds
from train.evaluation.separation_metrics import EXCERPT_SECONDS, ExcerptScores

if TYPE_CHECKING:
    from train.evaluation.evaluate import Result

_EXACTLY = DetectionRule(hysteresis=0.0, min_gap=0.0, min_length=0.0)
# Of Okabe and Ito (2008): most colour-blind people can distinguish them; the marks differ in grey,
# too.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_POINTS = "osD^vPX"


def song_picture(song: str, results: Sequence[Result]) -> bytes:
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
