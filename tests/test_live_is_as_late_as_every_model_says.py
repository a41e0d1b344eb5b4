"""The latency that is told, by stages, is the one that is heard: for all three geometries.

The input, which stands in for late blocks, is as late as the result. So the result must be heard.
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
    """What is heard comes so many samples later, and most of it is livevox's result."""
    assert delay(heard, played) == samples
    dry = played[:, :-samples]
    found = tally(heard[:, samples:], STEMS_GAIN * dry, dry)
    assert found.results > found.compared / 2


@pytest.mark.parametrize("name", ["direct", "paper"])
def test_the_delay_is_the_sum_of_the_stages(
    models: dict[str, Model], model_files: dict[str, Path], tmp_path: Path, name: str
) -> None:
    """`live` itself is measured where the command is tested."""
    arguments = (*QUIET_STEMS, "--model", str(model_files[name]))
    with JackServer(RATE, PERIOD) as server, LiveProcess(server, tmp_path, *arguments) as live:
        numbers = live.wait_until_running()
        played = noise(3 * RATE)
        heard = server.probe(JACK_CLIENT, played).result()
    stages = numbers["latency_by_stage_ms"]
    print(name, numbers["latency_samples"], stages, numbers["late_blocks"])
    # JACK closes the loop with a period's delay.
    assert_delayed(heard, played, numbers["latency_samples"] + PERIOD)
    own = stages["resampling"] + stages["network"] + stages["buffers"]
    assert own == pytest.approx(1000 * numbers["latency_samples"] / RATE, abs=0.1)
    assert stages["network"] == pytest.approx(
        1000 * models[name].info.geometry.latency / RATE, 0.01
    )


@pytest.mark.parametrize(("period", "block"), [(1536, 1536), (4096, 4096), (2048, 128), (128, 512)])
def test_what_the_system_moves_at_once_is_known(tmp_path: Path, period: int, block: int) -> None:
    """PortAudio passes on 1,024 samples at most: what is longer, it divides without a word."""
    arguments = [*QUIET_STEMS]
    if block != period:
        arguments += ["--block-size", str(block)]
    with JackServer(RATE, period) as server, LiveProcess(server, tmp_path, *arguments) as live:
        numbers = live.wait_until_running()
        played = noise(2 * RATE)
        heard = server.probe(JACK_CLIENT, played).result()
    assert numbers["block"] == block
    # Exactly, with what PortAudio collects.
    told = round(RATE * numbers["latency_ms"] / 1000)
    assert_delayed(heard, played, told + period)


def test_an_engine_is_as_late_every_time_it_starts(tmp_path: Path) -> None:
    """Whatever PortAudio's clock says when it starts: in long periods it is far off."""
    period = 2048
    played = noise(RATE)
    with JackServer(RATE, period) as server, LiveProcess(server, tmp_path, *QUIET_STEMS) as live:
        numbers = live.wait_until_running()
        for _ in range(5):
            killed = numbers["pid"]
            os.kill(killed, signal.SIGKILL)
            numbers = live.wait(lambda line, k=killed: line["pid"] != k and line["load"] > 0)
            heard = server.probe(JACK_CLIENT, played).result()
            assert_delayed(heard, played, numbers["latency_samples"] + period)
