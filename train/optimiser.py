"""What moves the weights: Adam, or Muon for the convolutions and Adam for the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn
from torch.optim import AdamW, Muon, Optimizer

from train.recipe import Method


def optimiser(method: Method, parameters: Iterable[nn.Parameter], weight_decay: float) -> Optimizer:
    """The optimiser of a recipe; the rate is set at every step, in its ``param_groups``."""
    kinds: dict[Method, type[Optimizer]] = {"adam": AdamW, "muon": ConvolutionMuon}
    return kinds[method](parameters, weight_decay=weight_decay)  # type: ignore[call-arg]


class ConvolutionMuon(Optimizer):
    """Muon (Jordan, 2024) for the weights between hidden layers, AdamW for all others.

    PyTorch's Muon takes matrices only; a convolution's is (first channels, second channels x
    kernel). Steps are as long as Adam's would be, so that a learning rate serves both (Liu et al.,
    2025).
    """

    def __init__(self, parameters: Iterable[nn.Parameter], weight_decay: float) -> None:
        parameters = list(parameters)
        super().__init__(parameters, {"lr": 1e-3})
        self._hidden = [p for p in parameters if p.ndim == 4 and min(p.shape[:2]) > 1]
        self._matrices = [nn.Parameter(p.detach().flatten(1).clone()) for p in self._hidden]
        hidden = {id(p) for p in self._hidden}
        self._muon = Muon(self._matrices, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw")
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
        for matrix, weight in zip(self._matrices, self._hidden, strict=True):
            matrix.copy_(weight.flatten(1))
            matrix.grad = None if weight.grad is None else weight.grad.flatten(1)
        for inner in (self._muon, self._adam):
            for group in inner.param_groups:
                group["lr"] = self.param_groups[0]["lr"]
            inner.step()
        for matrix, weight in zip(self._matrices, self._hidden, strict=True):
            weight.copy_(matrix.view(weight.shape))
        return loss

    def state_dict(self) -> dict[str, Any]:
        """Both optimisers' states."""
        return {"muon": self._muon.state_dict(), "adam": self._adam.state_dict()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """The inverse of :meth:`state_dict`."""
        self._muon.load_state_dict(state_dict["muon"])
        self._adam.load_state_dict(state_dict["adam"])
