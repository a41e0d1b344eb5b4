"""The command livevox, in this process or one of its own; what it makes, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
import soundfile

from livevox.cli.app import main
from livevox.dsp.stft import SAMPLE_RATE, Audio
from livevox.separator import separate


def livevox(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command in this process, which takes much less time than :func:`livevox_process`.

    An exception that a process would show with its traceback is raised.
    """
    command, out, err = ["livevox", *map(str, arguments)], StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, chdir(cwd):
        patch.setattr(sys, "argv", command)
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
    code = ended.value.code
    assert isinstance(code, int)
    return subprocess.CompletedProcess(command, code, out.getvalue(), err.getvalue())


def livevox_process(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "livevox.cli", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def assert_refused(result: subprocess.CompletedProcess[str], *said: str) -> None:
    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("livevox: ")]
    for words in said:
        assert words in line


def assert_separated_as_here(song: Audio, *folders: Path) -> None:
    """The vocals in ``folders`` are those that this process separates from ``song``."""
    expected = separate(song, SAMPLE_RATE).vocals.T
    for folder in folders:
        vocals, _ = soundfile.read(folder / "vocals.wav", dtype="float32")
        assert abs(vocals - expected).max() < 1e-4
