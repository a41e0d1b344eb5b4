"""livevox asks nothing of the network and writes nothing that it was not asked for."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import soundfile

from tests.audio_files import sound


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
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    stems = {f"separated/song/{name}.wav" for name in ("vocals", "accompaniment")}
    assert files(work) == {"song.wav"} | (stems if command == "separate" else set())
    assert files(home) == set()


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
