"""Cached inference, frame by frame, equals windowed inference of the whole network."""

from __future__ import annotations

import numpy as np
import pytest

from livevox import Model
from livevox.dsp.stft import Audio, network_input, stft
from livevox.network.cached import CachedMasker
from livevox.network.model import load_model, shipped_models
from livevox.network.windowed import WindowedMasker


@pytest.mark.parametrize("name", ["live", "direct"])
@pytest.mark.parametrize(
    ("block", "caught_up"), [(1, False), (1, True), (3, False), (16, True), (1000, False)]
)
def test_cached_masks_equal_windowed_ones_for_any_feeding(
    models: dict[str, Model], song: Audio, name: str, block: int, caught_up: bool
) -> None:
    frames = network_input(stft(song))
    model = models[name]
    windowed = WindowedMasker(model.info.geometry, model.run).feed(frames)
    cached = CachedMasker(model)
    parts = []
    for at in range(0, len(frames), block):
        parts.append(cached.feed(frames[at : at + block]))
        if caught_up:
            cached.catch_up()
    for got, expected in zip(zip(*parts, strict=True), windowed, strict=True):
        assert expected.std(axis=0).max() > 0.01
        np.testing.assert_allclose(np.concatenate(got), expected, atol=1e-5)


@pytest.mark.parametrize("name", [name for name in shipped_models() if name != "paper"])
def test_a_shipped_model_is_the_same_network_both_ways(song: Audio, name: str) -> None:
    frames = network_input(stft(song))
    model = load_model(name)
    windowed = WindowedMasker(model.info.geometry, model.run).feed(frames)
    cached = CachedMasker(model).feed(frames)
    for got, expected in zip(cached, windowed, strict=True):
        np.testing.assert_allclose(got, expected, atol=1e-5)
