"""Optimisers: Adam, or Muon for the hidden layers and Adam for the rest."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from train.fitting.hardware import bfloat16_is_fast
from train.recipe import Method

MOMENTUM = 0.95
NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
NEWTON_SCHULZ_STEPS = 5
ADAMS_RMS = 0.2
"""RMS of a typical Adam step, relative to the learning rate."""


def optimiser(method: Method, parameters: Iterable[nn.Parameter], weight_decay: float) -> Optimizer:
    """The optimiser of a recipe; the learning rate is set at every step in its ``param_groups``."""
    kinds: dict[Method, type[Optimizer]] = {"adam": AdamW, "muon": HiddenMuon}
    return kinds[method](parameters, weight_decay=weight_decay)  # type: ignore[call-arg]


def orthogonal(matrix: Tensor) -> Tensor:
    """Orthogonalise a float32 matrix, so that its singular values are about 1, by the Newton-Schulz
    iteration with the coefficients of Jordan (2024)."""
    a, b, c = NEWTON_SCHULZ
    made = matrix.bfloat16() if bfloat16_is_fast() else matrix
    wide = made.T if len(made) > made.shape[1] else made
    wide = wide / wide.norm().clamp(min=1e-7)
    for _ in range(NEWTON_SCHULZ_STEPS):
        gram = wide @ wide.T
        wide = torch.addmm(wide, torch.addmm(gram, gram, gram, beta=b, alpha=c), wide, beta=a)
    return (wide.T if len(made) > made.shape[1] else wide).float()


class HiddenMuon(Optimizer):
    """Muon (Jordan, 2024) for the weights between hidden layers, AdamW for all others.

    A convolution's weights are a matrix (first channels, second channels x kernel). Steps are
    scaled to the RMS of Adam's, so that both share a learning rate (Liu et al., 2025). PyTorch's
    Muon takes matrices only and always computes in bfloat16, which is 20 times slower on some CPUs.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], weight_decay: float) -> None:
        parameters = list(parameters)
        super().__init__(parameters, {"lr": 1e-3})
        self._weight_decay = weight_decay
        self._hidden = [p for p in parameters if p.ndim > 1 and min(p.shape[:2]) > 1]
        hidden = {id(p) for p in self._hidden}
        self._adam = AdamW(
            [p for p in parameters if id(p) not in hidden], weight_decay=weight_decay
        )

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        """One step along the gradients of the parameters that have one."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        rate = self.param_groups[0]["lr"]
        for weight in self._hidden:
            gradient = weight.grad
            if gradient is None:
                continue
            momentum = self.state[weight].setdefault("momentum", torch.zeros_like(weight))
            momentum.lerp_(gradient, 1 - MOMENTUM)
            # Nesterov momentum
            downhill = gradient.lerp(momentum, MOMENTUM).flatten(1)
            length = rate * ADAMS_RMS * math.sqrt(max(downhill.shape))
            weight.mul_(1 - rate * self._weight_decay)
            weight.sub_(length * orthogonal(downhill).view(weight.shape))
        for group in self._adam.param_groups:
            group["lr"] = rate
        self._adam.step()
        return loss

    def state_dict(self) -> dict[str, Any]:
        """Both optimisers' states."""
        return {"muon": super().state_dict(), "adam": self._adam.state_dict()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """The inverse of :meth:`state_dict`."""
        super().load_state_dict(state_dict["muon"])
        self._adam.load_state_dict(state_dict["adam"])
