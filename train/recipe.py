"""Recipes: TOML files with a training's network, objective, data and optimiser."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from livevox.errors import LivevoxError
from livevox.network.geometry import Alignment, Geometry

RECIPES = Path(__file__).parent / "recipes"

PAPERS_WIDTHS = (16, 32, 64, 128, 256)
"""Filters per level of the network, the finest first (section 3.2)."""

Mode = Literal["separation", "detection", "both", "substitution", "likelihood"]
"""The trainings of the paper: each task alone; both (equation 3); the first approach (section 2.1),
separation with passages of the labelled set in place of silent ones; both, weighted by a learned
variance per task."""
Method = Literal["adam", "muon"]
Error = Literal["squared", "absolute", "relative"]
Target = Literal["magnitude", "phase-sensitive"]
Scale = Literal["log", "root", "linear"]


@dataclass(frozen=True)
class Network:
    """See :class:`livevox.network.geometry.Geometry` and :class:`train.network.model.Net`."""

    alignment: Alignment = "centre"
    look_ahead: int = 46
    widths: tuple[int, ...] = PAPERS_WIDTHS
    templates: int = 0

    def __post_init__(self) -> None:
        if len(self.widths) != len(PAPERS_WIDTHS) or min(self.widths) < 1:
            raise ValueError(
                f"widths is {list(self.widths)}: give the filters of five levels, 1 or more each "
                f"(the paper has {list(PAPERS_WIDTHS)})"
            )
        if self.templates < 0:
            raise ValueError(f"templates is {self.templates}: give 0 (none) or more spectra")

    @property
    def geometry(self) -> Geometry:
        """The timing of the network."""
        return Geometry(self.alignment, self.look_ahead)


@dataclass(frozen=True)
class Objective:
    """The loss. ``alpha`` weighs separation against detection (equation 3).

    The separation error is computed on magnitudes x in a ``scale``: log(1 + x) as in the paper,
    the root of x, or x. A ``relative`` error is squared and divided by the energy of the excerpt's
    mixture: like SDR, it weighs loud and quiet excerpts alike. See
    :func:`train.data.training_example.source_input` for the ``target``. ``leakage`` is the weight,
    relative to the separation loss, of music in the vocal estimate while nobody sings: see
    :func:`train.fitting.losses.leakage_loss`.
    """

    mode: Mode = "both"
    alpha: float = 0.9
    error: Error = "squared"
    target: Target = "magnitude"
    scale: Scale = "log"
    leakage: float = 0.0


@dataclass(frozen=True)
class Data:
    """The batch: ``stems`` excerpts with known stems and ``labelled`` mixtures with known activity.

    Without augmentation the former are unchanged passages of songs. With it, the given shares are
    voices over music of other songs, music without singing, and voices alone; the rest are passages
    of songs with a changed balance. Speed, equaliser, reverb and level vary, and in a share of
    ``formants`` of the voices and of the music the formants. Activity comes from the labels or from
    the level of the vocal stem.

    ``speech`` says what speech is: part of the accompaniment; a voice, to be removed and detected
    like singing; or part of the vocals, to be removed, with unknown activity.
    """

    stems: int = 8
    labelled: int = 8
    augmented: bool = False
    remixed: float = 0.0
    vocal_free: float = 0.0
    a_cappella: float = 0.0
    formants: float = 0.0
    speech: Literal["accompaniment", "voice", "vocals"] = "accompaniment"


@dataclass(frozen=True)
class Optimiser:
    """Adam, or Muon for the hidden layers, with decoupled weight decay.

    The learning rate rises linearly over ``warm_up`` steps, then is constant or decays along a
    cosine to a hundredth at ``steps``. ``average`` is the decay of the exponential moving average
    of the weights, which is validated and exported; 0 uses the last weights.
    """

    method: Method = "adam"
    steps: int = 100_000
    learning_rate: float = 1e-4
    schedule: Literal["constant", "cosine"] = "constant"
    warm_up: int = 0
    weight_decay: float = 0.0
    clip_norm: float = 0.0
    average: float = 0.0


@dataclass(frozen=True)
class Stopping:
    """Steps between validations, and steps without improvement after which to stop."""

    validate_every: int = 1_000
    patience: int = 10_000


@dataclass(frozen=True)
class Recipe:
    """All settings of a training. Defaults follow the paper where it gives values."""

    network: Network = field(default_factory=Network)
    objective: Objective = field(default_factory=Objective)
    data: Data = field(default_factory=Data)
    optimiser: Optimiser = field(default_factory=Optimiser)
    stopping: Stopping = field(default_factory=Stopping)

    def __post_init__(self) -> None:
        needs_stems = self.objective.mode != "detection"
        needs_labels = self.objective.mode == "detection" or (
            self.objective.mode in ("both", "likelihood") and not self.data.augmented
        )
        if needs_stems and self.data.stems < 1:
            raise ValueError(f"mode '{self.objective.mode}' needs data.stems of 1 or more")
        if needs_labels and self.data.labelled < 1:
            raise ValueError(f"mode '{self.objective.mode}' needs data.labelled of 1 or more")
        shares = self.data.remixed, self.data.vocal_free, self.data.a_cappella
        if min(shares) < 0 or sum(shares) > 1:
            raise ValueError(f"the shares {shares} must be 0 or more, and 1 at most together")


def load_recipe(name: str) -> Recipe:
    """Read a recipe of :data:`RECIPES` or a file; LivevoxError names the file and the error.

    Missing keys come from the recipe that ``like`` names, or from the defaults.
    """
    try:
        return recipe_from(_values(name, ()))
    except (OSError, ValueError) as error:
        raise LivevoxError(f"{name} is no recipe: {error}") from None


def _values(name: str, before: tuple[str, ...]) -> dict[str, Any]:
    if name in before:
        raise ValueError(f"its chain of 'like' is a circle: {' and '.join(before)}")
    ours = RECIPES / f"{name}.toml"
    path = ours if ours.exists() else Path(name)
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    like = values.pop("like", None)
    if like is None:
        return values
    if not isinstance(like, str):
        raise ValueError(f"like is {like!r}: give the name of a recipe, or a file")
    merged = _values(like, (*before, name))
    for key, value in values.items():
        both_tables = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = merged[key] | value if both_tables else value
    return merged


def recipe_from(values: dict[str, Any]) -> Recipe:
    """The inverse of ``dataclasses.asdict``. Raises ValueError for a wrong key, type or value."""
    recipe: Recipe = _build(Recipe, values, "")
    return recipe


def _build(kind: Any, values: dict[str, Any], where: str) -> Any:
    hints = get_type_hints(kind)
    if unknown := sorted(set(values) - set(hints)):
        raise ValueError(f"unknown key {where}{unknown[0]}: choose from {', '.join(hints)}")
    arguments = {}
    for key, value in values.items():
        hint = hints[key]
        if dataclasses.is_dataclass(hint):
            if not isinstance(value, dict):
                raise ValueError(f"{where}{key} must be a table")
            arguments[key] = _build(hint, value, f"{where}{key}.")
        elif get_origin(hint) is Literal:
            if value not in get_args(hint):
                raise ValueError(f"{where}{key} is {value!r}: choose from {get_args(hint)}")
            arguments[key] = value
        elif get_origin(hint) is tuple:
            if not isinstance(value, list | tuple) or any(type(item) is not int for item in value):
                raise ValueError(f"{where}{key} is {value!r}: it must be a list of whole numbers")
            arguments[key] = tuple(value)
        elif type(value) is hint or (hint is float and type(value) is int):
            arguments[key] = hint(value)
        else:
            raise ValueError(f"{where}{key} is {value!r}: it must be of type {hint.__name__}")
    return kind(**arguments)
