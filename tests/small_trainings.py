"""Recipes of networks so small that a training takes seconds."""

from __future__ import annotations

import dataclasses

from train.recipe import Data, Network, Objective, Optimiser, Recipe, Stopping

TINY = (2, 4, 8, 16, 32)

SMALL = Recipe(
    Network("causal", 2, widths=TINY),
    Objective(error="absolute"),
    Data(stems=2, labelled=1, augmented=True, remixed=0.5, vocal_free=0.2, a_cappella=0.1),
    Optimiser(steps=6, learning_rate=1e-3, schedule="cosine", warm_up=2, average=0.9),
    Stopping(validate_every=3),
)


def recipe_of(mode: str) -> Recipe:
    return dataclasses.replace(
        SMALL,
        network=Network("centre", 46, widths=TINY),
        objective=Objective(mode=mode),
        data=Data(stems=2, labelled=2),
    )
