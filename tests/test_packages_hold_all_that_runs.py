"""The wheel and the source hold every file that livevox needs, under one version."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from configparser import ConfigParser
from email.parser import HeaderParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

import livevox
from livevox.cli.app import app

ROOT = Path(__file__).parents[1]
DATA = f"livevox-{livevox.__version__}.data/data"


def build(source: Path, folder: Path, kind: str) -> Path:
    """The package of ``kind`` that hatchling, which pip calls, makes of ``source``."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (package,) = folder.iterdir()
    return package


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("wheel"), "wheel")


def test_the_wheel_holds_what_git_knows_of_the_packages_and_presets(wheel: Path) -> None:
    known = subprocess.run(
        ["git", "ls-files", "livevox", "gui", "train", "presets"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    wanted = {n.replace("presets/", "livevox/presets/", n.startswith("presets/")) for n in known}
    assert len(wanted) > 100
    assert wanted - names(wheel) == set()
    assert {name.partition("/")[0] for name in names(wheel)} == {
        "gui",
        "livevox",
        "train",
        f"livevox-{livevox.__version__}.data",
        f"livevox-{livevox.__version__}.dist-info",
    }


def test_the_source_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(build(ROOT, tmp_path / "sdist", "sdist")) as archive:
        archive.extractall(tmp_path, filter="data")
    source = tmp_path / f"livevox-{livevox.__version__}"
    assert names(build(source, tmp_path / "wheel", "wheel")) == names(wheel)


def test_the_version_is_one(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"livevox-{livevox.__version__}.dist-info/METADATA").decode()
    assert HeaderParser().parsestr(text)["Version"] == livevox.__version__
    said = CliRunner().invoke(app, ["--version"])
    assert (said.exit_code, said.output) == (0, f"livevox {livevox.__version__}\n")


@pytest.mark.skipif(
    not (shutil.which("desktop-file-validate") and shutil.which("appstreamcli")),
    reason="desktop-file-validate or appstreamcli is not installed",
)
def test_desktops_take_what_the_wheel_offers_them(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    share = tmp_path / DATA / "share"
    desktop = share / "applications/livevox.desktop"
    for command in (
        ["desktop-file-validate", str(desktop)],
        ["appstreamcli", "validate", "--no-net", str(share / "metainfo/livevox.metainfo.xml")],
    ):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout
    entry = ConfigParser(interpolation=None)
    entry.read(desktop, "utf-8")
    icon = entry["Desktop Entry"]["Icon"]
    assert (share / f"icons/hicolor/scalable/apps/{icon}.svg").is_file()
    unit = ConfigParser(interpolation=None, strict=False)
    unit.read(share / "systemd/user/livevox.service", "utf-8")
    for command_line in (entry["Desktop Entry"]["Exec"], unit["Service"]["ExecStart"]):
        _, _, call = command_line.partition("livevox ")
        assert CliRunner().invoke(app, [*call.split(), "--help"]).exit_code == 0
