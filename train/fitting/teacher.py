"""A teacher network whose activity replaces the labels."""

from __future__ import annotations

from pathlib import Path

import torch
from lightning_fabric import Fabric
from torch import Tensor

from train.fitting.hardware import memory_format
from train.network.checkpoints import load_network


class Teacher:
    """Activity targets by distillation (Hinton, Vinyals and Dean, 2015).

    Probabilities carry more information than labels, and are consistent over all excerpts. Where
    the excerpt has no singing, this is known, and the target is 0 instead of the teacher's output.
    """

    def __init__(self, fabric: Fabric, path: Path) -> None:
        """``path`` is a checkpoint or an ONNX model; LivevoxError if it is neither."""
        self._fabric = fabric
        net = load_network(path).requires_grad_(False)
        self._net = net.to(fabric.device, memory_format=memory_format())  # type: ignore[call-overload]

    @torch.no_grad()
    def activity(self, batch: dict[str, Tensor]) -> Tensor:
        """The (batch, frames) targets: probabilities; -1 (unknown) in the teacher's context frames;
        0 wherever nobody sings."""
        with self._fabric.autocast():
            _, logits = self._net(batch["mixture"])
        first = self._net.geometry.first_output_frame
        targets = torch.full_like(batch["activity"], -1)
        targets[:, first : first + logits.shape[1]] = torch.sigmoid(logits.float())
        targets[batch["activity"] == 0] = 0
        return targets
