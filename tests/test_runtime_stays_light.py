"""livevox runs with its required packages only, without those of its extras."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import numpy as np
import pytest
import soundfile
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

RUN = """
import sys
for name in {absent}:
    sys.modules[name] = None
from livevox.cli.app import main
main()
"""


def runtime_distributions() -> set[str]:
    """The packages of `pip install livevox` without extras."""
    found, waiting = set[str](), ["livevox"]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            needed = map(Requirement, requires(name) or ())
            waiting += [
                canonicalize_name(need.name)
                for need in needed
                if need.marker is None or need.marker.evaluate({"extra": ""})
            ]
    return found


@pytest.fixture(scope="module")
def absent() -> list[str]:
    """The modules of all other installed packages."""
    there = runtime_distributions()
    return [
        module
        for module, owners in packages_distributions().items()
        if there.isdisjoint(map(canonicalize_name, owners))
    ]


def livevox(absent: list[str], *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as if only livevox' required packages were installed."""
    command = [sys.executable, "-c", RUN.format(absent=absent), *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    noise = np.random.default_rng(0).normal(0, 0.1, (3000, 2)).astype(np.float32)
    soundfile.write(tmp_path / "song.wav", noise, 44_100, "FLOAT")
    return tmp_path


def test_heavy_packages_are_not_part_of_it(absent: list[str]) -> None:
    assert {"torch", "scipy", "sklearn", "PyQt6", "pyqtgraph", "matplotlib", "onnx"} <= set(absent)


def test_it_separates_and_detects_with_what_it_needs(absent: list[str], folder: Path) -> None:
    for command in ("separate", "activity"):
        result = livevox(absent, command, "song.wav", cwd=folder)
        assert result.returncode == 0, result.stderr
    assert (folder / "separated" / "song" / "vocals.wav").exists()


def printed_by(script: str) -> str:
    """What a new Python prints, which must not fail."""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_the_engine_separates_live_with_what_it_needs(absent: list[str]) -> None:
    script = (
        f"import sys\nfor name in {absent}:\n    sys.modules[name] = None\n"
        "import numpy, livevox\n"
        "stream = livevox.StreamingSeparator(livevox.load_model(), live=True)\n"
        "print(stream.feed(numpy.zeros((2, 4096), numpy.float32)).vocals.shape)"
    )
    assert printed_by(script) == "(2, 4096)"


@pytest.mark.parametrize("command", [("activity", "song.wav", "--plot", "a.png"), ("demo",)])
def test_pictures_without_matplotlib_are_refused_with_the_remedy(
    absent: list[str], folder: Path, command: tuple[str, ...]
) -> None:
    result = livevox(absent, *command, cwd=folder)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "pip install 'livevox[pictures]'" in result.stderr
    assert [path.name for path in folder.iterdir()] == ["song.wav"]


def test_importing_livevox_imports_no_heavy_package() -> None:
    script = (
        "import importlib, pkgutil, sys, livevox, livevox.separator, livevox.cli\n"
        "names = {module.name for module in pkgutil.iter_modules(livevox.cli.__path__)}\n"
        "for name in names - {'__main__', 'demo'}:\n"
        "    importlib.import_module(f'livevox.cli.{name}')\n"
        "page = 'jinja2' in sys.modules\n"
        # Only this one makes a web page.
        "import livevox.cli.demo\n"
        "heavy = ['torch', 'librosa', 'scipy', 'sklearn', 'matplotlib', 'onnx']\n"
        "heavy += ['PyQt6', 'pyqtgraph']\n"
        "print(page, [name for name in heavy if name in sys.modules])"
    )
    assert printed_by(script) == "False []"


def test_the_command_of_the_window_waits_for_no_other_command() -> None:
    script = (
        "import sys, typer\n"
        "from livevox.cli.app import app\n"
        "assert typer.main.get_command(app).get_command(None, 'gui').name == 'gui'\n"
        "print([name for name in ('numpy', 'av', 'onnxruntime', 'rich') if name in sys.modules])"
    )
    assert printed_by(script) == "[]"
