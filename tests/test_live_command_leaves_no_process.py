"""However `livevox live` ends, its engine and all of the engine's processes end, too."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.jack import PATIENCE, JackServer, needs_jack
from tests.live import JACK_CLIENT, LiveProcess
from tests.processes import parents

pytestmark = needs_jack


def descendants(pid: int) -> set[int]:
    """The process and all its descendants."""
    known, family = parents(), {pid}
    while more := {child for child, parent in known.items() if parent in family} - family:
        family |= more
    return family


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_runs_on(tmp_path: Path, number: signal.Signals) -> None:
    with JackServer() as server, LiveProcess(server, tmp_path) as live:
        live.wait_until_running()
        family = descendants(live.pid)
        assert len(family) >= 3, "the command, the engine, MIDI"
        live.send(number)
        deadline = time.monotonic() + PATIENCE
        while family & set(parents()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not family & set(parents())
        assert f"{JACK_CLIENT}:" not in " ".join(server.ports())
