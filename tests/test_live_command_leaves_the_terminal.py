"""`livevox live` in a terminal: keys work, the display updates, and the terminal is restored."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from livevox.cli.view import CURVE_CELLS, CURVE_FRAMES
from tests.jack import JackServer, needs_jack
from tests.live import environment
from tests.terminal import Terminal

pytestmark = needs_jack


@pytest.fixture
def server() -> Iterator[JackServer]:
    with JackServer() as server:
        yield server


def test_keys_act_and_the_end_restores_the_terminal(server: JackServer, tmp_path: Path) -> None:
    server.kill()
    terminal = Terminal(environment(server, tmp_path), "live", "--preset", "guide-voice")
    try:
        terminal.wait_for("waiting: ")
        assert terminal.mode() != terminal.before
        server.restart()
        terminal.wait_for(rf"Guide voice.*live\W+44100 Hz / {server.period}")
        terminal.type("v")
        terminal.wait_for(r"voice -12\.0 dB mute")
        terminal.type("v\x1b[A\x1b[A\x1b[D")
        terminal.wait_for(r"voice -10\.0 dB   music -1\.0 dB")
        # Neither stops it.
        terminal.type("1\x1a\x1c\x13")
        terminal.wait_for("Karaoke")
        terminal.type("l")
        terminal.wait_for(r"network 46\.4")
        terminal.type("q")
        assert terminal.ended() == 0
        assert terminal.mode() == terminal.before
    finally:
        terminal.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_restores_the_terminal(tmp_path: Path, number: signal.Signals) -> None:
    nothing = os.environ | {"XDG_CONFIG_HOME": str(tmp_path), "JACK_NO_START_SERVER": "1"}
    terminal = Terminal(nothing, "live", "--output", "no such device")
    try:
        terminal.wait_for("waiting: ")
        terminal.process.send_signal(number)
        assert terminal.ended() == 0
        assert terminal.mode() == terminal.before
    finally:
        terminal.close()


def test_the_curve_has_whole_cells() -> None:
    assert CURVE_FRAMES % CURVE_CELLS == 0
