"""Audio between two drifting clocks loses no sample. The clocks are simulated, the audio is real.

All times are in seconds, so a low sample rate proves the same in less time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import ceil

import numpy as np
import pytest

from livevox.device.drift import FADE, HELD, MAX_DEVIATION, DriftCompensator
from livevox.dsp.stft import Audio

RATE = 32_000
TARGET = 1024
PERIOD = 22.5
"""Period of the test sine in samples."""
W = 2 * np.pi / PERIOD
SETTLED = 60.0
"""Seconds after which the start has no effect."""
LEAD = 4 * TARGET
"""Samples after which the sound has started."""
EVENTS_LATE = 0.004
"""Largest delay in seconds of a block's write or read."""


@dataclass(frozen=True)
class Case:
    """The writer's clock is ``ppm`` faster than the reader's. A block is written ``processing``
    seconds after it has arrived."""

    ppm: float
    seconds: float
    write_block: int
    read_block: int
    processing: float = 0.0


CASES = [
    Case(200, 90, 256, 441),
    Case(-200, 90, 441, 256),
    Case(500, 90, 256, 256),
    Case(-500, 90, 256, 256),
    Case(200, 90, 256, 441, processing=0.01),
]
LONG = [
    pytest.param(Case(ppm, 600, 256, 441), marks=pytest.mark.slow, id=f"10 minutes at {ppm} ppm")
    for ppm in (200, -200)
]
every_case = pytest.mark.parametrize("case", [*CASES, *LONG], ids=str)


@dataclass(frozen=True)
class Run:
    """The audio read, and the state just before every read."""

    compensator: DriftCompensator
    audio: Audio
    time: np.ndarray
    fill: np.ndarray
    arrived: np.ndarray
    written: np.ndarray
    ratio: np.ndarray


def sine(start: int, samples: int) -> Audio:
    """Two channels, the second at half the level."""
    wave = np.sin(W * np.arange(start, start + samples))
    return np.stack([wave, 0.5 * wave]).astype(np.float32)


@cache
def run(case: Case) -> Run:
    rng = np.random.default_rng(5)
    write_rate = RATE * (1 + 1e-6 * case.ppm)
    arrivals = np.arange(case.write_block, case.seconds * write_rate, case.write_block) / write_rate
    reads = np.arange(case.read_block, case.seconds * RATE, case.read_block) / RATE
    arrivals += rng.uniform(0, EVENTS_LATE, len(arrivals))
    reads += rng.uniform(0, EVENTS_LATE, len(reads))
    events = np.concatenate([arrivals, arrivals + case.processing, reads])
    now = 0.0
    compensator = DriftCompensator(2, RATE, TARGET, clock=lambda: now)
    sent = sine(0, len(arrivals) * case.write_block)
    arrived, written, blocks, seen = 0, 0, [], []
    for event in np.argsort(events, kind="stable"):
        now = float(events[event])
        if event < len(arrivals):
            compensator.await_samples(case.write_block)
            arrived += case.write_block
        elif event < 2 * len(arrivals):
            compensator.write(sent[:, written : written + case.write_block])
            written += case.write_block
        else:
            seen.append((now, compensator.fill, arrived, written, compensator.ratio))
            blocks.append(compensator.read(case.read_block))
    return Run(compensator, np.concatenate(blocks, axis=1), *np.array(seen).T)


def analytic(audio: Audio) -> np.ndarray:
    """The phasor of a sine, (samples,), for every sample but the first and the last."""
    wave = audio.astype(np.float64)
    return wave[1:-1] + 1j * (wave[:-2] - wave[2:]) / (2 * np.sin(W))


@cache
def positions(case: Case) -> np.ndarray:
    """The input position read at the beginning of every block, from the start of the sound on."""
    seen = run(case)
    blocks = ceil(LEAD / case.read_block)
    first = blocks * case.read_block
    phase = np.unwrap(np.angle(1j * analytic(seen.audio[0, first - 1 :])))
    # The sine is periodic: choose the period that contains the expected sample.
    guess = W * (seen.written[blocks] - seen.fill[blocks] - HELD)
    phase += 2 * np.pi * round((guess - phase[0]) / (2 * np.pi))
    found = phase[:: case.read_block] / W
    return np.concatenate([np.full(blocks, np.nan), found])


@every_case
def test_the_sine_has_no_gap_no_jump_and_its_pitch_within_a_cent(case: Case) -> None:
    wave = run(case).audio[0, LEAD:].astype(np.float64)
    level = np.abs(analytic(wave))
    np.testing.assert_allclose(level, 1, atol=2 * MAX_DEVIATION)
    # Zero for a sine of that very pitch; one sample lost would make it 0.08.
    strangeness = np.abs(wave[2:] + wave[:-2] - 2 * np.cos(W) * wave[1:-1])
    assert strangeness.max() < 2 * np.sin(W) * W * MAX_DEVIATION + 1e-5


