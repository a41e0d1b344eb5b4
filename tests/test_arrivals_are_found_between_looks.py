"""The time at which a device's clock moved is known better than the looks at it are frequent."""

from __future__ import annotations

import numpy as np
import pytest

from livevox.device.arrival import Arrival

RATE = 44_100


@pytest.mark.parametrize("period", [64, 2048])
@pytest.mark.parametrize("ppm", [-200, 0, 200])
def test_the_estimate_is_exact_within_a_twentieth_of_a_period(period: int, ppm: float) -> None:
    seconds = period / RATE * (1 + ppm * 1e-6)
    looks = np.cumsum(np.random.default_rng(0).uniform(0.05, 0.45, 4000)) * seconds
    arrival = Arrival(RATE)
    errors = []
    for now in looks:
        count = int(now // seconds)
        arrival.see(count * period, now)
        errors.append(arrival.at - count * seconds)
    assert np.abs(errors[len(errors) // 4 :]).max() < seconds / 20


def test_a_clock_that_runs_already_counts_from_the_first_look() -> None:
    arrival = Arrival(RATE)
    arrival.see(4096, 1000.0)
    assert arrival.at == 1000.0


def test_after_a_loss_it_is_between_the_look_and_the_one_before() -> None:
    period, seconds = 1024, 1024 / RATE
    arrival = Arrival(RATE)
    for number in range(100):
        arrival.see(number * period, number * seconds)
    for number in range(100, 110):
        came = (number + 3.5) * seconds
        before, now = came - 0.1 * seconds, came + 0.2 * seconds
        arrival.see((number - 1) * period, before)
        arrival.see(number * period, now)
        assert before <= arrival.at <= now
