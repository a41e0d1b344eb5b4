"""The runtime brings none of the heavy packages with it."""

from __future__ import annotations

import subprocess
import sys


def test_importing_livevox_imports_no_heavy_package() -> None:
    script = (
        "import sys, livevox, livevox.cli.app, livevox.separator\n"
        "heavy = 'torch', 'librosa', 'scipy', 'PyQt6', 'matplotlib'\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.stdout.strip() == "[]", result.stderr
