"""livevox asks nothing of the network and writes nothing that it was not asked for."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
import soundfile

from tests.audio_files import sound
from tests.gui_harness import display, needs_display
from tests.jack import JackServer, needs_jack
from tests.seccomp import needs_seccomp, no_network


def has_own_network() -> bool:
    """Whether a process can be given a network in which nothing answers."""
    if shutil.which("unshare") is None:
        return False
    return (
        subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0
    )


ISOLATED = ["unshare", "-rn"] if has_own_network() else []


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("command", ["separate", "activity", "models"])
def test_an_empty_home_stays_empty_and_no_network_is_needed(
    command: str, tmp_path: Path, model_files: dict[str, Path]
) -> None:
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    soundfile.write(work / "song.wav", sound(2, 0.2).T, 48_000, "FLOAT")
    arguments = [] if command == "models" else ["song.wav", "-m", str(model_files["live"])]
    result = subprocess.run(
        [*ISOLATED, sys.executable, "-m", "livevox.cli", command, *arguments],
        cwd=work,
        env=plain_environment(home, tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    stems = {f"separated/song/{name}.wav" for name in ("vocals", "accompaniment")}
    assert files(work) == {"song.wav"} | (stems if command == "separate" else set())
    assert files(home) == set()


@needs_seccomp
def test_who_asks_the_network_is_found_out() -> None:
    asking = "import socket; socket.create_connection(('127.0.0.1', 9))"
    result = subprocess.run([sys.executable, "-c", asking], preexec_fn=no_network, check=False)
    assert result.returncode == -signal.SIGSYS


@needs_jack
@needs_seccomp
def test_live_sound_asks_no_network_and_keeps_its_queue_only(
    tmp_path: Path, model_files: dict[str, Path]
) -> None:
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    soundfile.write(work / "song.wav", sound(2, 5.0).T, 48_000, "FLOAT")
    command = [sys.executable, "-m", "livevox.cli", "live", "--json", "--duration", "2"]
    with JackServer() as server:
        result = subprocess.run(
            [*command, "--input", "song.wav", "-m", str(model_files["live"])],
            cwd=work,
            env=plain_environment(home, tmp_path) | server.environment,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=no_network,
        )
    assert result.returncode == 0, result.stderr
    assert result.stdout
    assert files(work) == {"song.wav"}
    assert files(home) == {".config/livevox/settings.toml"}
    settings = tomllib.loads((home / ".config/livevox/settings.toml").read_text())
    assert settings["files"] == [str(work / "song.wav")]


WINDOW = """
from PyQt6.QtCore import QTimer
from gui.app import make_application
import gui.app
from livevox.cli.app import main
import sys

application = make_application()
gui.app.make_application = lambda: application
QTimer.singleShot(6000, application.closeAllWindows)
sys.argv = ["livevox", "gui"]
main()
"""


@needs_jack
@needs_display
@needs_seccomp
def test_the_window_asks_no_network_and_keeps_its_place_only(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    shown = {"DISPLAY": display(), "QT_QPA_PLATFORM": "xcb", "QT_XCB_GL_INTEGRATION": "none"}
    with JackServer() as server:
        result = subprocess.run(
            [sys.executable, "-c", WINDOW],
            cwd=tmp_path,
            env=plain_environment(home, tmp_path) | server.environment | shown,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=no_network,
            timeout=120,
        )
    assert result.returncode == 0, result.stderr
    # Its size and place, for the next time, are all that it keeps.
    assert files(home) == {".config/livevox/window.ini"}


def plain_environment(home: Path, temporary: Path) -> dict[str, str]:
    return {"HOME": str(home), "PATH": "/usr/bin:/bin", "TMPDIR": str(temporary)}


CONNECTIONS = """
import os, sys, time
from pathlib import Path
import livevox
livevox.load_model(sys.argv[1])
end = time.monotonic() + 2
while time.monotonic() < end:
    open_files = [os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd")
                  if os.path.islink(f"/proc/self/fd/{n}")]
    sockets = [name for name in open_files if name.startswith("socket:")]
    assert not sockets, sockets
    time.sleep(0.02)
assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
"""


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_a_loaded_model_opens_no_socket(tmp_path: Path, model_files: dict[str, Path]) -> None:
    started = time.monotonic()
    result = subprocess.run(
        [sys.executable, "-c", CONNECTIONS, str(model_files["live"])],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert time.monotonic() - started > 2
    assert files(tmp_path) == set()
