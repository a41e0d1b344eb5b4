"""Weights to start from: those of a checkpoint, or those inside an ONNX model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch

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


def load_weights(net: Net, *paths: Path) -> None:
    """Give ``net`` the weights of a checkpoint or an ONNX model of the same width, or the means of
    several, which should be of one training.

    The alignment may differ: the weights have the same shapes. Raises LivevoxError where a file
    is neither, or of another width.
    """
    every = []
    for path in paths:
        onnx_file = path.suffix == ".onnx"
        weights = _onnx_weights(path) if onnx_file else load_checkpoint(path).state_dict()
        try:
            net.load_state_dict(weights)
        except RuntimeError as error:
            reason = str(error).splitlines()[-1].strip()
            raise LivevoxError(
                f"{path} does not fit a network of width {net.width}: {reason}"
            ) from None
        every.append(weights)
    net.load_state_dict({name: sum(w[name] for w in every) / len(every) for name in every[0]})


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
