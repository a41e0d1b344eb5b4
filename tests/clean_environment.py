"""A virtual environment of its own, with what pip installs in it."""

from __future__ import annotations

import subprocess
import venv
from collections.abc import Sequence
from pathlib import Path

INSTALL_TIMEOUT = 900.0


def clean_environment(folder: Path, *installs: Sequence[str]) -> Path:
    """Make it in ``folder`` by `pip install` with each of ``installs``; return its programs."""
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin/python"), "-m", "pip", "install", "-q"]
    for arguments in installs:
        subprocess.run([*pip, *arguments], cwd=folder, check=True, timeout=INSTALL_TIMEOUT)
    return folder / "bin"
