"""The losses of the two tasks and how they are joined (paper, section 3.3).

Each loss is a sum and a count, so that a batch that is spread over processes has the same mean as
the whole batch in one.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from train.recipe import Error, Objective, Scale

SILENCE = 1e-3
"""The energy under which a mixture counts as silent."""
UNHEARD = 1e-4
"""The share of the mixture's energy, -40 dB, under which nobody hears whether a voice is there."""


def separation_loss(
    mask: Tensor, batch: dict[str, Tensor], error: Error = "squared", scale: Scale = "log"
) -> tuple[Tensor, Tensor]:
    """Sum and count of the errors of both sources, on a scale that is log(1 + x) in the paper.

    ``mask`` is (batch, frames, bins); of ``batch``, ``mixture``, ``vocals`` and ``accompaniment``
    have its shape, as log(1 + x), and ``has_stems`` (batch,) says which excerpts count. The paper
    squares the error, whose best answer is a mean; that of the absolute error is a median, which is
    0 wherever the voice has less than even odds.
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
    """Sum and count of the music's level in the voice over the frames in which nobody sings.

    The level is in dB, so that it is pulled down as much where it is low; from 0 at UNHEARD of the
    mixture's energy to 1 at all of it. The count is of all frames, sung or not. Arguments: see
    :func:`separation_loss`.
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
        # Straight near 0, where the slope of the root would have no end.
        return torch.sqrt(magnitude + 0.01)
    return torch.log1p(magnitude) if scale == "log" else magnitude


def detection_loss(logits: Tensor, activity: Tensor) -> tuple[Tensor, Tensor]:
    """Sum and count of the cross-entropies of the (batch, frames) whose activity is not -1."""
    known = (activity >= 0).to(logits.dtype)
    entropy = F.binary_cross_entropy_with_logits(logits, activity.clamp(min=0), reduction="none")
    return (entropy * known).sum(), known.sum()


class JointLoss(nn.Module):
    """One number out of the means, as the recipe's mode has it; leakage is part of separation.

    In mode 'likelihood' it holds a learned log variance per task: a Gaussian's for the separation
    error, and the matching temperature of the cross-entropy.
    """

    def __init__(self, objective: Objective) -> None:
        super().__init__()
        self._objective = objective
        self.log_variances = nn.Parameter(
            torch.zeros(2), requires_grad=objective.mode == "likelihood"
        )

    def forward(self, separation: Tensor, detection: Tensor, leakage: Tensor) -> Tensor:
        """Join the () means of the losses."""
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