@every_case
def test_all_that_was_written_is_read_or_waits(case: Case) -> None:
    in_flight = run(case).written - positions(case)
    waiting = run(case).fill + HELD
    sound = np.isfinite(in_flight)
    np.testing.assert_allclose(in_flight[sound], waiting[sound], atol=3)
    compensator = run(case).compensator
    assert (compensator.underruns, compensator.overruns) == (0, 0)


@every_case
def test_the_fill_stays_around_its_target(case: Case) -> None:
    fill = run(case).fill[np.isfinite(positions(case))]
    drift = 3.7e-6 * abs(case.ppm) * RATE
    late = (EVENTS_LATE + case.processing) * RATE
    bound = max(case.write_block, case.read_block) + late + drift
    assert np.abs(fill - TARGET).max() < bound < TARGET - FADE


@every_case
def test_the_ratio_becomes_that_of_the_clocks(case: Case) -> None:
    settled = run(case).time > SETTLED
    assert np.mean(run(case).ratio[settled]) == pytest.approx(1 + 1e-6 * case.ppm, abs=30e-6)
    position = positions(case)[settled]
    read = (len(position) - 1) * case.read_block
    assert np.ptp(position) / read == pytest.approx(1 + 1e-6 * case.ppm, abs=30e-6)


@every_case
def test_the_latency_is_what_is_reported(case: Case) -> None:
    settled = run(case).time > SETTLED
    # A read takes a whole block at once: half a block is the difference to the mean over time.
    in_flight = run(case).arrived - positions(case) - case.read_block / 2
    assert np.mean(in_flight[settled]) == pytest.approx(run(case).compensator.latency, abs=10)


def test_channels_stay_together() -> None:
    audio = run(CASES[0]).audio
    assert np.array_equal(audio[1], 0.5 * audio[0])


def test_what_is_awaited_is_not_played_before_it_is_written() -> None:
    compensator = DriftCompensator(2, RATE, TARGET, clock=lambda: 0.0)
    compensator.write(sine(0, 768))
    compensator.await_samples(12 * 256)
    assert not compensator.read(256).any()
    compensator.write(sine(768, 12 * 256))
    assert compensator.read(256).any()
    assert compensator.fill == pytest.approx(TARGET, abs=256)
    assert (compensator.underruns, compensator.overruns) == (0, 0)


STEEPEST = W**2 + 3 * W / FADE + 6 / FADE**2
"""Bound on the second difference of a smoothly fading sine; a click exceeds it."""


def read_by(compensator: DriftCompensator, block: int) -> Audio:
    return np.concatenate([compensator.read(block) for _ in range(256 // block)], axis=1)


@pytest.mark.parametrize("block", [16, 256])
@pytest.mark.parametrize("stalled", ["writer", "reader"])
def test_a_clock_that_stops_is_counted_once_and_heals_without_a_click(
    stalled: str, block: int
) -> None:
    now = 0.0
    compensator = DriftCompensator(2, RATE, TARGET, clock=lambda: now)
    blocks = []
    for k in range(600):
        now = k * 256 / RATE
        stops = 200 <= k < 300
        if not (stops and stalled == "writer"):
            compensator.write(sine(k * 256, 256))
        if not (stops and stalled == "reader"):
            blocks.append(read_by(compensator, block))
        assert compensator.fill < 4 * compensator.latency + 256
    expected = (1, 0) if stalled == "writer" else (0, 1)
    assert (compensator.underruns, compensator.overruns) == expected
    # A reader that stalled finds enough to go on at once. The start takes up to three targets.
    silence = 100 * 256 if stalled == "writer" else 0
    assert 0 < compensator.silent - silence <= 3 * TARGET
    audio = np.concatenate(blocks, axis=1)[0, LEAD:]
    assert np.abs(np.diff(audio, 2)).max() < STEEPEST
    np.testing.assert_allclose(np.abs(analytic(audio[-200 * 256 :])), 1, atol=2 * MAX_DEVIATION)
    assert compensator.fill == pytest.approx(TARGET, abs=256)


@pytest.mark.parametrize("block", [16, 256])
@pytest.mark.parametrize("first", ["writer", "reader"])
def test_either_clock_may_start_first(first: str, block: int) -> None:
    now = 0.0
    compensator = DriftCompensator(2, RATE, TARGET, clock=lambda: now)
    blocks = []
    for k in range(300):
        now = k * 256 / RATE
        if first == "writer" or k >= 100:
            compensator.write(sine(k * 256, 256))
        if first == "reader" or k >= 100:
            blocks.append(read_by(compensator, block))
    assert (compensator.underruns, compensator.overruns) == (0, 0)
    assert compensator.fill == pytest.approx(TARGET, abs=256)
    audio = np.concatenate(blocks, axis=1)[0]
    onset = np.flatnonzero(audio)[0]
    assert (onset > 100 * 256) == (first == "reader")
    assert np.abs(np.diff(audio, 2)).max() < STEEPEST
    np.testing.assert_allclose(np.abs(analytic(audio[onset + FADE :])), 1, atol=2 * MAX_DEVIATION)
