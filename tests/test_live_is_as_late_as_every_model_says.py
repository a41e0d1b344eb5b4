"""The latency that is told, by stages, is the one that is heard: for all three geometries."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from livevox.network.model import Model
from tests.jack import JackServer, needs_jack
from tests.live import JACK_CLIENT, LiveProcess, delay, noise

pytestmark = needs_jack

RATE, PERIOD = 44_100, 256


@pytest.mark.parametrize("name", ["direct", "paper"])
def test_the_delay_is_the_sum_of_the_stages(
    models: dict[str, Model], model_files: dict[str, Path], tmp_path: Path, name: str
) -> None:
    """`live` itself is measured where the command is tested."""
    neutral = ("--model", str(model_files[name]), "--preset", "karaoke", "--set", "vocals_mute=off")
    with JackServer(RATE, PERIOD) as server, LiveProcess(server, tmp_path, *neutral) as live:
        numbers = live.wait_until_running()
        played = noise(3 * RATE)
        heard = server.probe(JACK_CLIENT, played).result()
    stages = numbers["latency_by_stage_ms"]
    print(name, numbers["latency_samples"], stages, numbers["late_blocks"])
    # JACK closes the loop with a period's delay.
    assert delay(heard, played) == numbers["latency_samples"] + PERIOD
    own = stages["resampling"] + stages["network"] + stages["buffers"]
    assert own == pytest.approx(1000 * numbers["latency_samples"] / RATE, abs=0.1)
    assert stages["network"] == pytest.approx(
        1000 * models[name].info.geometry.latency / RATE, 0.01
    )


@pytest.mark.parametrize(("period", "block"), [(1536, 1536), (4096, 4096), (2048, 128), (128, 512)])
def test_what_the_system_moves_at_once_is_known(tmp_path: Path, period: int, block: int) -> None:
    """PortAudio passes on 1,024 samples at most: what is longer, it divides without a word."""
    neutral = ["--preset", "karaoke", "--set", "vocals_mute=off"]
    if block != period:
        neutral += ["--block-size", str(block)]
    with JackServer(RATE, period) as server, LiveProcess(server, tmp_path, *neutral) as live:
        numbers = live.wait_until_running()
        played = noise(2 * RATE)
        heard = server.probe(JACK_CLIENT, played).result()
    assert numbers["block"] == block
    # Exactly, with what PortAudio collects.
    told = round(RATE * numbers["latency_ms"] / 1000)
    assert delay(heard, played) == told + period


def test_an_engine_is_as_late_every_time_it_starts(tmp_path: Path) -> None:
    """Whatever PortAudio's clock says when it starts: in long periods it is far off."""
    period = 2048
    neutral = ("--preset", "karaoke", "--set", "vocals_mute=off")
    played = noise(RATE)
    with JackServer(RATE, period) as server, LiveProcess(server, tmp_path, *neutral) as live:
        numbers = live.wait_until_running()
        for _ in range(5):
            killed = numbers["pid"]
            os.kill(killed, signal.SIGKILL)
            numbers = live.wait(lambda line, k=killed: line["pid"] != k and line["load"] > 0)
            heard = server.probe(JACK_CLIENT, played).result()
            assert delay(heard, played) == numbers["latency_samples"] + period
