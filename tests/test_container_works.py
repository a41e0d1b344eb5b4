"""The container separates files, alone and as a cluster (`make package`).

It is built as packaging/Containerfile says, but on a small Debian with Python and from wheels that
lie beside that of livevox, so that it needs no registry of images.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from livevox.dsp.stft import SAMPLE_RATE, Audio
from tests.clean_environment import INSTALL_TIMEOUT
from tests.commands import assert_separated_as_here
from tests.dask_cluster import cluster
from tests.gui_harness import PATIENCE

TOOLS = ["buildah", "mmdebstrap", "unshare"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        any(shutil.which(tool) is None for tool in TOOLS), reason=f"needs {', '.join(TOOLS)}"
    ),
]

ROOT = Path(__file__).parents[1]
NOBODY = 65534
"""A user without a home."""
BASE = """
FROM scratch
ADD system.tar /
ENV PIP_NO_INDEX=1 PIP_BREAK_SYSTEM_PACKAGES=1
"""


class Images:
    """Images and containers in ``folder``, without a daemon."""

    def __init__(self, folder: Path) -> None:
        self._buildah = ["buildah", "--root", str(folder / "root")]
        self._buildah += ["--runroot", str(folder / "run"), "--storage-driver", "vfs"]

    def build(self, context: Path, name: str, *options: str) -> None:
        command = [*self._buildah, "build", "--isolation", "chroot", "-q", "-t", name, *options]
        subprocess.run([*command, str(context)], check=True, timeout=INSTALL_TIMEOUT)

    def container(self, image: str) -> str:
        return self._said("from", f"localhost/{image}")

    def entry_point(self, container: str) -> str:
        """Its one word."""
        said = self._said("inspect", "--format", "{{.OCIv1.Config.Entrypoint}}", container)
        return said.strip("[]")

    def command(self, container: str, music: Path, *arguments: str) -> list[str]:
        """The command that runs ``arguments`` in it, with ``music`` in its place."""
        options = ["--isolation", "chroot", "--user", f"{NOBODY}:{NOBODY}", "-v", f"{music}:/music"]
        return [*self._buildah, "run", *options, container, "--", *arguments]

    def _said(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._buildah, *arguments], check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout.strip()


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Images]:
    """The image livevox, and what it was built from."""
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
        pytest.skip("needs the right to mount")
    folder = tmp_path_factory.mktemp("images")
    images = Images(folder)
    system = folder / "system"
    system.mkdir()
    (system / "Containerfile").write_text(BASE)
    suite = platform.freedesktop_os_release()["VERSION_CODENAME"]
    command = ["mmdebstrap", "--quiet", "--variant=minbase", "--include=python3-pip", suite]
    subprocess.run([*command, str(system / "system.tar")], check=True, timeout=INSTALL_TIMEOUT)
    images.build(system, "system")
    asked = "import sys; print('%d.%d' % sys.version_info[:2])"
    container = images.container("system")
    python = images.command(container, folder, "python3", "-c", asked)
    version = subprocess.run(python, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    (wheel,) = ROOT.glob("dist/livevox-*.whl")
    pip = [sys.executable, "-m", "pip", "download", "-q", "--only-binary", ":all:"]
    pip += ["--python-version", version, "-d", str(folder / "wheels"), f"{wheel}[cluster]"]
    subprocess.run(pip, check=True, timeout=INSTALL_TIMEOUT)
    options = ["-f", str(ROOT / "packaging/Containerfile"), "--build-arg", "BASE=localhost/system"]
    images.build(folder / "wheels", "livevox", *options)
    yield images
    # More than a gigabyte.
    shutil.rmtree(folder)


@pytest.fixture
def music(tmp_path: Path, song: Audio) -> Path:
    """A folder of nobody's with two songs."""
    folder = tmp_path / "music"
    folder.mkdir()
    for name in ("one", "two"):
        soundfile.write(folder / f"{name}.wav", song.T, SAMPLE_RATE, subtype="FLOAT")
    os.chown(folder, NOBODY, NOBODY)
    return folder


def test_a_file_is_separated_as_outside_the_container(
    images: Images, music: Path, song: Audio
) -> None:
    container = images.container("livevox")
    program = images.entry_point(container)
    command = images.command(container, music, program, "separate", "one.wav")
    subprocess.run(command, check=True, timeout=PATIENCE)
    assert_separated_as_here(song, music / "separated/one")


def test_files_are_separated_by_workers_in_containers(
    images: Images, music: Path, song: Audio
) -> None:
    def in_container(*command: str) -> list[str]:
        return images.command(images.container("livevox"), music, *command)

    def dask(*command: str) -> list[str]:
        return in_container("dask", *command)

    with cluster(music, dask) as workers:
        workers.add_worker()
        program = ["livevox", "separate", "one.wav", "two.wav", "--scheduler", workers.address]
        subprocess.run(in_container(*program), check=True, timeout=PATIENCE)
    assert_separated_as_here(song, music / "separated/one", music / "separated/two")
