"""`livevox live` beside a program that takes a whole core: not a sample is lost, memory is flat."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jack import JackServer, needs_jack
from tests.live import JACK_CLIENT, LiveProcess
from tests.stalls import burning, steady_period

pytestmark = [needs_jack, pytest.mark.real_time]

RATE = 44_100
NEUTRAL = ("--preset", "karaoke", "--set", "vocals_mute=off")


@pytest.mark.parametrize(
    ("seconds", "settled", "growth_kib"),
    [
        (60, 30, 5 * 1024),
        pytest.param(1800, 60, 5 * 1024, marks=pytest.mark.slow),
    ],
)
def test_soak(tmp_path: Path, seconds: int, settled: int, growth_kib: int) -> None:
    period = steady_period(RATE)
    with (
        burning(),
        JackServer(RATE, period) as server,
        LiveProcess(server, tmp_path, *NEUTRAL) as live,
    ):
        first = live.wait_until_running()
        late = first["latency_samples"] + period
        compared, wrong = server.endurance(JACK_CLIENT, seconds, late)
        summary = live.end()
    memory = {line["seconds"]: line["memory_kib"] for line in live.lines}
    began = min(at for at in memory if at >= first["seconds"] + settled)
    counted = ("late_blocks", "skipped_blocks", "xruns", "dropouts", "engine_restarts")
    print(
        {name: summary[name] for name in counted},
        f"period {period}",
        f"{memory[began]} KiB",
        summary["memory_kib"],
    )
    assert compared >= seconds * RATE - late - RATE
    # Where livevox is late it plays its input, which this sound is anyhow: any other sample is lost
    # or repeated.
    assert wrong == 0
    assert (summary["dropouts"], summary["engine_restarts"]) == (0, 0)
    assert summary["memory_kib"] - memory[began] < growth_kib
