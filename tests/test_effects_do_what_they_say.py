"""Augmentation effects change the intended property and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from livevox.dsp.stft import N_FFT, SAMPLE_RATE, Audio
from train.data.effects import (
    distortion,
    level,
    narrow_line,
    relative_to,
    reverb,
    shifted_formants,
    vocoder,
)


@pytest.fixture
def tone() -> Audio:
    """A second of 440 Hz at -23 dB RMS."""
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    return (0.1 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)


@pytest.mark.parametrize("level_db", [-12.0, 0.0, 6.0])
def test_a_level_is_relative_to_what_is_heard_not_to_the_pauses(
    tone: Audio, level_db: float
) -> None:
    with_pause = np.concatenate([0.5 * tone, np.zeros(3 * SAMPLE_RATE, np.float32)])
    moved = relative_to(tone, with_pause, level_db)
    assert 20 * np.log10(level(moved) / level(tone)) == pytest.approx(level_db, abs=0.05)
    silence = np.zeros_like(tone)
    assert not relative_to(tone, silence, level_db).any()
    np.testing.assert_array_equal(relative_to(silence, tone, level_db), tone)


def test_distortion_keeps_the_level_and_adds_overtones(tone: Audio) -> None:
    overtones = []
    for seed in range(20):
        distorted = distortion(tone, np.random.default_rng(seed))
        assert level(distorted) == pytest.approx(level(tone), rel=1e-3)
        spectrum = np.abs(np.fft.rfft(distorted))
        overtones.append(20 * np.log10(spectrum[3 * 440] / spectrum[440]))
    assert min(overtones) < -25, "the softest is hardly audible"
    assert max(overtones) > -12, "the hardest is nearly a square wave, whose third is at -9.5 dB"


def test_a_vocoder_keeps_when_and_where_a_voice_sounds_but_not_its_pitch() -> None:
    time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    hz = np.arange(SAMPLE_RATE + 1) / 2
    formant_hz = 2000
    overtones = [np.cos(2 * np.pi * 97 * k * time) for k in range(19, 23)]
    voice = (0.05 * np.sum(overtones, axis=0) * (time < 1)).astype(np.float32)
    pitches = []
    for seed in range(20):
        spoken = vocoder(voice, np.random.default_rng(seed))
        assert level(spoken) == pytest.approx(level(voice), rel=1e-3)
        assert np.abs(spoken[SAMPLE_RATE + N_FFT :]).max() < 1e-3 * np.abs(spoken).max()
        power = np.square(np.abs(np.fft.rfft(spoken)))
        near = np.abs(np.log2(np.maximum(hz, 1) / formant_hz)) < 0.6
        assert power[near].sum() > 0.95 * power.sum()
        pitches.append(power[hz == 97 * 21].item() / power.sum())
    assert max(pitches) < 0.1


def test_anshifted_formants_moves_the_formants_and_keeps_pitch_and_level() -> None:
    f0_hz, formant_hz = 110, 1500
    time, overtones = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE, np.arange(1, 100)
    sizes = np.exp(-(np.log2(overtones * f0_hz / formant_hz) ** 2) / 0.1)
    waves = 0.05 * np.cos(2 * np.pi * f0_hz * overtones[:, None] * time)
    voice = (sizes @ waves).astype(np.float32)
    moved_by = []
    for seed in range(20):
        moved = shifted_formants(voice, np.random.default_rng(seed))
        assert level(moved) == pytest.approx(level(voice), rel=1e-3)
        power = np.square(np.abs(np.fft.rfft(moved)))
        on_overtones = power[:: 2 * f0_hz]
        assert on_overtones.sum() > 0.9 * power.sum()
        centre = np.sum(on_overtones * np.arange(len(on_overtones))) / on_overtones.sum()
        moved_by.append(12 * np.log2(centre * f0_hz / formant_hz))
    assert -5 < min(moved_by) < -2
    assert 2 < max(moved_by) < 5


def test_a_narrow_line_cuts_the_top_and_keeps_the_middle() -> None:
    hz = np.arange(N_FFT // 2 + 1) * SAMPLE_RATE / N_FFT
    tops, bottoms = [], []
    for seed in range(100):
        gain_db = 20 * np.log10(narrow_line(np.random.default_rng(seed)))
        assert np.all(np.abs(gain_db[(hz > 300) & (hz < 3300)]) < 0.01)
        assert np.all(gain_db[hz > 11000] < -79)
        tops.append(hz[np.flatnonzero(gain_db > -3)[-1]])
        bottoms.append(gain_db[1])
    assert min(tops) < 3700
    assert max(tops) > 9000
    assert 0.15 < np.mean(np.array(bottoms) < -3) < 0.45


def test_reverberation_continues_and_is_softer_than_the_voice(tone: Audio) -> None:
    struck = np.concatenate([tone, np.zeros(SAMPLE_RATE, np.float32)])
    for seed in range(5):
        heard = reverb(struck, np.random.default_rng(seed))
        assert heard.shape == struck.shape
        added = heard - struck
        assert added[SAMPLE_RATE : SAMPLE_RATE + 2000].any()
        assert level(added) < level(struck)
