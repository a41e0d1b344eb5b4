"""The variants of a voice differ from it in what they say, and in nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from livevox.dsp.stft import HOP, SAMPLE_RATE
from livevox.separator import frames_within
from tests.singers import noise, singer, tone
from train.data.corpus import activity_of_stem
from train.evaluation.voice_variants import Variant, changed


@pytest.mark.parametrize(("variant", "semitones"), [(Variant.LOW, -4), (Variant.HIGH, 7)])
def test_a_moved_voice_changes_pitch_and_length_together(variant: Variant, semitones: int) -> None:
    voice, activity = singer("a", tone(400, 4)), np.ones(4 * SAMPLE_RATE // HOP + 1, np.int8)
    activity[: len(activity) // 2] = 0
    moved, sung = changed(voice.audio, activity, variant)
    peak_hz = np.argmax(np.abs(np.fft.rfft(moved))) * SAMPLE_RATE / len(moved)
    assert 12 * np.log2(peak_hz / 400) == pytest.approx(semitones, abs=0.02)
    assert len(moved) / len(voice.audio) == pytest.approx(2 ** (-semitones / 12), abs=1e-4)
    assert len(sung) == frames_within(len(moved), SAMPLE_RATE)
    assert np.mean(sung) == pytest.approx(np.mean(activity), abs=0.01)


@pytest.mark.parametrize("hz", [125, 250, 500, 1000, 4000, 16_000])
def test_a_dark_voice_loses_3_db_an_octave_around_500_hz(hz: float) -> None:
    voice = tone(hz, 2)
    dark, _ = changed(voice, activity_of_stem(voice, estimated=False), Variant.DARK)
    middle = slice(SAMPLE_RATE // 2, -SAMPLE_RATE // 2)
    gain_db = 10 * np.log10(np.square(dark[middle]).mean() / np.square(voice[middle]).mean())
    assert gain_db == pytest.approx(-3 * np.log2(hz / 500), abs=0.3)


def test_low_and_dark_is_both_and_as_is_neither() -> None:
    voice = noise(3, 5)
    activity = activity_of_stem(voice, estimated=False)
    np.testing.assert_array_equal(changed(voice, activity, Variant.AS_IS)[0], voice)
    lower = changed(voice, activity, Variant.LOW)
    both = changed(voice, activity, Variant.LOW_DARK)
    np.testing.assert_array_equal(both[0], changed(*lower, Variant.DARK)[0])
    np.testing.assert_array_equal(both[1], lower[1])
