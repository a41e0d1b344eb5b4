"""Widening a trained network without changing what it computes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from livevox.network.stages import LEVELS
from train.network.model import OUT_BINS, Net


@torch.no_grad()
def widen(narrow: Net, wide: Net) -> None:
    """Give ``wide`` the function of ``narrow``, for a training to go on where that one ended.

    The additional filters keep their initial weights, and have no weight in what follows them.
    Raises ValueError if a level of ``wide`` has fewer filters, or another number of templates.
    """
    if min(w - n for n, w in zip(narrow.widths, wide.widths, strict=True)) < 0:
        raise ValueError(f"{list(narrow.widths)} filters are more than {list(wide.widths)}")
    if _templates(narrow) != _templates(wide):
        raise ValueError(f"{_templates(narrow)} templates are not {_templates(wide)}")
    # The input has one channel.
    counts = list(zip([1, *narrow.widths], [1, *wide.widths], strict=True))
    for level, pair in enumerate(_pairs(narrow.down, wide.down)):
        _place(*pair, _kept(*counts[level]))
    coarse, finest = counts[-1], counts[1]
    _place(narrow.squeeze, wide.squeeze, _kept(*coarse))
    _place(narrow.expand, wide.expand, _kept(*coarse))
    for index, pair in enumerate(_pairs(narrow.up, wide.up)):
        # The coarsest cells come twice: as they are, and after the convolution over all bins.
        _place(*pair, _kept(*counts[LEVELS + 1 - index], groups=1 if index else 2))
    for index, pair in enumerate(_pairs(narrow.merge, wide.merge)):
        _place(*pair, _kept(*counts[LEVELS - index], groups=2))
    # The magnitude follows the finest cells.
    behind = torch.cat([_kept(*finest), torch.tensor([wide.widths[0]])])
    _place(narrow.mask, wide.mask, behind)
    _place(narrow.activity, wide.activity, behind)
    if narrow.templates is not None and wide.templates is not None:
        cells = _kept(*finest, groups=OUT_BINS)
        _place(narrow.templates.squeeze, wide.templates.squeeze, cells)
        wide.templates.expand.weight[cells] = narrow.templates.expand.weight


def _kept(narrow: int, wide: int, groups: int = 1) -> Tensor:
    """The indices of the narrow network's filters among the wide one's, which follow each other in
    so many groups."""
    return (torch.arange(groups)[:, None] * wide + torch.arange(narrow)).flatten()


def _place(narrow: nn.Module, wide: nn.Module, inputs: Tensor) -> None:
    """Copy a layer whose outputs become the first ones and whose inputs become ``inputs``."""
    old: Tensor = narrow.get_parameter("weight")
    new: Tensor = wide.get_parameter("weight")
    if isinstance(wide, nn.ConvTranspose2d):
        old, new = old.transpose(0, 1), new.transpose(0, 1)
    new[: len(old)] = 0
    new[: len(old), inputs] = old
    wide.get_parameter("bias")[: len(old)] = narrow.get_parameter("bias")


def _pairs(narrow: nn.ModuleList, wide: nn.ModuleList) -> Sequence[tuple[nn.Module, nn.Module]]:
    return list(zip(narrow, wide, strict=True))


def _templates(net: Net) -> int:
    return 0 if net.templates is None else net.templates.squeeze.out_features
