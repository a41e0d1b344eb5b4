"""The multi-task loss (paper, equation 3), robust where nobody sings."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def separation_loss(mask: Tensor, mixture: Tensor, vocals: Tensor, accompaniment: Tensor) -> Tensor:
    """Mean absolute error of both sources in the normalised space, log(1 + magnitude).

    All are (batch, frames, bins), the last three as log(1 + x). The paper squares the error; the
    absolute error keeps its pull where the error is small, so that a mask over music alone goes
    on towards zero.
    """
    magnitude = torch.expm1(mixture)
    voice_error = torch.log1p(mask * magnitude) - vocals
    music_error = torch.log1p((1 - mask) * magnitude) - accompaniment
    return voice_error.abs().mean() + music_error.abs().mean()


def detection_loss(logits: Tensor, activity: Tensor) -> Tensor:
    """Binary cross-entropy over the (batch, frames) whose activity is known (not -1)."""
    known = activity >= 0
    if not known.any():
        return logits.sum() * 0
    return F.binary_cross_entropy_with_logits(logits[known], activity[known])


def multi_task_loss(separation: Tensor, detection: Tensor, alpha: float) -> Tensor:
    """alpha L_separation + (1 - alpha) L_detection (paper, equation 3)."""
    return alpha * separation + (1 - alpha) * detection
