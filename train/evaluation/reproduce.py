"""The paper's experiment in one command: its trainings, table 1 and figure 2.

Every model has the same budget and seed. Models are selected on the validation split and evaluated
on the test split. Without a test split the validation split is used, and the report says so.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

from livevox.errors import LivevoxError
from train.data.tracks import Track
from train.evaluation.evaluate import Result, evaluate, scorable, system
from train.evaluation.listening import Listening
from train.fitting.fit import fit
from train.fitting.resume import BEST_AU_ROC, BEST_MSE
from train.recipe import Recipe, load_recipe

TRAININGS = {
    "SVD only": "paper-detection",
    "SVS only": "paper-separation",
    "first approach": "paper-substitution",
    "both": "paper",
}
"""Names as in table 1, with their recipes."""
MODELS = {
    "SVD only": ("SVD only", BEST_AU_ROC),
    "SVS only": ("SVS only", BEST_MSE),
    "first approach": ("first approach", BEST_MSE),
    "both, best AU-ROC": ("both", BEST_AU_ROC),
    "both, best MSE": ("both", BEST_MSE),
}
"""The paper evaluates two checkpoints of the multi-task model."""
BASELINES = ("mixture", "half", "hpss", "oracle")


def train_all(
    tracks: Sequence[Track],
    folder: Path,
    cache: Path,
    steps: int,
    change: Callable[[Recipe], Recipe] = lambda recipe: recipe,
) -> None:
    """Train table 1's models in ``folder`` for ``steps`` each; resumes or skips existing ones."""
    for name, recipe_name in TRAININGS.items():
        recipe = load_recipe(recipe_name)
        optimiser = dataclasses.replace(recipe.optimiser, steps=steps)
        recipe = change(dataclasses.replace(recipe, optimiser=optimiser))
        fit(recipe, list(tracks), folder / name, cache)


def table_1(
    tracks: Sequence[Track],
    folder: Path,
    finished: Callable[[], None],
    listening: Listening | None = None,
) -> tuple[str, list[Result]]:
    """The evaluated split, and the results of the models in ``folder`` and the baselines.

    For ``finished`` and ``listening`` see :func:`train.evaluation.evaluate.evaluate`. Raises
    LivevoxError if no song of either split can be scored.
    """
    for split in ("test", "valid"):
        songs = scorable([track for track in tracks if track.split == split])
        if songs:
            break
    else:
        raise LivevoxError("no song with true stems or labels to test on: give another data set")
    systems = {name: system(str(folder / run / best)) for name, (run, best) in MODELS.items()}
    systems |= {name: system(name) for name in BASELINES}
    return split, evaluate(systems, songs, finished, listening)
