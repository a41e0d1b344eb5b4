"""`livevox latency` measures the round trip, or reports that there is no connection."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from livevox.config.round_trips import (
    Pair,
    keep_round_trip,
    measured_round_trip,
    round_trips_file,
)
from livevox.device.round_trip import find, noise
from tests.jack import JackServer, needs_jack
from tests.live import JACK_CLIENT, START_PATIENCE, LiveProcess, environment


def test_the_noise_is_found_at_any_delay_and_level() -> None:
    played = noise(44_100)
    rng = np.random.default_rng(1)
    for late in (0, 1, 4_999, len(played) - 1):
        heard = -0.1 * np.roll(played, late) + rng.normal(0, 0.03, len(played)).astype(np.float32)
        delay, correlation, level = find(heard, played)
        assert delay == late
        assert correlation > 0.1
        assert abs(level + 20) < 1
    assert find(rng.normal(0, 0.1, len(played)).astype(np.float32), played)[1] < 0.09


SLOW_AT_START = """
import time
from livevox.cli import app
from livevox.device import devices, stream

def start(self):
    started(self)
    time.sleep(0.2)

started = stream.AudioStream.start
stream.AudioStream.start = start
"""
"""The command `livevox` on a machine that is too busy to go on at once when sound has started."""
TWO_CLOCKS = "stream.same_clock = devices.same_clock = lambda input, output: False\n"


def started(server: JackServer, config: Path, code: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code + "app.main()", "latency"],
        env=environment(server, config) | {"COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.usefixtures("own_config")
def test_measurements_are_kept_for_each_pair_of_devices() -> None:
    pair = Pair("ALSA: Mic", "ALSA: Card", 48_000, 256)
    assert measured_round_trip(pair) is None
    keep_round_trip(pair, 700)
    keep_round_trip(replace(pair, block=512), 1_200)
    keep_round_trip(pair, 710)
    assert measured_round_trip(pair) == 710
    assert measured_round_trip(replace(pair, block=512)) == 1_200
    assert measured_round_trip(replace(pair, output="ALSA: Other")) is None


@pytest.mark.parametrize(
    "text",
    [
        "no toml",
        "version = 9",
        "version = 1\nround_trip = 3",
        "version = 1\n[[round_trip]]\nblock = 1",
    ],
)
def test_a_damaged_file_of_measurements_is_begun_anew(text: str, own_config: Path) -> None:
    own_config.mkdir()
    round_trips_file().write_text(text)
    pair = Pair("ALSA: Mic", "ALSA: Card", 48_000, 256)
    assert measured_round_trip(pair) is None
    keep_round_trip(pair, 700)
    assert measured_round_trip(pair) == 700


def output_of_looped(server: JackServer, config: Path, code: str) -> str:
    """What `livevox latency` prints while its outputs are connected to its inputs."""
    looped = started(server, config, code)
    server.wait_for_client(JACK_CLIENT)
    # Its first stream only measures the host period, and has the same ports as the second.
    while looped.poll() is None:
        ports = sorted(p for p in server.ports() if p.startswith(JACK_CLIENT))
        sources, sinks = ([p for p in ports if kind in p] for kind in (":out", ":in"))
        for pair in zip(sources, sinks, strict=False):
            subprocess.run(
                ["jack_connect", "-s", server.name, *pair],
                env=os.environ | server.environment,
                capture_output=True,
                check=False,
            )
        time.sleep(0.1)
    out, errors = looped.communicate(timeout=START_PATIENCE)
    assert looped.returncode == 0, errors
    return out


@pytest.mark.real_time
@needs_jack
def test_a_loop_is_measured_and_its_absence_is_reported(tmp_path: Path) -> None:
    period = 512
    with JackServer(44_100, period) as server:
        out = output_of_looped(server, tmp_path, SLOW_AT_START)
        # JACK closes a loop with a period's delay.
        assert f"round trip: {period} samples, 11.6 ms, at 0.0 dB" in out
        assert re.search(r"live\W+0\.0\W+46\.4\W+23\.2\W+11\.6\W+81\.3", out), out

        with LiveProcess(server, tmp_path) as live:
            numbers = live.wait_until_running()
            live.end()
        assert numbers["round_trip_ms"] == pytest.approx(1000 * period / 44_100, abs=0.01)
        own = ("resampling", "network", "buffers")
        total = sum(numbers["latency_by_stage_ms"][name] for name in own)
        assert numbers["latency_ms"] == pytest.approx(total + numbers["round_trip_ms"], abs=0.05)

        alone = started(server, tmp_path, SLOW_AT_START)
        out, errors = alone.communicate(timeout=START_PATIENCE)
        assert alone.returncode == 1
        (line,) = [part for part in errors.splitlines() if "does not reach" in part]
        assert "connect them by a cable" in line
        assert "Traceback" not in errors


@pytest.mark.real_time
@needs_jack
def test_a_loop_between_two_clocks_is_measured(tmp_path: Path) -> None:
    period = 512
    with JackServer(44_100, period) as server:
        out = output_of_looped(server, tmp_path, SLOW_AT_START + TWO_CLOCKS)
        measured, level = re.findall(r"round trip: (\d+) samples, .* at (.*) dB", out)[0]
        # The delay is still being regulated in these seconds, which also blurs the noise's peak.
        assert int(measured) == pytest.approx(period, abs=period / 4), out
        assert float(level) == pytest.approx(0, abs=9), out
