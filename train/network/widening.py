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
    kept = [_Filters(n, w) for n, w in zip(narrow.widths, wide.widths, strict=True)]
    one = _Filters(1, 1)
    coarse, finest = kept[-1], kept[0]
    for level, pair in enumerate(_pairs(narrow.down, wide.down)):
        _place(*pair, kept[level - 1].first() if level else one.first())
    _place(narrow.squeeze, wide.squeeze, coarse.first())
    _place(narrow.expand, wide.expand, coarse.first())
    for index, pair in enumerate(_pairs(narrow.up, wide.up)):
        # The coarsest cells come twice: as they are, and after the convolution over all bins.
        _place(*pair, kept[LEVELS - index].repeated(1 if index else 2))
    for index, pair in enumerate(_pairs(narrow.merge, wide.merge)):
        _place(*pair, kept[LEVELS - 1 - index].repeated(2))
    # The magnitude follows the finest cells.
    behind = torch.cat([finest.first(), torch.tensor([finest.wide])])
    _place(narrow.mask, wide.mask, behind)
    _place(narrow.activity, wide.activity, behind)
    if narrow.templates is not None and wide.templates is not None:
        _place(narrow.templates.squeeze, wide.templates.squeeze, finest.repeated(OUT_BINS))
        wide.templates.expand.weight[finest.repeated(OUT_BINS)] = narrow.templates.expand.weight


class _Filters:
    """The numbers of filters of a level in the two networks."""

    def __init__(self, narrow: int, wide: int) -> None:
        self._narrow = narrow
        self.wide = wide

    def first(self) -> Tensor:
        """The indices of the narrow network's filters in the wide one."""
        return torch.arange(self._narrow)

    def repeated(self, times: int) -> Tensor:
        """:meth:`first` in ``times`` groups of all filters, one behind the other."""
        return (torch.arange(times)[:, None] * self.wide + self.first()).flatten()


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
