"""The results as a picture: cost by latency, and how many engines a computer serves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from livevox.bench.results import Benchmark, PeerCost
from livevox.dsp.stft import SAMPLE_RATE
from livevox.media.files import atomic_path

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Point = tuple[str, float, float, str]
"""A name, a latency and a cost in seconds, and a colour."""

_MARK = 8
"""The size of a mark in pixels."""
_PLACES = (5, -5, 17, -17)
"""Where a label may be: points above or below its mark, the first free one."""

_OURS, _OTHERS, _LIMIT = "#0072B2", "#757575", "#D55E00"


def draw(path: Path, results: Benchmark) -> None:
    """Draw what was measured as a PNG file."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.6), dpi=130, layout="constrained")
    if results.scaling.rooms:
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        _draw_rooms(right, results)
    else:
        left = figure.subplots()
    _draw_costs(left, results)
    with atomic_path(path) as part:
        figure.savefig(part, format="png")


def _draw_costs(axes: Axes, results: Benchmark) -> None:
    """Processor time by latency, both on logarithmic scales."""
    points: list[Point] = [
        (f"livevox {model.name}, live", model.geometry.latency / SAMPLE_RATE, model.live, _OURS)
        for model in results.models
    ]
    for peer in results.peers.values():
        if isinstance(peer, PeerCost):
            latency = peer.facts.latency
            name = peer.name if latency is not None else f"{peer.name} (whole song)"
            points.append((name, latency or results.song_seconds, peer.cost, _OTHERS))
    for _, latency, cost, colour in points:
        axes.plot(latency, 1000 * cost, "o", color=colour)
    axes.axhline(1000, color=_LIMIT, linestyle="--", linewidth=1)
    axes.annotate("all of one core", (0.012, 1000), xytext=(0, 4), textcoords="offset points")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.margins(y=0.1)
    axes.set_xlim(0.01, 40)
    axes.set_xticks([0.02, 0.1, 1, 10], ["20 ms", "100 ms", "1 s", "10 s"])
    axes.set_title("Cost and latency", loc="left")
    axes.set_xlabel("Latency of the method")
    axes.set_ylabel("Processor time for a second of audio (ms)")
    axes.grid(alpha=0.3)
    _label(axes, points)


def _label(axes: Axes, points: Sequence[Point]) -> None:
    """Put the names beside their marks, where no other name or mark is."""
    from matplotlib.transforms import Bbox

    figure = axes.get_figure(root=True)
    assert figure is not None
    # Only then is it known where everything is.
    figure.draw_without_rendering()
    marks = axes.transData.transform([(latency, 1000 * cost) for _, latency, cost, _ in points])
    taken = [Bbox.from_bounds(x - _MARK / 2, y - _MARK / 2, _MARK, _MARK) for x, y in marks]
    for name, latency, cost, colour in sorted(points, key=lambda point: point[1:3], reverse=True):
        for place in _PLACES:
            label = axes.annotate(
                name,
                (latency, 1000 * cost),
                xytext=(6 if latency < 1 else -6, place),
                textcoords="offset points",
                color=colour,
                ha="left" if latency < 1 else "right",
                va="bottom" if place > 0 else "top",
            )
            box = label.get_window_extent()
            if place == _PLACES[-1] or not any(box.overlaps(other) for other in taken):
                taken.append(box)
                break
            label.remove()


def _draw_rooms(axes: Axes, results: Benchmark) -> None:
    """Late blocks by the number of engines."""
    for (period, by_count), marker in zip(results.scaling.rooms.items(), "o^sD", strict=False):
        late = [100 * each.late for each in by_count.values()]
        axes.plot(list(by_count), late, marker=marker, label=f"blocks of {period} samples")
    axes.set_title(f"Engines at once, on {results.machine.cores} cores", loc="left")
    axes.set_xlabel("Engines")
    axes.set_ylabel("Late blocks (%)")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    axes.grid(alpha=0.3)
