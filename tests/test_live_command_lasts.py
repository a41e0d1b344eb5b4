"""`livevox live` beside a program that takes a whole core: hardly a block is late, not a sample is
lost, memory is flat."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.jack import JackServer, needs_jack
from tests.jack_changes import change_period, longer
from tests.live import JACK_CLIENT, QUIET_STEMS, STEMS_GAIN, LiveProcess, Tally, noise, tally
from tests.stalls import burning, steady_period

pytestmark = [needs_jack, pytest.mark.real_time]

RATE = 44_100
SHIPPED = ("--model", "live")
"""The model that people use, which takes most of its time."""
GROWTH_KIB = 5 * 1024
COUNTED = ("late_blocks", "skipped_blocks", "xruns", "gaps", "gap_seconds")
CHANCE = 0.002
"""Noise holds so little voice that this share of its samples, at most, is the same without it."""
FEW_SILENT = 50
"""Samples of noise that are silent by chance, at most."""
LATE_WORKER = """
import threading, time
from livevox.processor import Processor

in_time = Processor.process_all

def late(self, block):
    # Not while the engine warms up.
    if threading.current_thread().name == "worker":
        time.sleep({seconds})
    return in_time(self, block)

Processor.process_all = late
"""
"""Python runs this in every process that it starts, the engine among them."""


@pytest.mark.parametrize(
    ("seconds", "settled", "growth_kib"),
    [
        (10, 4, 5 * 1024),
        pytest.param(1800, 60, 5 * 1024, marks=pytest.mark.slow),
    ],
)
def test_soak(tmp_path: Path, seconds: int, settled: int, growth_kib: int) -> None:
    period = steady_period(RATE)
    with (
        burning(),
        JackServer(RATE, period) as server,
        LiveProcess(server, tmp_path, *SHIPPED, *QUIET_STEMS) as live,
    ):
        first = live.wait_until_running()
        late = first["latency_samples"] + period
        heard = Tally(*server.endurance(JACK_CLIENT, seconds, late, float(STEMS_GAIN)))
        summary = live.end()
    memory = {line["seconds"]: line["memory_kib"] for line in live.lines}
    began = min(at for at in memory if at >= first["seconds"] + settled)
    counted = ("late_blocks", "skipped_blocks", "xruns", "dropouts", "engine_restarts")
    print(
        {name: summary[name] for name in counted},
        heard,
        f"period {period}",
        f"{memory[began]} KiB",
        summary["memory_kib"],
    )
    assert heard.compared >= seconds * RATE - late - RATE
    heard.assert_in_time(summary["late_blocks"] - first["late_blocks"], period, RATE)
    assert (summary["dropouts"], summary["engine_restarts"]) == (0, 0)
    assert summary["memory_kib"] - memory[began] < growth_kib


@pytest.mark.parametrize("seconds", [12, pytest.param(1800, marks=pytest.mark.slow)])
def test_soak_with_the_voice_muted_while_the_period_changes(tmp_path: Path, seconds: int) -> None:
    """Whatever is heard of the voice or not at all is counted. Prints when, and why."""
    first = steady_period(RATE)
    periods = [first, longer(first, 2), first, longer(first, 4), first, longer(first, 2)]
    with (
        burning(),
        JackServer(RATE, first) as server,
        LiveProcess(
            server, tmp_path, *SHIPPED, "--preset", "karaoke", "--set", "vocals_mute=on"
        ) as live,
    ):
        before = started = live.wait_until_running()
        memory = []
        for change, period in enumerate(periods):
            if change:
                change_period(server, period)
                gaps = before["gaps"] + 1
                before = live.wait(
                    lambda line, to=period, n=gaps: line["block"] == to and line["gaps"] >= n
                )
            late = before["latency_samples"] + period
            part = seconds // len(periods)
            # With a gain of 0 the results are the silent samples.
            heard = Tally(*server.endurance(JACK_CLIENT, part, late, 0.0))
            after = live.newest()
            grown = {name: after[name] - before[name] for name in COUNTED}
            print(f"until {after['seconds']:.0f} s, periods of {period}: {heard.results} silent,")
            print(f"    {heard.inputs} with the voice, of {heard.compared}; counted {grown}")
            assert heard.inputs <= grown["late_blocks"] * period + CHANCE * heard.compared
            assert heard.results <= grown["gap_seconds"] * RATE + FEW_SILENT
            memory.append(after["memory_kib"])
            before = after
        summary = live.end()
    print(live.errors, memory)
    assert summary["engine_restarts"] == 0
    assert summary["pid"] == started["pid"]
    # The first part may still allocate, and longer periods need more.
    assert memory[4] - memory[2] < GROWTH_KIB


def test_a_worker_that_is_always_late_leaves_the_input_and_is_noticed(tmp_path: Path) -> None:
    period = steady_period(RATE)
    (tmp_path / "sitecustomize.py").write_text(LATE_WORKER.format(seconds=0.05 + 2 * period / RATE))
    variables = {"PYTHONPATH": str(tmp_path)}
    with (
        JackServer(RATE, period) as server,
        LiveProcess(server, tmp_path, *QUIET_STEMS, variables=variables) as live,
    ):
        late = live.wait_until_running()["latency_samples"] + period
        before = live.newest()["late_blocks"]
        played = noise(2 * RATE)
        heard = server.probe(JACK_CLIENT, played).result()[:, late:]
        late_blocks = live.newest()["late_blocks"] - before
    dry = np.ascontiguousarray(played[:, :-late])
    found = tally(heard, STEMS_GAIN * dry, dry, 1e-6)
    assert found.inputs == found.compared
    assert late_blocks >= found.compared // period
    with pytest.raises(AssertionError):
        found.assert_in_time(late_blocks, period, RATE)
