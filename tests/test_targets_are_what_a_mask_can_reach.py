"""The phase-sensitive target is the optimum for a mask of the mixture."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from livevox.dsp.stft import BINS, NET_BINS, network_input
from train.data.training_example import source_input
from train.fitting.losses import leakage_loss, separation_loss
from train.recipe import Scale


def spectra(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two sources, (1, frames, bins)."""
    rng = np.random.default_rng(seed)
    both = rng.standard_normal((2, 2, 1, 30, BINS)) * 10 ** rng.uniform(-3, 1, (2, 1, 1, 30, 1))
    voice, music = (both[:, 0] + 1j * both[:, 1]).astype(np.complex64)
    return voice, music


def test_no_other_mask_comes_nearer_to_the_source() -> None:
    voice, music = spectra()
    mixture = voice + music
    target = np.expm1(source_input(voice, mixture, "phase-sensitive"))
    mask = target / np.expm1(network_input(mixture))

    def error(mask: np.ndarray) -> np.ndarray:
        heard = mixture[0, :, :NET_BINS]
        return np.abs(voice[0, :, :NET_BINS] - mask * heard) ** 2 / np.abs(heard) ** 2

    for change in (-0.01, 0.01):
        assert (error(np.maximum(0, mask + change)) >= error(mask) - 1e-4).all()


def test_both_targets_make_up_the_mixture_where_neither_is_out_of_phase() -> None:
    voice, music = spectra(1)
    mixture = voice + music
    parts = [np.expm1(source_input(s, mixture, "phase-sensitive")) for s in (voice, music)]
    whole = np.expm1(network_input(mixture))
    inside = (parts[0] > 0) & (parts[1] > 0)
    assert 0.1 < inside.mean() < 0.9
    np.testing.assert_allclose((parts[0] + parts[1])[inside], whole[inside], rtol=1e-3, atol=1e-5)
    assert (parts[0] + parts[1] > whole - 1e-4).all()


def test_the_magnitude_is_the_paper_s_target() -> None:
    voice, music = spectra(2)
    np.testing.assert_array_equal(
        source_input(voice, voice + music, "magnitude"), network_input(voice)
    )


@pytest.mark.parametrize("scale", ["log", "root"])
def test_the_error_is_none_for_the_right_mask_and_grows_with_any_other(scale: Scale) -> None:
    voice, music = spectra(3)
    mixture = voice + music
    # In phase everywhere, so that a mask can be exact for both.
    inputs = {"mixture": network_input(mixture)}
    mask = np.random.default_rng(3).uniform(0, 1, inputs["mixture"].shape).astype(np.float32)
    magnitude = np.expm1(inputs["mixture"])
    inputs |= {"vocals": np.log1p(mask * magnitude)}
    inputs |= {"accompaniment": np.log1p((1 - mask) * magnitude)}
    batch = {name: torch.from_numpy(x)[None] for name, x in inputs.items()}
    batch["has_stems"] = torch.ones(1)

    def error(change: float) -> float:
        moved = torch.from_numpy(np.clip(mask + change, 0, 1))[None]
        total, count = separation_loss(moved, batch, "absolute", scale)
        return float(total / count)

    errors = [error(change) for change in (0, 0.05, 0.2, 0.5)]
    assert errors[0] < 1e-4
    assert errors == sorted(errors)
    assert errors[-1] > 1e-2


def test_a_relative_error_is_the_same_at_any_level_and_a_share_of_the_energy() -> None:
    rng = np.random.default_rng(4)
    magnitude = rng.uniform(1, 10, (1, 20, NET_BINS)).astype(np.float32)
    mask = rng.uniform(0.2, 0.8, magnitude.shape).astype(np.float32)

    def error(gain: float, change: float) -> float:
        linear = {"mixture": magnitude, "vocals": mask * magnitude}
        linear["accompaniment"] = (1 - mask) * magnitude
        batch = {name: torch.from_numpy(np.log1p(gain * x)) for name, x in linear.items()}
        batch["has_stems"] = torch.ones(1)
        moved = torch.from_numpy(mask + np.float32(change))
        total, count = separation_loss(moved, batch, "relative", "linear")
        return float(total / count)

    assert error(100, 0.1) == pytest.approx(error(1, 0.1), rel=1e-3)
    assert error(1, 0.0) == pytest.approx(0, abs=1e-6)
    # A mask error of 0.1 everywhere is 20 dB below the mixture.
    assert error(1, 0.1) == pytest.approx(1e-2, rel=1e-3)
    assert error(1, 0.1 * np.sqrt(10)) == pytest.approx(1e-1, rel=1e-3)


def test_leakage_is_the_level_in_frames_without_voice_down_to_a_floor() -> None:
    magnitude = np.random.default_rng(5).uniform(1, 10, (2, 20, NET_BINS)).astype(np.float32)
    vocals = np.zeros_like(magnitude)
    vocals[:, :5] = 0.5 * magnitude[:, :5]
    batch = {"mixture": torch.from_numpy(np.log1p(magnitude))}
    batch |= {"vocals": torch.from_numpy(np.log1p(vocals)), "has_stems": torch.tensor([1.0, 0.0])}

    def leakage(mask_db: float, sung: float = 1.0) -> float:
        mask = torch.full(magnitude.shape, 10 ** (mask_db / 20))
        mask[:, :5] = sung
        total, count = leakage_loss(mask, batch)
        return float(total / count)

    # Three quarters of the frames of the only excerpt that counts.
    assert leakage(0) == pytest.approx(0.75, rel=1e-3)
    assert leakage(0, sung=0.0) == leakage(0)
    assert leakage(-10) - leakage(-20) == pytest.approx(0.75 / 4, rel=0.02)
    assert leakage(-80) < 1e-3
