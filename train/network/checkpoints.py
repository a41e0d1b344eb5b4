"""Loading weights from a checkpoint or an ONNX model, and averaging checkpoints."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch

from livevox.errors import LivevoxError
from livevox.media.files import atomic_path
from livevox.network.info import ModelInfo
from livevox.network.stages import LEVELS
from train.network.model import Net
from train.network.widening import widen
from train.recipe import Recipe, recipe_from

WEIGHT_PREFIX = "_net."
"""Prefix of the network's parameter names in an exported file."""
HALF_SUFFIX = ".half"


def load_checkpoint(path: Path) -> Net:
    """The network of a checkpoint of `train.fitting.fit`, with its averaged weights."""
    return _read(path)[1]


def save_mean(paths: Sequence[Path], path: Path) -> None:
    """Write the mean of several averaged weights as a checkpoint: that of the first of ``paths``, a
    checkpoint, and those of other checkpoints or ONNX models.

    They should be of one training, or one the start of the other: the mean of unrelated weights is
    useless. A network with fewer filters, from which the first one began, counts as one whose
    additional filters have no weight in what follows them. Raises LivevoxError if a file is
    neither, or of another network.
    """
    recipe, first = _read(paths[0])
    nets = [first]
    for other in paths[1:]:
        # The additional filters are the same in both; only what follows them differs.
        net, given = copy.deepcopy(first), load_network(other)
        if given.geometry != first.geometry:
            raise LivevoxError(
                f"{other} has another alignment than {paths[0]}: give weights of one training"
            )
        _hand_over(given, net, other, "give weights of one training, those of most filters first")
        nets.append(net)
    states = [net.state_dict() for net in nets]
    mean = {name: sum(s[name] for s in states) / len(states) for name in states[0]}
    with atomic_path(path) as part:
        torch.save({"recipe": dataclasses.asdict(recipe), "averaged": mean}, part)


def _read(path: Path) -> tuple[Recipe, Net]:
    """A checkpoint's recipe and its network."""
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        recipe = recipe_from(state["recipe"])
        net = Net.of(recipe.network)
        net.load_state_dict(state["averaged"])
    except Exception as error:  # torch.load's own errors share no narrower base class
        reason = str(error).splitlines()[0]
        raise LivevoxError(f"{path} is no checkpoint of a training: {reason}") from None
    return recipe, net.eval()


def load_network(path: Path) -> Net:
    """The network of a checkpoint, or of an ONNX model that `train.network.export` wrote.

    Raises LivevoxError if the file is neither.
    """
    return load_exported(path)[1] if path.suffix == ".onnx" else load_checkpoint(path)


def load_exported(path: Path) -> tuple[ModelInfo, Net]:
    """An ONNX model that `train.network.export` wrote, also of an earlier livevox.

    Raises LivevoxError if the file is none.
    """
    try:
        model = onnx.load(path)
        info = ModelInfo.from_metadata({entry.key: entry.value for entry in model.metadata_props})
        weights = _weights(model)
        widths = [weights[f"down.{level}.weight"].shape[0] for level in range(LEVELS + 1)]
        templates = weights.get("templates.expand.weight", torch.empty(0, 0)).shape[1]
        net = Net(info.geometry, widths, templates)
        net.load_state_dict(weights)
    except Exception as error:  # a broken file raises protobuf's own errors
        raise LivevoxError(f"{path} is no livevox model: {error}") from None
    return info, net.eval()


def load_weights(net: Net, path: Path) -> None:
    """Load a checkpoint's or ONNX model's weights into ``net``.

    The alignment may differ: the weights have the same shapes. ``net`` may have more filters: it
    then computes the same (:func:`train.network.widening.widen`). Raises LivevoxError if the file
    is neither, or of a network with more filters or with other templates.
    """
    remedy = "give the recipe its network.templates, and its network.widths or more"
    _hand_over(load_network(path), net, path, remedy)


def _hand_over(given: Net, net: Net, path: Path, remedy: str) -> None:
    """Widen ``given``, which is that of ``path``, into ``net``."""
    try:
        widen(given, net)
    except ValueError as error:
        raise LivevoxError(f"{path} is of another network ({error}): {remedy}") from None


def _weights(model: onnx.ModelProto) -> dict[str, torch.Tensor]:
    return {
        tensor.name.removeprefix(WEIGHT_PREFIX).removesuffix(HALF_SUFFIX): torch.from_numpy(
            onnx.numpy_helper.to_array(tensor).astype(np.float32)
        )
        for tensor in model.graph.initializer
        if tensor.name.startswith(WEIGHT_PREFIX)
    }
