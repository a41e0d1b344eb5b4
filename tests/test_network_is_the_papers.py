"""The network is the paper's (section 3.2); additions have no effect at initialisation."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from livevox.dsp.stft import NET_BINS
from livevox.network.geometry import Geometry
from tests.small_models import GEOMETRIES, SMALL_WIDTHS, random_net
from train.network.model import SLOPE, Net, Templates, cropped_bins


def test_it_has_the_papers_shapes() -> None:
    """222 input frames give 130 outputs; the coarsest level is 18 x 10 x 256."""
    net = Net(Geometry("centre", 46))
    shapes = []
    net.down[-1].register_forward_hook(lambda module, args, out: shapes.append(tuple(out.shape)))
    mask, activity = net(torch.rand(1, 222, 257))
    assert shapes == [(1, 256, 10, 18)]
    assert mask.shape == (1, 130, 257)
    assert activity.shape == (1, 130)
    assert Net(Geometry("causal", 2))(torch.rand(1, 222, 257))[0].shape == (1, 115, 257)


def added_by(templates: Templates | None, cells: Tensor) -> Tensor:
    """Their spectra, weighted by each frame, in the order of ``cells``."""
    if templates is None:
        return torch.zeros_like(cells)
    frames = cells.permute(0, 2, 3, 1)
    spectra: Tensor = templates.expand(F.leaky_relu(templates.squeeze(frames.flatten(2)), SLOPE))
    return spectra.view(frames.shape).permute(0, 3, 1, 2)


def test_the_heads_are_the_papers_convolutions() -> None:
    """The heads see the finest cells joined with the input; templates are for the mask only."""
    for geometry in GEOMETRIES.values():
        net = random_net(geometry)
        cells, behind = torch.randn(2, net.widths[0], 9, 258), torch.rand(2, 1, 9, 350)
        mask, activity = net.heads(cells, behind)
        heard = cells + added_by(net.templates, cells)
        behind = cropped_bins(behind, cells)
        of_mask, of_activity = (torch.cat([x, behind], dim=1) for x in (heard, cells))
        expected = torch.sigmoid(net.mask(of_mask))[:, 0, :, :NET_BINS]
        torch.testing.assert_close(mask, expected)
        torch.testing.assert_close(activity, net.activity(of_activity)[:, 0, :, 0])


def test_templates_add_nothing_before_they_are_trained() -> None:
    frames = torch.rand(1, 126, 257)
    torch.manual_seed(3)
    with_templates = Net(Geometry("causal", 2), SMALL_WIDTHS, templates=6)
    without = Net(Geometry("causal", 2), SMALL_WIDTHS)
    weights = with_templates.state_dict()
    without.load_state_dict({n: w for n, w in weights.items() if not n.startswith("templates")})
    for one, other in zip(with_templates(frames), without(frames), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_a_fresh_network_neither_fades_nor_grows_from_level_to_level() -> None:
    """A layer's output has about the variance of its input."""
    torch.manual_seed(4)
    net = Net(Geometry("causal", 2), templates=8)
    ratios = {}

    def rms(cells: Tensor) -> float:
        return float(cells.square().mean().sqrt())

    def measure(name: str, layer: nn.Module) -> None:
        def hook(_: nn.Module, taken: tuple[Tensor], given: Tensor) -> None:
            ratios[name] = rms(F.leaky_relu(given, SLOPE)) / rms(taken[0])

        layer.register_forward_hook(hook)

    for name, layer in net.named_modules():
        if name.startswith(("down", "up", "merge", "expand")) and not list(layer.children()):
            measure(name, layer)
    with torch.no_grad():
        net(torch.rand(1, 222, 257))
    assert len(ratios) == 14
    assert all(0.6 < ratio < 1.6 for ratio in ratios.values()), ratios


def test_training_computes_what_use_does() -> None:
    """Up-sampling takes another way in training."""
    for geometry in GEOMETRIES.values():
        net, frames = random_net(geometry), torch.rand(2, 142, NET_BINS)
        torch.testing.assert_close(net.train()(frames), net.eval()(frames))
