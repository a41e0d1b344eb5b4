"""`livevox live` in another key on a JACK server: what is heard, and how late."""

from __future__ import annotations

from math import log2
from pathlib import Path

import numpy as np
import pytest

from tests.jack import JackServer, needs_jack
from tests.live import JACK_CLIENT, QUIET_STEMS, LiveProcess
from tests.sounds import frequency, tone
from tests.stalls import steady_period

pytestmark = [needs_jack, pytest.mark.real_time]

RATE = 44_100
LONG_PERIOD = 1024
SEMITONES, TONE_HZ = -2.5, 500.0


def test_another_key_is_heard_as_late_as_stated(tmp_path: Path) -> None:
    wave = tone(TONE_HZ, 2.0)
    played = wave * np.exp(-np.square(np.arange(wave.shape[1]) / RATE - 1) / 0.02, dtype=np.float32)
    period = steady_period(RATE, LONG_PERIOD)
    arguments = (*QUIET_STEMS, "--set", f"key={SEMITONES}")
    with JackServer(RATE, period) as server, LiveProcess(server, tmp_path, *arguments) as live:
        numbers = live.wait_until_running()
        heard = server.probe(JACK_CLIENT, played).result()[0]
    stages = numbers["latency_by_stage_ms"]
    assert stages["key"] > 30
    assert sum(stages.values()) == pytest.approx(numbers["latency_ms"], abs=0.1)
    # JACK closes the loop with a period's delay.
    late = numbers["latency_samples"] + period
    power = np.square(heard)
    middle = np.average(np.arange(len(power)), weights=power)
    assert middle - RATE == pytest.approx(late, abs=0.003 * RATE)
    around = heard[round(middle) - RATE // 5 : round(middle) + RATE // 5]
    assert abs(1200 * log2(frequency(around) / TONE_HZ) - 100 * SEMITONES) < 3
