"""The measured latency equals the reported latency."""

from __future__ import annotations

import numpy as np
import pytest

from livevox import Model, StreamingSeparator
from livevox.dsp.resample import held_back
from livevox.dsp.stft import Audio
from tests.small_models import GEOMETRIES


def test_latency_at_the_networks_rate_is_the_table_of_the_design() -> None:
    samples = {name: geometry.latency for name, geometry in GEOMETRIES.items()}
    assert samples == {"live": 2048, "direct": 1024, "paper": 32_256}


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000])
def test_measured_delay_equals_latency(model: Model, rate: int) -> None:
    stream = StreamingSeparator(model, rate, channels=1)
    rng = np.random.default_rng(5)
    noise = 0.05 * rng.standard_normal((1, 1 << 16)).astype(np.float32)
    silence = np.zeros((1, stream.latency), np.float32)
    vocals = np.concatenate(
        [stream.feed(block).vocals for block in (noise[:, :700], noise[:, 700:], silence)], axis=1
    )
    size = 1 << 18
    correlation = np.fft.irfft(np.fft.rfft(vocals[0], size) * np.conj(np.fft.rfft(noise[0], size)))
    assert int(np.argmax(correlation)) == stream.latency


def test_nothing_sounds_before_its_latency(model: Model, song: Audio) -> None:
    stream = StreamingSeparator(model)
    before = stream.feed(song[:, : stream.latency])
    assert not before.vocals.any()
    assert not before.accompaniment.any()


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 32_000, 37_800, 48_000, 88_200, 192_000])
def test_the_bound_on_what_a_resampler_holds_back_is_close(rate: int) -> None:
    """The bound has no margin beyond the HQ filter, some hundred samples long."""
    for pair in ((rate, 44_100), (44_100, rate)):
        assert 0 < held_back(*pair) / pair[1] < 1_200 / min(pair)
