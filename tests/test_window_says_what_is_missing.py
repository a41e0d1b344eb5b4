"""Without a screen or a library the window ends with one line that says what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("PyQt6")


@pytest.mark.parametrize(
    ("display", "said"),
    [(None, "neither DISPLAY nor WAYLAND_DISPLAY is set"), (":97531", "no screen answers")],
)
@pytest.mark.parametrize("command", [["-m", "livevox.cli", "gui"], ["-m", "gui"]])
def test_no_screen_is_one_clear_line(
    command: list[str], display: str | None, said: str, tmp_path: Path
) -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    } | {"XDG_CONFIG_HOME": str(tmp_path)}
    if display:
        environment["DISPLAY"] = display
    done = subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    lines = done.stderr.replace("\n  ", " ").strip().splitlines()
    assert "Traceback" not in done.stderr
    assert said in " ".join(lines)
    assert "start it on a desktop" in " ".join(lines)


@pytest.mark.parametrize("package", ["PyQt6", "pyqtgraph"])
def test_a_missing_package_is_one_clear_line(package: str) -> None:
    code = f"import sys; sys.modules['{package}'] = None; from gui.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("pip install 'livevox[gui]'")
