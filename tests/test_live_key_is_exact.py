"""Another key, live: exact pitch, the stated latency, no clicks, and no cost while unused."""

from __future__ import annotations

from collections.abc import Callable
from math import log2

import numpy as np
import pytest

from livevox import Processor
from livevox.dsp.pitch import PitchShifter
from livevox.dsp.stft import Audio
from livevox.dsp.transpose import HOLD_SECONDS, Transposer
from tests.sounds import frequency, tone

RATE = 44_100
KEYS = (-6.0, -1.5, -0.03, 0.5, 3.0, 6.0)
SETTLE = 0.2
"""Seconds in which the return to the original key has surely been made."""
Key = Callable[[int], float]


def noise(seconds: float) -> Audio:
    shape = (2, round(seconds * RATE))
    return np.random.default_rng(0).uniform(-0.5, 0.5, shape).astype(np.float32)


def shifted(audio: Audio, semitones: float, block: int = 256, rate: int = RATE) -> Audio:
    shifter = PitchShifter(rate, len(audio))
    ratio = 2 ** (semitones / 12)
    blocks = [
        shifter.feed(audio[:, at : at + block], ratio) for at in range(0, audio.shape[1], block)
    ]
    return np.concatenate(blocks, axis=1)


def transposed(audio: Audio, key: Key, block: int = 256) -> Audio:
    transposer = Transposer(RATE, len(audio))
    ends = range(0, audio.shape[1], block)
    return np.concatenate(
        [transposer.feed(audio[:, at : at + block], key(at)) for at in ends], axis=1
    )


@pytest.mark.parametrize("semitones", KEYS)
@pytest.mark.parametrize(("hertz", "rate"), [(110.0, 44_100), (3000.0, 48_000)])
def test_the_pitch_is_within_3_cents(semitones: float, hertz: float, rate: int) -> None:
    heard = shifted(tone(hertz, 1.0, rate), semitones, rate=rate)[0, rate // 4 :]
    assert abs(1200 * log2(frequency(heard, rate) / hertz) - 100 * semitones) < 3
    # Nothing else is heard: the level is that of the tone.
    assert np.sqrt(2 * np.square(heard).mean()) == pytest.approx(0.5, rel=0.05)


@pytest.mark.parametrize("block", [1, 256, 1021, 5000])
def test_the_original_key_is_the_input_later_by_the_latency(block: int) -> None:
    audio = noise(0.3)
    heard = shifted(audio, 0.0, block)
    late = PitchShifter(RATE, 2).latency
    np.testing.assert_allclose(heard[:, :late], 0, atol=1e-6)
    np.testing.assert_allclose(heard[:, late:], audio[:, :-late], atol=1e-5)


@pytest.mark.parametrize("semitones", [-4.0, 4.0])
def test_the_cut_into_blocks_changes_nothing(semitones: float) -> None:
    audio = noise(0.3)
    whole = shifted(audio, semitones, audio.shape[1])
    for block in (7, 1000):
        np.testing.assert_allclose(shifted(audio, semitones, block), whole, atol=1e-6)


@pytest.mark.parametrize("semitones", KEYS)
def test_sounds_come_as_late_as_stated(semitones: float) -> None:
    """The middle of a short sound, whose length depends on the pitch by a little."""
    at, wave = RATE // 4, tone(500.0, 0.5)
    burst = wave * np.exp(-np.square((np.arange(wave.shape[1]) - at) / 800)).astype(np.float32)
    power = np.square(shifted(burst, semitones)[0])
    middle = np.average(np.arange(len(power)), weights=power)
    assert middle - at == pytest.approx(PitchShifter(RATE, 2).latency, abs=0.001 * RATE)


def test_channels_keep_their_relation() -> None:
    audio = noise(0.5)[:1]
    heard = shifted(np.concatenate([audio, -0.3 * audio]), 3.0)
    np.testing.assert_allclose(heard[1], -0.3 * heard[0], atol=1e-4)


def test_an_unused_key_costs_nothing() -> None:
    transposer, block = Transposer(RATE, 2), noise(0.01)
    assert transposer.feed(block, 0.0) is block
    assert transposer.latency == 0


def test_changes_make_no_click() -> None:
    """Neither the jump between two samples nor the bend exceeds that of the highest tone."""
    audio, changes = tone(300.0, 4.0), {0.5: -6.0, 0.9: 3.0, 1.1: -4.0, 1.3: 0.02, 1.5: 0.0}

    def key(at: int) -> float:
        return next((v for s, v in reversed(changes.items()) if at >= s * RATE), 0.0)

    heard = transposed(audio, key)
    steepest = 0.5 * 2 * np.pi * 300 * 2 ** (3 / 12) / RATE
    assert np.abs(np.diff(heard)).max() < 1.1 * steepest
    assert np.abs(np.diff(heard, 2)).max() < 1.3 * steepest**2 / 0.5
    # Before, and a while after, the stream is the input without latency.
    end = round((1.5 + HOLD_SECONDS + SETTLE) * RATE)
    for same in (slice(0, RATE // 2), slice(end, None)):
        np.testing.assert_array_equal(heard[:, same], audio[:, same])


def test_numbers_that_are_none_pass_away() -> None:
    audio = noise(0.6)
    audio[:, 9000:9010] = np.nan
    audio[:, 9010] = 1e30
    transposer = Transposer(RATE, 2, 2.0)
    heard = np.concatenate(
        [transposer.feed(audio[:, at : at + 512], 2.0) for at in range(0, 26_000, 512)], axis=1
    )
    assert np.isfinite(heard).all()
    assert np.abs(heard[:, -5000:]).max() > 0.1
    assert transposer.non_finite == 20


def test_the_processor_states_the_latency_as_it_changes(song: Audio) -> None:
    """The dry signal shows it: in the original key it is the input."""
    processor = Processor("direct")
    processor.set("wet", 0)
    processor.prepare(RATE, 2, 1024)
    song = np.ascontiguousarray(np.tile(song, (1, 3))[:, : 4 * RATE])
    unused = processor.latency_samples

    def play(first: float, last: float) -> Audio:
        ends = range(round(first * RATE), round(last * RATE), 441)
        return np.concatenate([processor.process(song[:, at : at + 441]) for at in ends], axis=1)

    def assert_late(heard: Audio, last: float) -> None:
        end = round(last * RATE) - processor.latency_samples
        np.testing.assert_allclose(heard, song[:, end - heard.shape[1] : end], atol=1e-4)

    assert_late(play(0.0, 0.5)[:, unused:], 0.5)
    processor.set("key", 2)
    play(0.5, 1.0)
    assert processor.latency_samples == unused + PitchShifter(RATE, 2).latency
    processor.set("key", 0)
    assert_late(play(1.0, 1.9)[:, -RATE // 2 :], 1.9)
    assert processor.latency_samples > unused
    assert_late(play(1.9, 3.0)[:, -RATE // 2 :], 3.0)
    assert processor.latency_samples == unused


def test_a_stream_that_begins_in_another_key_is_as_late_at_once() -> None:
    processor = Processor("direct")
    processor.set("key", -3)
    processor.set("wet", 0)
    processor.prepare(RATE, 2, RATE)
    heard = processor.process(tone(500.0, 1.0))
    late = processor.latency_samples
    assert late == processor.separation_latency_samples + PitchShifter(RATE, 2).latency
    assert np.abs(heard[:, : late - RATE // 50]).max() < 0.01
    assert np.abs(heard[:, late : late + RATE // 50]).max() > 0.4
