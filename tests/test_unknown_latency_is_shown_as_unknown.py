"""Another JACK program as a device has a latency that PortAudio doesn't know: livevox says so."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from livevox.cli.report import Report
from livevox.cli.view import screen
from livevox.config.modes import modes
from livevox.live.supervisor import Supervisor
from tests.jack import JackServer, needs_jack
from tests.live import START_PATIENCE, LiveProcess, environment
from tests.supervision import small_config

pytestmark = needs_jack


@contextmanager
def metronome(server: JackServer, config: Path) -> Iterator[None]:
    """A program with an output, and so an input device, named Metronome."""
    command = ["jack_metro", "-b", "60", "-n", "Metronome"]
    own = environment(server, config)
    with subprocess.Popen(command, env=own, stdout=subprocess.DEVNULL) as process:
        try:
            server.wait_for_client("Metronome")
            yield
        finally:
            process.terminate()


def test_a_program_as_a_device_has_an_unknown_latency(tmp_path: Path) -> None:
    arguments = ("--input", "Metronome", "--output", "system")
    with (
        JackServer() as server,
        metronome(server, tmp_path),
        LiveProcess(server, tmp_path, *arguments) as live,
    ):
        numbers = live.wait_until_running()
        live.end()
    stages = numbers["latency_by_stage_ms"]
    assert stages.pop("input device") is None
    assert numbers["latency_ms"] == pytest.approx(sum(stages.values()), abs=0.05)
    assert 0 < numbers["latency_ms"] < 1000


def test_the_displays_show_it_and_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with JackServer() as server, metronome(server, tmp_path):
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        config = small_config(input="Metronome", output="system", midi_api="dummy")
        with Supervisor(config) as supervisor:
            report = Report(supervisor)
            deadline = time.monotonic() + START_PATIENCE
            while supervisor.telemetry.fields.frames < 200:
                assert supervisor.look() is None
                assert time.monotonic() < deadline, "waited in vain"
                time.sleep(0.01)
            now, curve = report.now(), report.activity(360)
            shown = screen(now, supervisor.status, curve, (), (), (), modes(), stages=True).plain
            assert supervisor.telemetry.fields.heard_frame > 0
    assert "input device unknown" in shown
