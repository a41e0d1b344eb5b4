"""The curves of a training as a picture: `python -m train curves RUN RUN ... -o curves.png`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from livevox.errors import LivevoxError
from livevox.media.files import atomic_path

Curve = dict[int, float]
"""Values by step."""
Floats = npt.NDArray[np.float64]

AVERAGED = ("separation", "detection", "leakage")
REPORTS = 10
"""Number of reports of the noisy training losses that are averaged to one point."""
PANELS = {
    "separation": "training: separation",
    "detection": "training: detection",
    "leakage": "training: leakage",
    "mse": "validation: MSE",
    "vocal_sdr": "validation: SDR of the vocals (dB)",
    "au_roc": "validation: AU-ROC",
}


def read_log(run: Path) -> dict[str, Curve]:
    """The curves of a training by the names in its `log.jsonl`. If a step was repeated after an
    interruption, its last report counts. Raises LivevoxError if there is no report."""
    curves: defaultdict[str, Curve] = defaultdict(dict)
    try:
        for line in (run / "log.jsonl").read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            for name, value in record.items():
                curves[name][record["step"]] = value
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise LivevoxError(f"{run} is no folder of a training ({error}): give its --run") from None
    if not curves:
        raise LivevoxError(f"{run} has no report yet: continue the training")
    return curves


def draw(runs: Sequence[Path], path: Path) -> None:
    """Draw successive trainings, each started from the previous one, one after the other."""
    logs = [read_log(run) for run in runs]
    figure = Figure(figsize=(13, 6), layout="constrained")
    panels = figure.subplots(2, 3).flat
    for (name, title), axes in zip(PANELS.items(), panels, strict=True):
        first = 0
        for log in logs:
            steps, values = np.array(sorted(log.get(name, {}).items())).reshape(-1, 2).T
            if name in AVERAGED:
                steps, values = _averaged(steps), _averaged(values)
            axes.plot(first + steps, values, ".-", color="#0072b2", markersize=4)
            first += max(log["step"])
            axes.axvline(first, color="grey", linewidth=0.5)
        axes.set(title=title, xlabel="steps")
        axes.locator_params(axis="x", nbins=5)
        axes.grid(alpha=0.3)
    with atomic_path(path) as part:
        figure.savefig(part, format="png", dpi=100)


def _averaged(values: Floats) -> Floats:
    """The means of blocks of equal size, without an incomplete last one."""
    whole = values[: len(values) // REPORTS * REPORTS]
    means: Floats = whole.reshape(-1, REPORTS).mean(axis=1)
    return means
