"""Progress of a training: a bar, loss curves, a line per report, and the log file."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

CURVE_POINTS = 24
_BLOCKS = "▁▂▃▄▅▆▇█"


def curve(values: list[float]) -> str:
    """The last values as a sparkline of block characters.

    >>> curve([0.0, 1.0, 0.5])
    '▁█▅'
    """
    shown = values[-CURVE_POINTS:]
    low, high = min(shown), max(shown)
    scale = (len(_BLOCKS) - 1) / (high - low) if high > low else 0.0
    return "".join(_BLOCKS[round((value - low) * scale)] for value in shown)


class TrainingProgress:
    """Shows and logs a training; a context manager that displays the bar."""

    def __init__(self, steps: int, run: Path, shown: bool) -> None:
        self._log = run / "log.jsonl"
        self._shown = shown
        self._console = Console(stderr=True, highlight=False, soft_wrap=True, quiet=not shown)
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
        self._bar = Progress(*columns, TimeRemainingColumn(), console=self._console)
        self._task = self._bar.add_task("", total=steps)
        self._history: defaultdict[str, list[float]] = defaultdict(list)

    def __enter__(self) -> TrainingProgress:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def trained(self, step: int, record: dict[str, float]) -> None:
        """Report the means since the last report."""
        for name in ("separation", "detection"):
            self._history[name].append(record[name])
        curves = "  ".join(f"{name} {curve(values)}" for name, values in self._history.items())
        self._bar.update(self._task, completed=step, description=curves)
        self._report(step, record)

    def validated(self, step: int, scores: dict[str, float]) -> None:
        """Report a validation."""
        self._report(step, scores)

    def _report(self, step: int, record: dict[str, float]) -> None:
        numbers = "  ".join(f"{name} {value:.5g}" for name, value in record.items())
        self._console.print(f"step {step}  {numbers}")
        if self._shown:
            with self._log.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"step": step} | record) + "\n")
