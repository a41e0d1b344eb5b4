"""The network's stages as torch computes them; see :mod:`livevox.network.stages`."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from livevox.dsp.stft import NET_BINS
from livevox.network.stages import LEVELS, STAGES, UP, rest
from train.network.model import BIN_PADDING, COARSE_BINS, SLOPE, Net, UpSampling, cropped_bins

Stage = Callable[..., tuple[Tensor, ...]]


def stages(net: Net) -> dict[str, Stage]:
    """The functions of :data:`livevox.network.stages.STAGES` with the weights of ``net``."""

    def encode0(frames: Tensor) -> tuple[Tensor, ...]:
        return (F.relu(net.down[0](F.pad(frames[:, None], BIN_PADDING))),)

    def encode(level: int) -> Stage:
        def run(earlier: Tensor, cell: Tensor, past: Tensor) -> tuple[Tensor, ...]:
            pooled = F.max_pool2d(torch.cat([earlier, cell], dim=2), 2)
            cells = torch.cat([past, pooled], dim=2)
            return F.leaky_relu(net.down[level](cells), SLOPE), cells[:, :, 1:]

        return run

    def turn(earlier: Tensor, cell: Tensor, before: Tensor) -> tuple[Tensor, ...]:
        pooled = F.max_pool2d(torch.cat([earlier, cell], dim=2), 2)
        coarsest = net.spread(newest_part(net.down[LEVELS], pooled, before))
        return half(net.up[0], coarsest, 0), pooled, coarsest

    def joined(coarse: Tensor, skip: Tensor) -> Tensor:
        return torch.cat([coarse, cropped_bins(skip, coarse)], dim=1)

    def merge(level: int) -> Stage:
        place = LEVELS - 1 - level

        def run(coarse: Tensor, skip: Tensor, before: Tensor) -> tuple[Tensor, ...]:
            pair = joined(coarse, skip)
            cells = newest_part(net.merge[place], pair, before)
            return half(net.up[place + 1], cells, 0), pair, cells

        return run

    def rest_of(conv: nn.Module, up: nn.Module) -> Stage:
        def run(older: Tensor, newer: Tensor, cells: Tensor) -> tuple[Tensor, ...]:
            return half(up, cells, 1), earlier_part(conv, older, newer)

        return run

    def merge0(coarse: Tensor, skip: Tensor, past: Tensor, frame: Tensor) -> tuple[Tensor, ...]:
        cells = torch.cat([past, joined(coarse, skip)], dim=2)
        x = F.leaky_relu(net.merge[LEVELS - 1](cells), SLOPE)
        mask, logits = net.heads(x, F.pad(frame[:, None], BIN_PADDING))
        return mask, torch.sigmoid(logits), cells[:, :, 1:]

    functions: dict[str, Stage] = {"encode0": encode0, "turn": turn, "merge0": merge0}
    for level in range(1, LEVELS):
        functions |= {f"encode{level}": encode(level), f"merge{level}": merge(level)}
    convolutions = [net.down[LEVELS], *net.merge]
    for stage, conv, up in zip(UP, convolutions, net.up, strict=False):
        functions[rest(stage)] = rest_of(conv, up)
    return {name: functions[name] for name in STAGES}


def newest_part(conv: nn.Module, cell: Tensor, before: Tensor) -> Tensor:
    """A convolution over three cells, of which ``before`` has the part of the first two."""
    assert isinstance(conv, nn.Conv2d)
    return F.leaky_relu(F.conv2d(cell, conv.weight[:, :, 2:], conv.bias) + before, SLOPE)


def earlier_part(conv: nn.Module, older: Tensor, newer: Tensor) -> Tensor:
    """The part of the first two cells in a convolution over three."""
    assert isinstance(conv, nn.Conv2d)
    return F.conv2d(torch.cat([older, newer], dim=2), conv.weight[:, :, :2])


def half(up: nn.Module, cells: Tensor, number: int) -> Tensor:
    """The first (0) or second (1) of the two cells that one is up-sampled to."""
    assert isinstance(up, UpSampling)
    weight = up.weight[:, :, number : number + 1]
    return F.leaky_relu(F.conv_transpose2d(cells, weight, up.bias, stride=(1, 2)), SLOPE)


def empty_inputs(net: Net) -> dict[str, tuple[Tensor, ...]]:
    """The stages' inputs at the start of a stream: zeros of the right shapes."""
    shapes: dict[str, tuple[tuple[int, ...], ...]] = {"encode0": ((1, 3, NET_BINS),)}
    widths, bins = net.widths, [NET_BINS + sum(BIN_PADDING) - 2]
    for level in range(1, LEVELS + 1):
        fine, half = (1, widths[level - 1], 1, bins[-1]), bins[-1] // 2
        bins.append(half - 2)
        if level < LEVELS:
            shapes[f"encode{level}"] = (fine, fine, (1, fine[1], 2, half))
    coarsest = bins.pop()
    assert coarsest == COARSE_BINS
    pooled, cells = (1, fine[1], 1, half), (1, 2 * widths[LEVELS], 1, coarsest)
    shapes["turn"] = (fine, fine, (1, widths[LEVELS], 1, coarsest))
    shapes[rest("turn")] = (pooled, pooled, cells)
    for level in reversed(range(LEVELS)):
        channels, risen = widths[level], 2 * cells[3]
        coarse, skip = (1, channels, 1, risen), (1, channels, 1, bins[level])
        pair, cells = (1, 2 * channels, 1, risen), (1, channels, 1, risen - 2)
        if level:
            shapes[f"merge{level}"] = (coarse, skip, cells)
            shapes[rest(f"merge{level}")] = (pair, pair, cells)
        else:
            shapes["merge0"] = (coarse, skip, (1, 2 * channels, 2, risen), (1, 1, NET_BINS))
    return {name: tuple(torch.zeros(shape) for shape in shapes[name]) for name in STAGES}
