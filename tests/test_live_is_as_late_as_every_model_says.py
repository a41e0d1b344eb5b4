"""The latency that is told, by stages, is the one that is heard: for all three geometries."""

from __future__ import annotations

from pathlib import Path

import pytest

from livevox.model import Model
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
