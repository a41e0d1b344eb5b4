"""The network's stages as torch computes them; see :mod:`livevox.network.stages`."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from livevox.dsp.stft import NET_BINS
from livevox.network.stages import LEVELS, STAGES
from train.network.model import BIN_PADDING, COARSE_BINS, SLOPE, Net, cropped_bins

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

    def halves(level: int, x: Tensor) -> tuple[Tensor, Tensor]:
        risen = F.leaky_relu(net.up[LEVELS - 1 - level](x), SLOPE)
        return risen[:, :, :1], risen[:, :, 1:]

    def turn(earlier: Tensor, cell: Tensor, past: Tensor) -> tuple[Tensor, ...]:
        coarsest, past = encode(LEVELS)(earlier, cell, past)
        return *halves(LEVELS - 1, net.spread(coarsest)), past

    def joined(level: int, coarse: Tensor, skip: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        pair = torch.cat([coarse, cropped_bins(skip, coarse)], dim=1)
        cells = torch.cat([past, pair], dim=2)
        return F.leaky_relu(net.merge[LEVELS - 1 - level](cells), SLOPE), cells[:, :, 1:]

    def merge(level: int) -> Stage:
        def run(coarse: Tensor, skip: Tensor, past: Tensor) -> tuple[Tensor, ...]:
            x, past = joined(level, coarse, skip, past)
            return *halves(level - 1, x), past

        return run

    def merge0(coarse: Tensor, skip: Tensor, past: Tensor, frame: Tensor) -> tuple[Tensor, ...]:
        x, past = joined(0, coarse, skip, past)
        mask, logits = net.heads(x, F.pad(frame[:, None], BIN_PADDING))
        return mask, torch.sigmoid(logits), past

    functions: dict[str, Stage] = {"encode0": encode0, "turn": turn, "merge0": merge0}
    for level in range(1, LEVELS):
        functions |= {f"encode{level}": encode(level), f"merge{level}": merge(level)}
    return {name: functions[name] for name in STAGES}


def empty_inputs(net: Net) -> dict[str, tuple[Tensor, ...]]:
    """The stages' inputs at the start of a stream: zeros of the right shapes."""
    shapes: dict[str, tuple[tuple[int, ...], ...]] = {"encode0": ((1, 3, NET_BINS),)}
    bins = [NET_BINS + sum(BIN_PADDING) - 2]
    for level in range(1, LEVELS + 1):
        fine = (1, net.widths[level - 1], 1, bins[-1])
        past = (1, fine[1], 2, bins[-1] // 2)
        shapes["turn" if level == LEVELS else f"encode{level}"] = (fine, fine, past)
        bins.append(bins[-1] // 2 - 2)
    assert bins.pop() == COARSE_BINS
    risen = COARSE_BINS
    for level in reversed(range(LEVELS)):
        channels, risen = net.widths[level], 2 * risen
        coarse, skip = (1, channels, 1, risen), (1, channels, 1, bins[level])
        shapes[f"merge{level}"] = (coarse, skip, (1, 2 * channels, 2, risen))
        risen -= 2
    shapes["merge0"] += ((1, 1, NET_BINS),)
    return {name: tuple(torch.zeros(shape) for shape in shapes[name]) for name in STAGES}
