"""The names of sound devices, and livevox' own, on a real PipeWire and a real JACK server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.jack import PATIENCE, JackServer, needs_jack
from tests.live import JACK_CLIENT, LiveProcess
from tests.pipewire import PipewireServer, needs_pipewire


@needs_pipewire
def test_a_name_like_a_regular_expression_hides_no_channels(tmp_path: Path) -> None:
    with PipewireServer() as server:
        server.add_card("usb", description="Headphones (USB) [2]")
        done = subprocess.run(
            ["pw-jack", sys.executable, "-m", "livevox.cli", "devices", "--json"],
            env=os.environ | server.environment | {"XDG_CONFIG_HOME": str(tmp_path)},
            check=True,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    found = [each for each in json.loads(done.stdout) if "Headphones" in each["name"]]
    assert [(each["inputs"], each["outputs"]) for each in found] == [(2, 2)]


@needs_jack
def test_livevox_goes_by_its_name(tmp_path: Path) -> None:
    with JackServer() as server, LiveProcess(server, tmp_path) as live:
        live.wait_until_running()
        clients = {port.partition(":")[0] for port in server.ports()}
        live.end()
    assert JACK_CLIENT == "livevox"
    assert clients >= {"livevox", "system"}
    assert "PortAudio" not in clients
