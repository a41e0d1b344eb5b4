"""The paper's network (section 3.2): one U-Net of valid convolutions, two heads, two alignments.

Tensors are (batch, channels, frames, bins): frames before bins, as they arrive in a stream.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from livevox.dsp.stft import NET_BINS
from livevox.network.geometry import Geometry
from livevox.network.stages import LEVELS
from train.recipe import PAPERS_WIDTHS, Network

BIN_PADDING = (46, 47)
"""Zero bins below and above the 257: 350 input bins give 258 output bins."""
OUT_BINS = 258
COARSE_BINS = 18
"""Bins at the coarsest level: the length of the convolution along frequency."""
SLOPE = 0.2

CAUSAL_CROPS = (103, 47, 19, 5)
"""Frames cropped from the start of the skip connections at levels 0 to 3 in the causal alignment:
the newest skip cell then aligns with the newest up-sampled cell without look-ahead."""


def cropped_bins(x: Tensor, like: Tensor) -> Tensor:
    """Crop the bins of ``x`` around the centre to those of ``like``."""
    return _cropped(x, 0, x.shape[2], like.shape[3])


def _cropped(x: Tensor, first: int, frames: int, bins: int) -> Tensor:
    """``frames`` from ``first`` on, and the central ``bins``."""
    low = (x.shape[3] - bins) // 2
    # Not a slice: its gradient loses the memory format, which takes a sixth of a training step.
    return F.pad(x, (-low, bins + low - x.shape[3], -first, first + frames - x.shape[2]))


def activated(x: Tensor, level: int) -> Tensor:
    """The encoder's activation function at a level (section 3.2)."""
    return F.leaky_relu(x, SLOPE) if level else F.relu(x)


class UpSampling(nn.ConvTranspose2d):
    """Makes two by two cells of each. The kernel is as long as the stride, so in training a matrix
    product gives the same in less than half of the time."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__(before, after, 2, stride=2)

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Map (batch, before, frames, bins) to (batch, after, 2 frames, 2 bins)."""
        if not self.training:
            return super().forward(x, output_size)
        assert self.bias is not None
        batch, before, frames, bins = x.shape
        after = self.out_channels
        weight = self.weight.permute(2, 3, 1, 0).reshape(4 * after, before)
        cells = F.linear(x.permute(0, 2, 3, 1), weight, self.bias.repeat(4))
        cells = cells.view(batch, frames, bins, 2, 2, after).permute(0, 1, 3, 2, 4, 5)
        return cells.reshape(batch, 2 * frames, 2 * bins, after).permute(0, 3, 1, 2)


class Templates(nn.Module):
    """Adds learned spectra over all bins to the cells of a frame, weighted by the frame's content.

    This is the paper's pair of convolutions along frequency, which the paper has at the coarsest
    level only, where a cell is 16 frames long. It is initialised to add zero.
    """

    def __init__(self, channels: int, templates: int) -> None:
        super().__init__()
        self.squeeze = nn.Linear(OUT_BINS * channels, templates)
        self.expand = nn.Linear(templates, OUT_BINS * channels, bias=False)
        nn.init.normal_(self.squeeze.weight, std=self.squeeze.in_features**-0.5)
        nn.init.zeros_(self.expand.weight)

    def forward(self, x: Tensor, of_mask: Tensor) -> Tensor:
        """What the spectra add to the mask before its sigmoid, as (batch, frames, bins).

        ``x`` are the cells as (batch, frames, bins, channels), ``of_mask`` the weights of the
        channels in the mask. They are applied to the spectra instead of to the cells, which is the
        same with a small part of the arithmetic, since both are linear.
        """
        called = F.leaky_relu(self.squeeze(x.flatten(2)), SLOPE)
        spectra = self.expand.weight.view(OUT_BINS, -1, called.shape[2])
        return F.linear(called, of_mask @ spectra)


def _begin(weight: Tensor, inputs: int) -> None:
    """Draw weights that preserve the variance of their inputs (He et al., 2015)."""
    nn.init.normal_(weight, std=math.sqrt(2 / ((1 + SLOPE**2) * inputs)))


