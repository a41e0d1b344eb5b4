"""Pictures of a separation and of a detection, as PNG files.

The functions that draw import matplotlib themselves, because it is optional and slow to import.
`Figure` without pyplot has no global state and needs no display.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from livevox.activity import Interval
from livevox.dsp.stft import HOP, N_FFT, SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from livevox.media.files import atomic_path

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

_FRAME_SECONDS = HOP / SAMPLE_RATE
_MAX_COLUMNS = 2400
"""About twice the pixels of the time axis; more frames than that are merged by their maximum."""
_TOP_HZ = 8000.0
_ROWS = 320
_RANGE_DB = 80.0
# The colours differ in lightness as well as in hue; the curve's fill stays blue over the grey.
_CURVE = "#0072B2"
_SUNG = "#BDBDBD"
_LIMIT = "#D55E00"


def check_pictures() -> None:
    """Raise LivevoxError if matplotlib is not installed."""
    if find_spec("matplotlib") is None:
        raise LivevoxError(
            "no picture can be drawn without matplotlib: "
            "install it with pip install 'livevox[pictures]'"
        )


def separation_picture(
    path: Path,
    spectrum_db: Audio,
    mask: Audio,
    activity: Audio,
    truth: Sequence[Interval] | None,
    title: str,
) -> None:
    """Draw the network's input and outputs over time: mixture, vocal mask and activity.

    ``spectrum_db`` is (frames, bins) in dB, ``mask`` (frames, 257) and ``activity`` (frames,) in
    0..1, all with at least one frame and with the STFT's bins from 0 Hz on; ``truth`` holds the
    labelled intervals of singing in seconds, if they are known.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 8), dpi=130, layout="constrained")
    axes = figure.subplots(3, 2, sharex="col", width_ratios=(60, 1), height_ratios=(4, 4, 2))
    _title(figure, title)
    highest = float(spectrum_db.max())
    level = _draw_bins(axes[0, 0], spectrum_db, (highest - _RANGE_DB, highest), "magma")
    share = _draw_bins(axes[1, 0], mask, (0.0, 1.0), "cividis")
    figure.colorbar(level, cax=axes[0, 1], label="Level (dB)")
    figure.colorbar(share, cax=axes[1, 1], label="Share of the voice")
    axes[0, 0].set_title("Mixture", loc="left")
    axes[1, 0].set_title("Vocal mask", loc="left")

    below = axes[2, 0]
    below.set_title("Singing activity", loc="left")
    if truth is not None:
        shade(below, truth, "true singing")
    draw_activity(below, activity)
    draw_legend(below)
    below.set_xlabel("Time (s)")
    axes[2, 1].set_axis_off()
    figure.align_ylabels(axes[:, 0])
    _save(figure, path)


def activity_picture(
    path: Path,
    activity: Audio,
    intervals: Sequence[Interval],
    threshold: float,
    title: str,
    first: float = 0.0,
) -> None:
    """Draw the probability of singing and the detected intervals in seconds.

    ``activity`` is (frames,) in 0..1, of at least one frame and of any length, from ``first``
    seconds on.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    figure = Figure(figsize=(11, 3.2), dpi=130, layout="constrained")
    axes = figure.subplots()
    _title(figure, title)
    shade(axes, intervals, "detected")
    draw_activity(axes, activity, first)
    axes.axhline(threshold, color=_LIMIT, linestyle="--", linewidth=1, label="threshold")
    draw_legend(axes)
    axes.xaxis.set_major_locator(MultipleLocator(tick_seconds(len(activity) * _FRAME_SECONDS)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: minutes(seconds)))
    axes.set_xlabel("Time (m:ss)")
    _save(figure, path)


def _title(figure: Figure, title: str) -> None:
    # A file name may be long; its dollar signs must not start a formula.
    figure.suptitle(textwrap.fill(title, 90), parse_math=False)


def _save(figure: Figure, path: Path) -> None:
    with atomic_path(path) as part:
        figure.savefig(part, format="png")


def _columns(frames: Audio) -> tuple[Audio, Audio]:
    """Reduce (frames, ...) to about ``_MAX_COLUMNS`` columns, with their edges in seconds."""
    count = len(frames)
    starts = np.arange(0, count, -(-count // _MAX_COLUMNS))
    edges = (np.append(starts, count) - 0.5) * _FRAME_SECONDS
    return np.maximum.reduceat(frames, starts, axis=0), edges.astype(np.float32)


def _erb_number(hertz: float) -> float:
    """Frequency in Hz to the ERB-number scale of Glasberg and Moore (1990)."""
    return 21.4 * math.log10(1 + 0.00437 * hertz)


def _draw_bins(axes: Axes, values: Audio, limits: tuple[float, float], colours: str) -> AxesImage:
    """Draw (frames, bins) of the STFT on the ERB-number scale."""
    columns, edges = _columns(values)
    top = _erb_number(_TOP_HZ)
    numbers = (np.arange(_ROWS) + 0.5) / _ROWS * top
    # The inverse of _erb_number, in bins.
    bins = (10 ** (numbers / 21.4) - 1) / 0.00437 * N_FFT / SAMPLE_RATE
    lower = bins.astype(np.intp)
    part = (bins - lower).astype(np.float32)
    rows = (1 - part) * columns[:, lower] + part * columns[:, lower + 1]
    image = axes.imshow(
        rows.T,
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        extent=(edges[0], edges[-1], 0, top),
        cmap=colours,
        vmin=limits[0],
        vmax=limits[1],
    )
    ticks = {"100": 100, "200": 200, "500": 500, "1k": 1000, "2k": 2000, "4k": 4000, "8k": 8000}
    axes.set_yticks([_erb_number(hertz) for hertz in ticks.values()], list(ticks))
    axes.set_ylabel("Frequency (Hz)")
    return image


def draw_activity(axes: Axes, activity: Audio, first: float = 0.0) -> None:
    """Draw (frames,) probabilities, from ``first`` seconds on.

    Frame k covers half a hop on either side of k * HOP.
    """
    heights, edges = _columns(activity)
    edges = edges + np.float32(first)
    axes.stairs(heights, edges, fill=True, color=_CURVE, alpha=0.4)
    axes.stairs(heights, edges, baseline=None, color=_CURVE, linewidth=1, label="probability")
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(0, 1.04)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "", "0.5", "", "1"])
    axes.set_ylabel("Probability")


def shade(axes: Axes, intervals: Sequence[Interval], label: str) -> None:
    """Shade intervals in seconds over the whole height, as a single collection for speed."""
    spans = [(start, end - start) for start, end in intervals]
    # The edge keeps intervals narrower than a pixel visible.
    axes.broken_barh(spans, (0, 2), color=_SUNG, linewidth=0.4, label=label)


def draw_legend(axes: Axes) -> None:
    """Draw the legend above the frame, where it covers nothing."""
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False)


def tick_seconds(length: float) -> float:
    """The spacing of a time axis' ticks in round seconds, for at most 13 ticks."""
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
    return next((step for step in steps if length / step <= 12), 7200)


def minutes(seconds: float) -> str:
    """Time as m:ss.

    >>> minutes(125.0)
    '2:05'
    """
    return f"{round(seconds) // 60}:{round(seconds) % 60:02}"
