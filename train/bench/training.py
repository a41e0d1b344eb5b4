"""How fast a training is on this computer's processor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from livevox.bench.process import ONE_THREAD, UnmeasuredError
from train.data.synthetic import write_corpus
from train.fitting.fit import LOG_EVERY

RECIPE = f"""
like = "live"
[optimiser]
steps = {LOG_EVERY}
"""


def throughput(processes: int) -> float:
    """Steps a second of a training that so many processes share, without its start and its
    validations. Raises UnmeasuredError if it fails."""
    with tempfile.TemporaryDirectory() as folder:
        corpus, run, recipe = (Path(folder) / name for name in ("corpus", "run", "recipe.toml"))
        write_corpus(corpus)
        recipe.write_text(RECIPE, encoding="utf-8")
        command = ["fit", str(recipe), "--data", f"open={corpus}", "--run", str(run)]
        done = subprocess.run(
            [sys.executable, "-m", "train", *command, "--devices", str(processes)],
            env={name: value for name, value in os.environ.items() if name not in ONE_THREAD},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode:
            raise UnmeasuredError((done.stderr.splitlines() or ["the training failed"])[-1])
        lines = map(json.loads, (run / "log.jsonl").read_text("utf-8").splitlines())
        seconds: float = next(x["seconds_per_step"] for x in lines if "seconds_per_step" in x)
        return 1 / seconds
