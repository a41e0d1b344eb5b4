"""In the causal alignment, future input does not change past output."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from livevox import Model, StreamingSeparator
from livevox.dsp.stft import HOP, Audio
from livevox.network.geometry import CAUSAL_CONTEXT
from tests.small_models import GEOMETRIES, random_net


@pytest.mark.parametrize("name", ["live", "direct"])
def test_later_input_never_changes_earlier_output_at_any_phase(
    models: dict[str, Model], song: Audio, name: str
) -> None:
    expected = StreamingSeparator(models[name]).feed(song[:, :60_000])
    for frame in range(40, 56):
        now = frame * HOP + 100
        changed = song[:, :60_000].copy()
        changed[:, now:] = np.random.default_rng(frame).uniform(-1, 1, changed[:, now:].shape)
        result = StreamingSeparator(models[name]).feed(changed)
        np.testing.assert_allclose(result.vocals[:, :now], expected.vocals[:, :now], atol=1e-7)
        later = slice(now + HOP, now + 8 * HOP)
        assert np.abs(result.vocals[:, later] - expected.vocals[:, later]).max() > 1e-4


@pytest.mark.parametrize("name", ["live", "direct"])
def test_look_ahead_is_exact_in_float64(name: str) -> None:
    """Output j depends on frame j + 107 and on no later frame."""
    net = random_net(GEOMETRIES[name]).double()
    frames = torch.rand(1, 222, 257, dtype=torch.double)
    with torch.no_grad():
        mask, activity = net(frames)
        for j in range(0, mask.shape[1] - 1, 7):
            beyond, newest = frames.clone(), frames.clone()
            beyond[:, j + CAUSAL_CONTEXT + 1 :] += 1
            newest[:, j + CAUSAL_CONTEXT] += 1
            mask_beyond, activity_beyond = net(beyond)
            assert torch.equal(mask_beyond[:, : j + 1], mask[:, : j + 1])
            assert torch.equal(activity_beyond[:, : j + 1], activity[:, : j + 1])
            assert not torch.equal(net(newest)[0][:, j], mask[:, j])


def test_a_shift_by_a_grid_cell_shifts_the_output() -> None:
    for geometry in GEOMETRIES.values():
        net = random_net(geometry).double()
        frames = torch.rand(1, 254, 257, dtype=torch.double)
        with torch.no_grad():
            here, there = net(frames[:, :238])[0], net(frames[:, 16:])[0]
        torch.testing.assert_close(here[:, 16:], there[:, : here.shape[1] - 16])
