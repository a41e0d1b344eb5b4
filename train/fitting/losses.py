"""The losses of the two tasks and their combination (paper, section 3.3).

Each loss is a sum and a count, so that a batch spread over processes has the same mean as in one.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from train.recipe import Error, Objective, Scale

SILENCE = 1e-3
"""Energy below which a mixture counts as silent."""
UNHEARD = 1e-4
"""Share of the mixture's energy, -40 dB, below which a voice or leakage counts as inaudible."""


def separation_loss(
    mask: Tensor, batch: dict[str, Tensor], error: Error = "squared", scale: Scale = "log"
) -> tuple[Tensor, Tensor]:
    """Sum and count of both sources' errors in the recipe's scale, log(1 + x) in the paper.

    ``mask`` is (batch, frames, bins); of ``batch``, ``mixture``, ``vocals`` and ``accompaniment``
    have its shape, as log(1 + x), and ``has_stems`` (batch,) says which excerpts count. The paper
    squares the error, whose optimum is the mean. The optimum of the absolute error is the median,
    which is 0 wherever a voice is less likely than not.
    """
    magnitude = torch.expm1(batch["mixture"])
    cells = mask[0].numel()
    total = torch.zeros((), device=mask.device)
    for share, source in ((mask, "vocals"), (1 - mask, "accompaniment")):
        difference = _scaled(share * magnitude, scale) - _scaled(torch.expm1(batch[source]), scale)
        if error == "relative":
            energy = _scaled(magnitude, scale).square().sum((1, 2))
            squares = difference.square().sum((1, 2)) / energy.clamp(min=SILENCE)
            per_excerpt = cells * squares
        elif error == "absolute":
            per_excerpt = difference.abs().sum((1, 2))
        else:
            per_excerpt = difference.square().sum((1, 2))
        total = total + (per_excerpt * batch["has_stems"]).sum()
    return total, 2 * batch["has_stems"].sum() * cells


def leakage_loss(mask: Tensor, batch: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Sum and count of the music's leakage into the vocals over the frames without singing.

    The level is in dB, so that low levels have as much gradient as high ones; it goes from 0 at
    UNHEARD of the mixture's energy to 1 at all of it. The count is of all frames, sung or not. For
    the arguments see :func:`separation_loss`.
    """
    mixture = torch.expm1(batch["mixture"])
    energy = mixture.square().sum(2)
    sung = torch.expm1(batch["vocals"]).square().sum(2) > UNHEARD * energy
    counted = ~sung & (energy > SILENCE) & (batch["has_stems"] > 0)[:, None]
    share = (mask * mixture).square().sum(2) / energy.clamp(min=SILENCE)
    level = torch.log1p(share / UNHEARD) / math.log1p(1 / UNHEARD)
    return (level * counted).sum(), batch["has_stems"].sum() * mask.shape[1]


def _scaled(magnitude: Tensor, scale: Scale) -> Tensor:
    if scale == "root":
        # Linear near 0, where the slope of the root is infinite.
        return torch.sqrt(magnitude + 0.01)
    return torch.log1p(magnitude) if scale == "log" else magnitude


def detection_loss(logits: Tensor, activity: Tensor) -> tuple[Tensor, Tensor]:
    """Sum and count of the cross-entropy over (batch, frames) with known activity (not -1)."""
    known = (activity >= 0).to(logits.dtype)
    entropy = F.binary_cross_entropy_with_logits(logits, activity.clamp(min=0), reduction="none")
    return (entropy * known).sum(), known.sum()


class JointLoss(nn.Module):
    """The total loss of the recipe's mode; leakage is part of separation.

    Mode 'likelihood' has a learned log variance per task: a Gaussian's for the separation error,
    and the matching temperature for the cross-entropy.
    """

    def __init__(self, objective: Objective) -> None:
        super().__init__()
        self._objective = objective
        self.log_variances = nn.Parameter(
            torch.zeros(2), requires_grad=objective.mode == "likelihood"
        )

    def forward(self, separation: Tensor, detection: Tensor, leakage: Tensor) -> Tensor:
        """Combine the () means of the losses."""
        separation = separation + self._objective.leakage * leakage
        mode, alpha = self._objective.mode, self._objective.alpha
        if mode in ("separation", "substitution"):
            return separation
        if mode == "detection":
            return detection
        if mode == "both":
            return alpha * separation + (1 - alpha) * detection
        weights = torch.exp(-self.log_variances)
        joined = 0.5 * weights[0] * separation + weights[1] * detection
        return joined + 0.5 * self.log_variances.sum()
