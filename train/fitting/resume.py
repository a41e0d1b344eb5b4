"""The state of a training in its checkpoints, and resuming from it."""

from __future__ import annotations

import dataclasses
import math
import subprocess
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric

from livevox.errors import LivevoxError
from train.recipe import Recipe, recipe_from

SEED = 1804
LAST = "last.ckpt"
BEST_MSE = "best-mse.ckpt"
BEST_AU_ROC = "best-au-roc.ckpt"


@dataclass
class Progress:
    """The state of a training, saved in its checkpoints."""

    seed: int = SEED
    step: int = 0
    best_mse: float = math.inf
    best_au_roc: float = 0.0
    improved_at: int = 0
    teacher: int = 0

    state_dict = dataclasses.asdict

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state of a checkpoint."""
        self.__dict__.update(state)


def improved(progress: Progress, scores: dict[str, float]) -> list[str]:
    """The checkpoints to write for new best scores; NaN is never an improvement."""
    names = []
    if scores["mse"] < progress.best_mse:
        progress.best_mse = scores["mse"]
        names.append(BEST_MSE)
    if scores["au_roc"] > progress.best_au_roc:
        progress.best_au_roc = scores["au_roc"]
        names.append(BEST_AU_ROC)
    if names:
        progress.improved_at = progress.step
    return names


def resume(fabric: Fabric, path: Path, state: dict[str, Any], recipe: Recipe) -> None:
    """Load ``path`` into ``state``, whose dataclasses become copies.

    Raises LivevoxError if it is of other data, another teacher or another recipe.
    """
    saved = torch.load(path, map_location="cpu", weights_only=True)
    if other := set(saved["data"]) ^ set(state["data"]):
        raise LivevoxError(
            f"{path} was trained on other tracks ({len(other)} differ, as {min(other)}): "
            "give the same data, or choose another --run"
        )
    # Checkpoints of version 0.1 name it "guide".
    taught_by = saved["progress"].get("teacher", saved["progress"].get("guide", 0))
    if taught_by != state["progress"].teacher:
        raise LivevoxError(f"{path} had another teacher, or none: give the same, or another --run")
    try:
        before = recipe_from(saved["recipe"])
    except ValueError as error:
        raise LivevoxError(
            f"{path} is of an older version's recipe ({error}): choose another --run"
        ) from None
    if before != recipe:
        values_before = dataclasses.asdict(before)
        changed = [
            f"{table}.{key}"
            for table, values in dataclasses.asdict(recipe).items()
            for key, value in values.items()
            if values_before[table][key] != value
        ]
        raise LivevoxError(
            f"{path} is of another recipe ({', '.join(changed)} differ): choose another --run"
        )
    fabric.load(path, state)


def checksum(path: Path) -> int:
    """A fingerprint of the weights that a training starts from or learns from."""
    return zlib.crc32(path.read_bytes())


def commit() -> str:
    """The git commit of the code, or 'unknown' outside a checkout."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
