"""livevox works from its wheel in a clean environment, and as an app of its own (`make package`).

The wheel is that in dist; the app is left in build/app.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
import soundfile

import livevox
from livevox.dsp.stft import SAMPLE_RATE, Audio
from tests.clean_environment import INSTALL_TIMEOUT, clean_environment
from tests.commands import assert_separated_as_here
from tests.gui_harness import PATIENCE, display, needs_display
from tests.jack import JackServer
from tests.live import environment

pytestmark = [pytest.mark.slow, needs_display]

ROOT = Path(__file__).parents[1]
APP = ROOT / "build/app"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment, with the wheel and PyInstaller in it."""
    (wheel,) = ROOT.glob("dist/livevox-*.whl")
    folder = tmp_path_factory.mktemp("environment")
    return clean_environment(folder, [f"{wheel}[gui,package]"])


@pytest.fixture(scope="module")
def app(installed: Path) -> Path:
    """The folder of the PyInstaller app."""
    shutil.rmtree(APP, ignore_errors=True)
    command = [str(installed / "pyinstaller"), "-y", "--log-level", "WARN"]
    command += ["--distpath", str(APP), "--workpath", str(installed.parent / "work")]
    command.append(str(ROOT / "packaging/livevox.spec"))
    subprocess.run(command, cwd=installed.parent, check=True, timeout=INSTALL_TIMEOUT)
    return APP / "livevox"


@pytest.fixture(params=["installed", "app"])
def program(request: pytest.FixtureRequest) -> str:
    """The program livevox, from either."""
    return str(request.getfixturevalue(request.param) / "livevox")


def test_the_program_prints_its_version(program: str, tmp_path: Path) -> None:
    said = subprocess.run([program, "--version"], cwd=tmp_path, capture_output=True, text=True)
    assert said.stdout == f"livevox {livevox.__version__}\n"


def test_a_file_is_separated_as_here(program: str, song: Audio, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "song.wav", song.T, SAMPLE_RATE, subtype="FLOAT")
    subprocess.run([program, "separate", "song.wav"], cwd=tmp_path, check=True, timeout=PATIENCE)
    assert_separated_as_here(song, tmp_path / "separated/song")


def test_the_quick_benchmark_measures_it(program: str, tmp_path: Path) -> None:
    command = [program, "bench", "--quick"]
    done = subprocess.run(
        command, cwd=tmp_path, check=True, timeout=2 * PATIENCE, capture_output=True, text=True
    )
    for title in ("A frame", "A second of audio", "The program", "Files"):
        assert title in done.stdout
    assert not list(tmp_path.iterdir())


def test_the_window_comes_up_with_its_engine(program: str, tmp_path: Path) -> None:
    with JackServer() as server:
        variables = environment(server, tmp_path)
        variables |= {"DISPLAY": display(), "QT_QPA_PLATFORM": "xcb", "LANGUAGE": "en"}
        window = subprocess.Popen([program, "gui"], cwd=tmp_path, env=variables)
        try:
            search = ["xdotool", "search", "--sync", "--onlyvisible", "--pid", str(window.pid)]
            subprocess.run(search, env=os.environ, check=True, timeout=PATIENCE)
            server.wait_for_client("livevox")
            # It may still be making the rest of the window.
            time.sleep(2)
            window.send_signal(signal.SIGTERM)
            assert window.wait(PATIENCE) == 0
        finally:
            window.kill()
