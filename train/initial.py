"""Weights to start from: those of a checkpoint, or those inside an ONNX model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from livevox.errors import LivevoxError
from train.model import Net
from train.recipe import recipe_from

WEIGHT_PREFIX = "_net."
"""What an exported file puts before the names of the network's parameters."""
HALF_SUFFIX = ".half"


def load_checkpoint(path: Path) -> Net:
    """The network of a checkpoint of `train.fit`, with its averaged weights."""
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        recipe = recipe_from(state["recipe"])
        net = Net(recipe.network.geometry, recipe.network.width)
        net.load_state_dict(state["averaged"])
    except Exception as error:  # torch.load's own errors share no narrower base class
        reason = str(error).splitlines()[0]
        raise LivevoxError(f"{path} is no checkpoint of a training: {reason}") from None
    return net.eval()


def load_weights(net: Net, path: Path) -> None:
    """Give ``net`` the weights of a checkpoint or an ONNX model of the same width or a smaller one.

    The alignment may differ: the weights have the same shapes. A wider network computes what the
    narrower one does: its other filters, random, are heard by nobody yet. Raises LivevoxError where
    the file is neither, or wider.
    """
    onnx_file = path.suffix == ".onnx"
    weights = _onnx_weights(path) if onnx_file else load_checkpoint(path).state_dict()
    try:
        with torch.no_grad():
            for name, module in net.named_modules():
                if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
                    _embed(name, module, weights)
    except (KeyError, RuntimeError, IndexError) as error:
        reason = str(error).splitlines()[-1].strip()
        raise LivevoxError(
            f"{path} does not fit a network of width {net.width}: {reason}"
        ) from None


def _embed(
    name: str, module: nn.Conv2d | nn.ConvTranspose2d, weights: Mapping[str, Tensor]
) -> None:
    """Put narrower weights first among those of ``module``, deaf to all that they did not know."""
    weight, known = module.weight, weights[f"{name}.weight"]
    if isinstance(module, nn.ConvTranspose2d):
        weight, known = weight.transpose(0, 1), known.transpose(0, 1)
    outputs, inputs = known.shape[:2]
    if name in ("mask", "activity"):
        places = torch.tensor([*range(inputs - 1), weight.shape[1] - 1])
    else:
        # What comes in is two things one behind the other where a skip or the coarsest cells join.
        things = 2 if name == "up.0" or name.startswith("merge.") else 1
        firsts = torch.arange(things) * (weight.shape[1] // things)
        places = (firsts[:, None] + torch.arange(inputs // things)).flatten()
    weight[:outputs] = 0
    weight[:outputs, places] = known
    module.bias[:outputs] = weights[f"{name}.bias"]  # type: ignore[index]


def _onnx_weights(path: Path) -> dict[str, torch.Tensor]:
    try:
        tensors = onnx.load(path).graph.initializer
    except Exception as error:  # a broken file raises protobuf's own errors
        raise LivevoxError(f"{path} is no ONNX model: {error}") from None
    return {
        tensor.name.removeprefix(WEIGHT_PREFIX).removesuffix(HALF_SUFFIX): torch.from_numpy(
            onnx.numpy_helper.to_array(tensor).astype(np.float32)
        )
        for tensor in tensors
        if tensor.name.startswith(WEIGHT_PREFIX)
    }
