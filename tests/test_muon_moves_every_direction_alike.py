"""Muon's steps for convolutions are equally long in every direction, Adam updates the other
weights, and the memory format changes nothing."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from livevox.network.geometry import Geometry
from train.fitting.optimiser import optimiser
from train.network.model import Net

RATE = 1e-2
HIDDEN = ("down.1.weight", "squeeze.weight", "expand.weight", "up.1.weight", "merge.3.weight")
OTHERS = ("down.0.weight", "mask.weight", "activity.weight", "down.2.bias")


def gradient(weight: Tensor) -> Tensor:
    """A random gradient, 20 times as steep in one direction as in another."""
    left, _, right = torch.linalg.svd(torch.randn(weight.shape).flatten(1), full_matrices=False)
    steep = torch.logspace(0, -1.3, left.shape[1])
    return (left * steep @ right).reshape(weight.shape)


def steps(channels_last: bool) -> dict[str, tuple[Tensor, Tensor]]:
    """A gradient and Muon's step for it, by the names of a network's weights."""
    torch.manual_seed(0)
    net = Net(Geometry("causal", 2), (4, 8, 16, 32, 64))
    gradients = {name: gradient(p.detach()) for name, p in net.named_parameters() if p.ndim > 1}
    gradients |= {n: torch.randn(p.shape) for n, p in net.named_parameters() if p.ndim == 1}
    if channels_last:
        net = net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    before = {name: p.detach().clone() for name, p in net.named_parameters()}
    muon = optimiser("muon", net.parameters(), weight_decay=0.0)
    muon.param_groups[0]["lr"] = RATE
    for name, p in net.named_parameters():
        p.grad = gradients[name].to(
            memory_format=torch.channels_last if p.ndim == 4 and channels_last else None
        )
    muon.step()
    return {n: (gradients[n], p.detach() - before[n]) for n, p in net.named_parameters()}


def test_a_hidden_weights_step_is_as_long_in_every_direction() -> None:
    made = steps(channels_last=True)
    for name in HIDDEN:
        downhill, step = made[name]
        lengths = torch.linalg.svdvals(step.flatten(1))
        assert lengths[0] / lengths[-1] < 2.5, name
        assert torch.sum(step * downhill) < 0, name


def test_matrices_move_as_pytorchs_muon_moves_them() -> None:
    torch.manual_seed(0)
    before, gradients = torch.randn(6, 8, 1, 1), [gradient(torch.randn(6, 8)) for _ in range(3)]
    ours, theirs = nn.Parameter(before.clone()), nn.Parameter(before.flatten(1).clone())
    settings = {"lr": RATE, "weight_decay": 0.1}
    both = [
        (ours, optimiser("muon", [ours, nn.Parameter(torch.zeros(1))], weight_decay=0.1)),
        (theirs, torch.optim.Muon([theirs], **settings, adjust_lr_fn="match_rms_adamw")),
    ]
    for weight, muon in both:
        muon.param_groups[0]["lr"] = RATE
        for downhill in gradients:
            weight.grad = downhill.view(weight.shape)
            muon.step()
    # PyTorch's Muon computes in bfloat16.
    moved = torch.linalg.norm(theirs - before.flatten(1))
    assert torch.linalg.norm(ours.flatten(1) - theirs) < 0.03 * moved


def test_all_other_weights_move_as_adam_moves_them() -> None:
    made = steps(channels_last=True)
    for name in OTHERS:
        # Adam's first step is equally long for every weight, whatever its gradient.
        downhill, step = made[name]
        torch.testing.assert_close(step, -RATE * downhill.sign(), rtol=1e-2, atol=0)


def test_the_memory_format_changes_nothing() -> None:
    one, two = steps(channels_last=False), steps(channels_last=True)
    for name, (_, step) in one.items():
        torch.testing.assert_close(two[name][1], step, rtol=0, atol=1e-7, msg=name)


def test_a_convolution_of_one_cell_is_stepped() -> None:
    """Weights that fit both memory formats at once."""
    torch.manual_seed(0)
    conv = torch.nn.Conv2d(8, 6, 1).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    before = conv.weight.detach().clone()
    muon = optimiser("muon", conv.parameters(), weight_decay=0.0)
    conv.weight.grad = gradient(before)
    muon.step()
    lengths = torch.linalg.svdvals((conv.weight.detach() - before).flatten(1))
    assert lengths[-1] > 0
    assert lengths[0] / lengths[-1] < 2.5
