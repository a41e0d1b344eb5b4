"""`livevox devices` and `livevox midi` list devices, ports and the actions of MIDI messages."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from tests.jack import JackServer, needs_jack
from tests.live import START_PATIENCE, environment
from tests.midi_peer import Peer
from tests.midi_peer import environment as variables

pytestmark = needs_jack


def test_devices_ports_and_messages_are_listed(tmp_path: Path) -> None:
    def started(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "livevox.cli", *arguments],
            env=environment(server, tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def said(process: subprocess.Popen[str]) -> str:
        out, errors = process.communicate(timeout=START_PATIENCE)
        assert process.returncode == 0, errors
        return out

    with (
        JackServer(48_000) as server,
        variables(**server.environment),
        closing(Peer("desk")) as desk,
    ):
        devices = json.loads(said(started("devices", "--json")))
        (system,) = [device for device in devices if device["name"] == "system"]
        assert (system["inputs"], system["outputs"], system["default_rate"]) == (2, 2, 48_000)
        assert system["default_for"] == ["input", "output"]
        assert "system" in said(started("devices"))

        ports = said(started("midi"))
        assert "desk:keys" in ports
        assert "jack" in ports

        monitor = started("midi", "--monitor", "4", "--preset", "karaoke")
        assert monitor.stderr is not None
        assert "desk:keys" in monitor.stderr.readline()
        desk.send([0xB0, 7, 127], [0xB0, 7, 0], [0xC0, 1], [0x90, 1, 1])
        lines = said(monitor).splitlines()
        assert lines[0].startswith("b0 07 7f")
        assert "control change 7 is 0, channel 1 -> output -60 dB" in lines[1]
        # Programs count from 1, as most devices show them.
        assert lines[2] == "c0 01     program 2, channel 1 -> preset guide-voice"
        assert lines[3] == "90 01 01  note 1 is 1, channel 1"
