"""Activity as another network hears it, to be learned instead of labels."""

from __future__ import annotations

from pathlib import Path

import torch
from lightning_fabric import Fabric
from torch import Tensor

from train.fitting.hardware import memory_format
from train.network.checkpoints import load_network


class Teacher:
    """Tells activity in place of labels: distillation (Hinton, Vinyals and Dean, 2015).

    A probability says more than a label, and one way of telling it is learned from all excerpts.
    But where nobody sings, that is known better than the teacher can hear it.
    """

    def __init__(self, fabric: Fabric, path: Path) -> None:
        """``path`` is a checkpoint or an ONNX model; LivevoxError where it is neither."""
        self._fabric = fabric
        net = load_network(path).requires_grad_(False)
        self._net = net.to(fabric.device, memory_format=memory_format())  # type: ignore[call-overload]

    @torch.no_grad()
    def activity(self, batch: dict[str, Tensor]) -> Tensor:
        """The (batch, frames) targets: probabilities, and -1, not known, in the frames that its
        context takes; 0 wherever nobody sings."""
        with self._fabric.autocast():
            _, logits = self._net(batch["mixture"])
        first = self._net.geometry.first_output_frame
        targets = torch.full_like(batch["activity"], -1)
        targets[:, first : first + logits.shape[1]] = torch.sigmoid(logits.float())
        targets[batch["activity"] == 0] = 0
        return targets
