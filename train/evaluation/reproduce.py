"""The paper's experiment from one command: its trainings, table 1 and figure 2.

Every model has the same budget and seed. Models are chosen on the validation split and judged on
the test split, or on the validation split where there is none, which the report says.
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
"""Names as in table 1, and the recipe of each."""
MODELS = {
    "SVD only": ("SVD only", BEST_AU_ROC),
    "SVS only": ("SVS only", BEST_MSE),
    "first approach": ("first approach", BEST_MSE),
    "both, best AU-ROC": ("both", BEST_AU_ROC),
    "both, best MSE": ("both", BEST_MSE),
}
"""The paper keeps two of the multi-task models."""
BASELINES = ("mixture", "half", "hpss", "oracle")


def train_all(
    tracks: Sequence[Track],
    folder: Path,
    cache: Path,
    steps: int,
    change: Callable[[Recipe], Recipe] = lambda recipe: recipe,
) -> None:
    """The trainings of table 1 into ``folder``, ``steps`` each; each resumes or is found done."""
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
    """The split that was judged, and the results of the models in ``folder`` and the baselines.

    ``finished`` and ``listening`` as in :func:`train.evaluation.evaluate.evaluate`. Raises
    LivevoxError where no song of either split can be judged.
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
