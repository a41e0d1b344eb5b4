"""What the programs take: time to start, disk, memory, and the processor while a window idles."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import soundfile

from livevox.bench.process import UnmeasuredError
from livevox.dsp.stft import SAMPLE_RATE
from livevox.errors import LivevoxError

COMMAND = (sys.executable, "-m", "livevox.cli")
SETTLE_SECONDS = 4.0
"""After which a window is taken to idle."""
WINDOW_SETTINGS = 'version = 1\ninput = "livevox bench"\noutput = "livevox bench"\n'
"""Devices that do not exist: the engine waits, and opens no microphone."""
FIRST_AUDIO = """
import numpy
from livevox.processor import Processor
processor = Processor("live")
processor.prepare(44100, 2, 256)
done = 0
while done <= processor.latency_samples:
    processor.process(numpy.full((2, 256), 0.1, numpy.float32))
    done += 256
"""


def seconds_to(code: str) -> float:
    """Of a new process that runs ``code``, by the clock on the wall."""
    # The app of PyInstaller is no Python that takes programs.
    if hasattr(sys, "frozen"):
        raise UnmeasuredError("not measured in an app: measure it where Python is installed")
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begun
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise LivevoxError(f"livevox does not start: {said[-1]}")
    return seconds


@dataclass(frozen=True)
class InstallSize:
    """In bytes: livevox itself, of which the models are a part, and all that it needs."""

    livevox: int
    models: int
    needed: int


def install_size() -> InstallSize:
    """Of the installed packages, without the extras."""
    own = Path(str(resources.files("livevox")))
    needed = sum(map(_size, _requirements("livevox")))
    return InstallSize(_folder_size(own), _folder_size(own / "models"), needed)


def _requirements(name: str) -> list[Distribution]:
    """What a package needs here, directly or not, without itself."""
    found: dict[str, Distribution | None] = {name: None}
    waiting = [distribution(name)]
    while waiting:
        for requirement in waiting.pop().requires or ():
            what, _, marker = requirement.partition(";")
            other = re.split(r"[^\w.-]", what.strip(), maxsplit=1)[0].lower()
            if other in found or "extra" in marker:
                continue
            try:
                package = distribution(other)
            except PackageNotFoundError:  # for other systems
                continue
            found[other] = package
            waiting.append(package)
    return [each for each in found.values() if each]


def _size(package: Distribution) -> int:
    files = (Path(str(file.locate())) for file in package.files or ())
    return sum(file.stat().st_size for file in files if file.is_file())


def _folder_size(folder: Path) -> int:
    files = (file for file in folder.rglob("*") if "__pycache__" not in file.parts)
    return sum(file.stat().st_size for file in files if file.is_file())


@dataclass(frozen=True)
class Separating:
    """`livevox separate` of a file: its peak memory in bytes, and the processor time and the time
    on the wall in seconds, with the start of the program."""

    minutes: float
    memory: int
    processor: float
    wall: float


def separating(minutes: float, song: Path) -> Separating:
    """Separate ``song``, a .npy file, repeated for so long. Raises UnmeasuredError on Windows."""
    if sys.platform == "win32":
        raise UnmeasuredError("not measured on Windows")
    audio = np.load(song).T
    left = round(60 * minutes * SAMPLE_RATE)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "song.wav"
        with soundfile.SoundFile(path, "w", SAMPLE_RATE, 2, "PCM_16") as file:
            while left > 0:
                file.write(audio[:left])
                left -= len(audio)
        begun = time.perf_counter()
        process = subprocess.Popen(
            [*COMMAND, "separate", str(path), "-o", folder, "--format", "flac"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        with process:
            assert process.stderr
            said = process.stderr.read().decode(errors="replace").splitlines()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - begun
    if process.returncode:
        raise UnmeasuredError(said[-1] if said else f"exit code {process.returncode}")
    memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Separating(minutes, memory, usage.ru_utime + usage.ru_stime, wall)


def idle_window(seconds: float) -> float:
    """The share of a core that the window takes, without its engine, while nothing plays.

    It draws into memory. Raises UnmeasuredError where there is no window, or no /proc.
    """
    if not Path("/proc/self/stat").exists():
        raise UnmeasuredError("measured on Linux only")
    if find_spec("PyQt6") is None:
        raise UnmeasuredError("not installed: pip install 'livevox[gui]'")
    with _window() as process:
        time.sleep(SETTLE_SECONDS)
        begun = _processor_seconds(process.pid)
        time.sleep(seconds)
        if process.poll() is not None:
            raise UnmeasuredError(f"the window ended with exit code {process.returncode}")
        return (_processor_seconds(process.pid) - begun) / seconds


@contextmanager
def _window() -> Iterator[subprocess.Popen[bytes]]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "settings.toml").write_text(WINDOW_SETTINGS, encoding="utf-8")
        process = subprocess.Popen(
            [*COMMAND, "gui"],
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "LIVEVOX_CONFIG_DIR": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(SETTLE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _processor_seconds(pid: int) -> float:
    """User and system time of a process, see proc(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
