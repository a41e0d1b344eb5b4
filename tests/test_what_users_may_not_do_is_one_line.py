"""What the rights of files forbid is one line for that file, and the others are done."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.audio_files import RATE, sound, write
from tests.commands import assert_refused
from tests.seccomp import needs_seccomp, no_chmod

AS_USER = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
"""Root without the right to pass over rights."""
if os.geteuid():
    AS_USER = []
needs_user = pytest.mark.skipif(
    os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root may do everything"
)


def livevox(
    *arguments: object, cwd: Path, preexec_fn: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    """The command, for whom the rights of files count."""
    return subprocess.run(
        [*AS_USER, sys.executable, "-m", "livevox.cli", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=preexec_fn,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Music, of which a file and a folder can't be read, and a folder that can't be written to."""
    for name in ("Music/good.wav", "Music/secret.wav", "Music/locked/song.wav"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        write(tmp_path / name, sound(2, 0.2), RATE)
    (tmp_path / "full").mkdir()
    modes = {"Music/secret.wav": 0, "Music/locked": 0, "full": 0o500}
    for name, mode in modes.items():
        (tmp_path / name).chmod(mode)
    yield tmp_path
    for name in modes:
        (tmp_path / name).chmod(0o700)


@needs_user
@pytest.mark.parametrize("jobs", [1, 2])
def test_what_can_not_be_read_is_told_and_the_others_are_done(
    folder: Path, model_files: dict[str, Path], jobs: int
) -> None:
    model = ["-m", model_files["live"], "--jobs", jobs]
    result = livevox("separate", "Music", *model, cwd=folder)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    refused = [line for line in result.stderr.splitlines() if line.startswith("livevox: ")]
    assert refused == [
        "livevox: Music/locked can't be read (Permission denied): check its permissions",
        "livevox: Music/secret.wav can't be opened (Permission denied): "
        "check its permissions and its disk",
    ]
    assert (folder / "separated" / "good" / "vocals.wav").exists()
    result = livevox("separate", "Music/locked/song.wav", "Music/good.wav", *model, cwd=folder)
    assert_refused(result, "Music/locked/song.wav can't be opened (Permission denied)")


@needs_user
def test_what_can_not_be_written_is_told(folder: Path, model_files: dict[str, Path]) -> None:
    model = ["-m", model_files["live"]]
    said = "can't be written (Permission denied): choose another folder, or change its permissions"
    result = livevox("separate", "Music/good.wav", *model, "-o", "full", cwd=folder)
    assert_refused(result, f"full/good/vocals.wav {said}")
    for option, name in (("-o", "a.lab"), ("--curve", "a.csv"), ("--plot", "a.png")):
        result = livevox("activity", "Music/good.wav", *model, option, f"full/{name}", cwd=folder)
        assert_refused(result, f"full/{name} {said}")


@needs_seccomp
def test_a_disk_without_modes_is_no_obstacle(folder: Path, model_files: dict[str, Path]) -> None:
    probe = [sys.executable, "-c", "import os; os.chmod('Music', 0o700)"]
    refused = subprocess.run(probe, cwd=folder, preexec_fn=no_chmod, capture_output=True)
    assert b"PermissionError" in refused.stderr
    command = ["separate", "Music/good.wav", "-m", model_files["live"]]
    result = livevox(*command, cwd=folder, preexec_fn=no_chmod)
    assert result.returncode == 0, result.stderr
    written = folder / "separated" / "good" / "vocals.wav"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    result = livevox(*command, cwd=folder)
    assert result.returncode == 0, result.stderr
    assert stat.S_IMODE(written.stat().st_mode) == 0o666 & ~umask()


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
