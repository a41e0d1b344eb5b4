"""Checkpoints, models, and their mean give a training its first weights."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from livevox import LivevoxError
from livevox.dsp.stft import NET_BINS
from tests.small_models import SMALL_WIDTHS
from tests.small_trainings import TINY
from train.network.checkpoints import load_checkpoint, load_network, load_weights, save_mean
from train.network.model import Net
from train.recipe import Network, Recipe


def test_training_starts_from_a_checkpoint_or_a_models_own_weights(
    nets: dict[str, Net], model_files: dict[str, Path], tmp_path: Path
) -> None:
    net, model = nets["live"], model_files["live"]
    centre = nets["paper"].geometry
    other = Net(centre, SMALL_WIDTHS, 3)
    load_weights(other, model)
    for given in (other, load_network(model)):
        for name, weights in net.state_dict().items():
            torch.testing.assert_close(given.state_dict()[name], weights, rtol=1e-3, atol=1e-4)
    assert load_network(model).geometry == net.geometry
    (tmp_path / "foreign.onnx").write_bytes(b"no model")
    with pytest.raises(LivevoxError, match=r"foreign\.onnx is no livevox model"):
        load_weights(other, tmp_path / "foreign.onnx")
    with pytest.raises(LivevoxError, match=r"another network \(.* filters are more than"):
        load_weights(Net(centre, TINY, 3), model)
    with pytest.raises(LivevoxError, match=r"another network \(3 templates are not 0\)"):
        load_weights(Net(centre, SMALL_WIDTHS), model)
    (tmp_path / "broken.ckpt").write_text("no checkpoint")
    with pytest.raises(LivevoxError, match=r"broken\.ckpt is no checkpoint"):
        load_weights(other, tmp_path / "broken.ckpt")


def test_more_filters_do_not_change_what_a_network_computes(model_files: dict[str, Path]) -> None:
    net = load_network(model_files["live"])
    wide = Net(net.geometry, tuple(width + 3 for width in SMALL_WIDTHS), 3).eval()
    load_weights(wide, model_files["live"])
    sound = 3 * torch.rand(2, 14 + 14 * 16, NET_BINS, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        for widened, of_old in zip(wide(sound), net(sound), strict=True):
            torch.testing.assert_close(widened, of_old, rtol=1e-4, atol=1e-5)
        # What is new sounds, so that it can learn.
        assert (wide.down[0](torch.ones(1, 1, 8, 8))[:, SMALL_WIDTHS[0] :] != 0).all()


def test_the_mean_of_checkpoints_is_a_checkpoint(tmp_path: Path) -> None:
    def saved(name: str, widths: tuple[int, ...]) -> Path:
        recipe = Recipe(network=Network("causal", 2, widths))
        weights = Net(recipe.network.geometry, widths).state_dict()
        path = tmp_path / name
        torch.save({"recipe": dataclasses.asdict(recipe), "averaged": weights}, path)
        return path

    paths = [saved(name, TINY) for name in ("a.ckpt", "b.ckpt", "c.ckpt")]
    save_mean(paths, tmp_path / "mean.ckpt")
    states = [load_checkpoint(path).state_dict() for path in paths]
    for name, weights in load_checkpoint(tmp_path / "mean.ckpt").state_dict().items():
        torch.testing.assert_close(weights, torch.stack([s[name] for s in states]).mean(0))
    with pytest.raises(LivevoxError, match=r"wider\.ckpt is of another network"):
        save_mean([paths[0], saved("wider.ckpt", SMALL_WIDTHS)], tmp_path / "mean.ckpt")


def test_the_mean_with_the_narrower_start_lies_between_them(
    model_files: dict[str, Path], tmp_path: Path
) -> None:
    start = load_network(model_files["live"])
    widths = tuple(width + 3 for width in SMALL_WIDTHS)
    recipe = Recipe(network=Network("causal", 2, widths, 3))
    wide = Net.of(recipe.network).eval()
    load_weights(wide, model_files["live"])
    own = torch.rand_like(wide.mask.weight) / 4
    with torch.no_grad():
        wide.mask.weight += own
    trained = tmp_path / "trained.ckpt"
    torch.save({"recipe": dataclasses.asdict(recipe), "averaged": wide.state_dict()}, trained)
    save_mean([trained, model_files["live"]], tmp_path / "mean.ckpt")
    with torch.no_grad():
        wide.mask.weight -= own / 2
        sound = 3 * torch.rand(1, 14 + 14 * 16, NET_BINS)
        expected, found = wide(sound), load_checkpoint(tmp_path / "mean.ckpt")(sound)
        for mean, half_way in zip(found, expected, strict=True):
            torch.testing.assert_close(mean, half_way, rtol=1e-4, atol=1e-5)
        assert not torch.allclose(found[0], start(sound)[0], atol=1e-3)
    with pytest.raises(LivevoxError, match="another alignment"):
        save_mean([trained, model_files["paper"]], tmp_path / "mean.ckpt")
