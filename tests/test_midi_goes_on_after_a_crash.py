"""A crash of the MIDI process, perhaps in a library, is repaired and reported."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.jack import JackServer, needs_jack
from tests.live import LiveProcess
from tests.midi_peer import Peer, environment, wait_for
from tests.processes import parents

pytestmark = [needs_jack, pytest.mark.real_time]

SPAWNED = b"multiprocessing.spawn"
VOLUME = [0xB0, 7]


def midi_process(engine: int) -> int | None:
    """The child of an engine that is no helper of Python's."""
    for child, parent in parents().items():
        if parent == engine and SPAWNED in Path(f"/proc/{child}/cmdline").read_bytes():
            return child
    return None


def test_a_control_moves_its_parameter_again(tmp_path: Path) -> None:
    arguments = ("--preset", "karaoke", "--midi-api", "jack", "--midi-in", "desk")
    with (
        JackServer(period=1024) as server,
        environment(**server.environment),
        closing(Peer("desk")) as desk,
        LiveProcess(server, tmp_path, *arguments) as live,
    ):
        first = live.wait_until_running()

        def moved(line: dict[str, Any]) -> bool:
            desk.send([*VOLUME, 64])
            return line["midi_messages"] > 0

        live.wait(moved)
        old = midi_process(first["pid"])
        assert old is not None
        os.kill(old, signal.SIGSEGV)
        wait_for(lambda: "the MIDI process ended and was restarted" in live.errors)
        new = midi_process(first["pid"])
        assert new not in (None, old)
        before = live.newest()["midi_messages"]
        desk.send(*[[*VOLUME, 64]] * 10)
        live.wait(lambda line: line["midi_messages"] >= before + 10)
        # Not for ever: after repeated crashes it stays away, and that is reported.
        os.kill(new or 0, signal.SIGSEGV)
        wait_for(lambda: "the MIDI process has ended: open the MIDI ports again" in live.errors)
        assert live.newest()["engine_restarts"] == 0
        live.end()
    assert live.errors.count("the MIDI process ended and was restarted") == 1
