"""Vocals and accompaniment sum to the delayed input, for any input."""

from __future__ import annotations

import numpy as np
import pytest

from livevox import Model, StreamingSeparator, separate
from livevox.dsp.stft import Audio


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000, 192_000])
@pytest.mark.parametrize("channels", [1, 2, 8])
def test_stems_sum_to_the_delayed_mixture(
    models: dict[str, Model], song: Audio, rate: int, channels: int
) -> None:
    stream = StreamingSeparator(models["live"], rate, channels)
    audio = np.resize(song, (channels, 30_011))
    parts = [stream.feed(audio), stream.flush()]
    total = np.concatenate([p.vocals + p.accompaniment for p in parts], axis=1)
    delayed = np.pad(audio, ((0, 0), (stream.latency, 0)))
    np.testing.assert_allclose(total, delayed, atol=1e-6)


def test_separate_aligns_with_its_input_to_the_sample(model: Model, song: Audio) -> None:
    for samples in (1, 511, 513, 40_001):
        audio = song[:, :samples]
        result = separate(audio, 44_100, model)
        np.testing.assert_allclose(result.vocals + result.accompaniment, audio, atol=1e-6)
        assert len(result.activity) == len(result.mask) == -(-samples // 512)


def test_a_mono_array_is_one_channel(models: dict[str, Model], song: Audio) -> None:
    mono = separate(song[0, :20_000], 44_100, models["live"])
    one = separate(song[:1, :20_000], 44_100, models["live"])
    np.testing.assert_array_equal(mono.vocals, one.vocals)


def test_mask_and_activity_are_between_0_and_1(model: Model, song: Audio) -> None:
    result = separate(10 * song, 44_100, model)
    for values in (result.mask, result.activity):
        assert values.min() >= 0
        assert values.max() <= 1
        assert values.max() - values.min() > 0.1


def test_nan_and_infinity_become_silence_and_are_counted(model: Model, song: Audio) -> None:
    broken, mended = song[:, :30_000].copy(), song[:, :30_000].copy()
    broken[0, 9_000:9_010] = np.nan
    broken[1, 12_000] = -np.inf
    mended[0, 9_000:9_010] = 0
    mended[1, 12_000] = 0
    stream = StreamingSeparator(model)
    result = stream.feed(broken)
    assert stream.non_finite == 11
    np.testing.assert_array_equal(result.vocals, StreamingSeparator(model).feed(mended).vocals)
    assert np.isfinite(result.accompaniment).all()
