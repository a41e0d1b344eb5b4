"""The reported latency by stages equals the measured one, for all three geometries.

Late blocks play the input with the same latency, so the tests check that the result plays.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from livevox.dsp.stft import Audio
from livevox.network.model import Model
from tests.jack import JackServer, needs_jack
from tests.live import JACK_CLIENT, QUIET_STEMS, STEMS_GAIN, LiveProcess, delay, noise, tally

pytestmark = needs_jack

RATE, PERIOD = 44_100, 256


def assert_delayed(heard: Audio, played: Audio, samples: int) -> None:
    """Check that the output is so many samples late, and that most of it is livevox's result."""
    assert delay(heard, played) == samples
    dry = played[:, :-samples]
    found = tally(heard[:, samples:], STEMS_GAIN * dry, dry)
    assert found.results > found.compared / 2


@pytest.mark.parametrize(
    ("name", "period", "block"),
    [
        # Models other than `live`, which the tests of the command measure.
        ("direct", 1536, 1536),
        ("paper", 4096, 4096),
        ("direct", 2048, 128),
        ("paper", 128, 512),
    ],
)
def test_the_delay_is_the_sum_of_the_stages_at_any_period(
    models: dict[str, Model],
    model_files: dict[str, Path],
    tmp_path: Path,
    name: str,
    period: int,
    block: int,
) -> None:
    """PortAudio silently splits periods of more than 1,024 samples."""
    arguments = [*QUIET_STEMS, "--model", str(model_files[name])]
    if block != period:
        arguments += ["--block-size", str(block)]
    with JackServer(RATE, period) as server, LiveProcess(server, tmp_path, *arguments) as live:
        numbers = live.wait_until_running()
        played = noise(3 * RATE)
        heard = server.probe(JACK_CLIENT, played).result()
    stages = numbers["latency_by_stage_ms"]
    print(name, numbers["latency_samples"], stages, numbers["late_blocks"])
    assert numbers["block"] == block
    # Exact, including PortAudio's own buffering. JACK closes the loop with a period's delay.
    latency = round(RATE * numbers["latency_ms"] / 1000)
    assert_delayed(heard, played, latency + period)
    own = stages["resampling"] + stages["network"] + stages["buffers"]
    assert own == pytest.approx(1000 * numbers["latency_samples"] / RATE, abs=0.1)
    assert stages["network"] == pytest.approx(
        1000 * models[name].info.geometry.latency / RATE, 0.01
    )


@pytest.mark.real_time
@pytest.mark.parametrize("starts", [2, pytest.param(5, marks=pytest.mark.slow)])
def test_an_engine_is_as_late_every_time_it_starts(tmp_path: Path, starts: int) -> None:
    """The latency does not depend on PortAudio's start time, which is far off with long periods."""
    period = 2048
    played = noise(RATE)
    with JackServer(RATE, period) as server, LiveProcess(server, tmp_path, *QUIET_STEMS) as live:
        numbers = live.wait_until_running()
        for _ in range(starts):
            killed = numbers["pid"]
            os.kill(killed, signal.SIGKILL)
            numbers = live.wait(lambda line, k=killed: line["pid"] != k and line["load"] > 0)
            heard = server.probe(JACK_CLIENT, played).result()
            assert_delayed(heard, played, numbers["latency_samples"] + period)