class Net(nn.Module):
    """Log magnitudes in, vocal mask and singing activity out."""

    def __init__(
        self, geometry: Geometry, widths: Sequence[int] = PAPERS_WIDTHS, templates: int = 0
    ) -> None:
        """``widths`` are the numbers of filters per level, the finest first; ``templates`` is the
        number of spectra in :class:`Templates`, 0 in the paper."""
        super().__init__()
        self.geometry = geometry
        self.widths = tuple(widths)
        self.down = nn.ModuleList(
            nn.Conv2d(before, after, 3)
            for before, after in zip([1, *widths[:-1]], widths, strict=True)
        )
        finest, coarse = widths[0], widths[-1]
        self.squeeze = nn.Conv2d(coarse, coarse, (1, COARSE_BINS))
        self.expand = nn.ConvTranspose2d(coarse, coarse, (1, COARSE_BINS))
        self.up = nn.ModuleList(
            UpSampling(before, after)
            for before, after in zip(
                [2 * coarse, *widths[LEVELS - 1 : 0 : -1]], widths[LEVELS - 1 :: -1], strict=True
            )
        )
        self.merge = nn.ModuleList(nn.Conv2d(2 * n, n, 3) for n in widths[LEVELS - 1 :: -1])
        self.templates = Templates(finest, templates) if templates else None
        self.mask = nn.Conv2d(finest + 1, 1, 1)
        self.activity = nn.Conv2d(finest + 1, 1, (1, OUT_BINS))
        for conv in [*self.down, self.squeeze, *self.merge]:
            _begin(conv.weight, conv.weight[0].numel())
        for conv in [*self.up, self.expand]:
            # Each output cell depends on one element of the kernel.
            _begin(conv.weight, conv.in_channels)

    @classmethod
    def of(cls, network: Network) -> Net:
        """A new network as the recipe specifies."""
        return cls(network.geometry, network.widths, network.templates)

    def forward(self, log_magnitude: Tensor) -> tuple[Tensor, Tensor]:
        """Map (batch, n, 257) log magnitudes to masks and activity.

        n is 14 modulo 16. The mask is (batch, m, 257) in 0..1, the activity (batch, m) in logits,
        m = n - ``geometry.lost_frames``; output j belongs to frame
        ``j + geometry.first_output_frame``.
        """
        magnitude = F.pad(log_magnitude[:, None], BIN_PADDING)
        # Max-pooling and cropping before the activation give the same with fewer cells.
        x = self.down[0](magnitude)
        skips = []
        for level, conv in enumerate(list(self.down)[1:]):
            skips.append(x)
            x = conv(activated(F.max_pool2d(x, 2), level))
        x = self.spread(activated(x, LEVELS))
        for level, up, merge in zip(reversed(range(LEVELS)), self.up, self.merge, strict=True):
            x = F.leaky_relu(up(x), SLOPE)
            skip = skips[level]
            if self.geometry.alignment == "causal":
                first = CAUSAL_CROPS[level]
                x = _cropped(x, 0, skip.shape[2] - first, x.shape[3])
            else:
                first = (skip.shape[2] - x.shape[2]) // 2
            skip = activated(_cropped(skip, first, x.shape[2], x.shape[3]), level)
            x = F.leaky_relu(merge(torch.cat([x, skip], dim=1)), SLOPE)
        first = self.geometry.first_output_frame
        return self.heads(x, magnitude[:, :, first : first + x.shape[2]])

    def spread(self, x: Tensor) -> Tensor:
        """The coarsest cells, concatenated with the output of the convolution over all bins."""
        squeezed = F.leaky_relu(self.squeeze(x), SLOPE)
        return torch.cat([x, F.leaky_relu(self.expand(squeezed), SLOPE)], dim=1)

    def heads(self, x: Tensor, magnitude: Tensor) -> tuple[Tensor, Tensor]:
        """Mask and activity in logits from the finest cells and the padded input behind them.

        Only the mask uses the templates: with them, activity overfits the random mixes of the
        training. The heads are matrix products: convolutions on the concatenated cells and input
        would take a third of a training step.
        """
        assert self.mask.bias is not None
        assert self.activity.bias is not None
        behind = cropped_bins(magnitude, x)[:, 0]
        x = x.permute(0, 2, 3, 1)
        of_mask, of_activity = self.mask.weight[0, :, 0], self.activity.weight[0, :, 0]
        activity = x.flatten(2) @ of_activity[:-1].T.flatten() + behind @ of_activity[-1]
        mask = (x @ of_mask[:-1])[..., 0] + of_mask[-1] * behind + self.mask.bias
        if self.templates is not None:
            mask = mask + self.templates(x, of_mask[:-1, 0])
        return torch.sigmoid(mask[..., :NET_BINS]), activity + self.activity.bias
