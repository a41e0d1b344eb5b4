"""The real `livevox live` as a process, and its JSON output."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from livevox.device.jack_name import JACK_CLIENT as JACK_CLIENT
from livevox.dsp.stft import HOP, SAMPLE_RATE, Audio
from livevox.live.io_thread import DECLICK_SECONDS
from livevox.network.geometry import GRID
from livevox.network.model import load_model
from livevox.parameters import gain
from livevox.separator import separate
from tests.jack import PATIENCE, Server
from tests.small_models import model_file

START_PATIENCE = 3 * PATIENCE
"""Timeout in seconds; starting takes two on an idle machine."""

TOLERANCE = 1e-4
"""Tolerance: offline the mask is computed for all frames at once, with other rounding."""

STEMS_DB = -6.0
QUIET_STEMS = (
    *("--preset", "karaoke", "--set", "vocals_mute=off"),
    *("--set", f"vocals={STEMS_DB}", "--set", f"accompaniment={STEMS_DB}"),
)
"""Options that only lower both stems, so that the result is the input at `STEMS_GAIN`. A late block
plays the unchanged input, which the tests detect."""
STEMS_GAIN = np.float32(gain(STEMS_DB))


def environment(server: Server, config: Path, first: bool = False) -> dict[str, str]:
    """The environment of a livevox that uses this server and keeps its settings in ``config``.

    It finds settings there, unless this is its ``first`` start, when the output begins softly.
    """
    settings = config / "livevox" / "settings.toml"
    if not first and not settings.exists():
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text("version = 1\n")
    own = {"XDG_CONFIG_HOME": str(config), "OMP_NUM_THREADS": "1"}
    return os.environ | server.environment | own


COMMAND = """
from livevox.cli import app, live
live.JSON_SECONDS = 0.1
app.main()
"""
"""The command `livevox`, with more lines of numbers, so that the tests wait less for the next."""


class LiveProcess:
    """`livevox live --json` with further arguments; ends with the ``with`` block.

    Its model is the small one named `live`, unless the arguments choose another.
    """

    def __init__(
        self,
        server: Server,
        config: Path,
        *arguments: str,
        variables: Mapping[str, str] | None = None,
        first: bool = False,
    ) -> None:
        """``variables`` are added to the process' environment, ``first`` is as there."""
        self.server = server
        self.lines: list[dict[str, Any]] = []
        self.errors = ""
        model = () if "--model" in arguments else ("--model", str(model_file("live")))
        self._process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, "live", "--json", *model, *arguments],
            env=environment(server, config, first) | dict(variables or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._threads = [threading.Thread(target=read) for read in (self._read, self._read_errors)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> LiveProcess:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.terminate()
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
        for thread in self._threads:
            thread.join()
        for pipe in (self._process.stdout, self._process.stderr):
            assert pipe is not None
            pipe.close()
        print(self.errors, self.lines[-1:])

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(json.loads(line))

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.errors += line

    @property
    def numbers(self) -> dict[str, Any]:
        """The newest."""
        return self.lines[-1]

    def wait(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next output line that meets a condition."""
        seen, deadline = len(self.lines), time.monotonic() + START_PATIENCE
        while time.monotonic() < deadline:
            for line in self.lines[seen:]:
                seen += 1
                if condition(line):
                    return line
            assert self._process.poll() is None, self.errors
            time.sleep(0.02)
        raise AssertionError(f"livevox live does not get there: {self.lines[-1:]} {self.errors}")

    def newest(self) -> dict[str, Any]:
        """The next numbers."""
        return self.wait(lambda line: True)

    def wait_until_running(self) -> dict[str, Any]:
        """Wait until sound has been running for a second or two; return the numbers."""
        return self.wait(lambda line: line["state"] == "running" and line["load"] > 0)

    def wait_for_refusal(self, reason: str) -> None:
        """Assert that it ends with a line that ends so."""
        assert self._process.wait(START_PATIENCE) == 1
        for thread in self._threads:
            thread.join()
        assert self.errors.rstrip().endswith(reason), self.errors

    @property
    def pid(self) -> int:
        """Of the command."""
        return self._process.pid

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self, number: signal.Signals | None = signal.SIGINT) -> dict[str, Any]:
        """The summary, after the process has ended without an error."""
        if number is not None:
            self._process.send_signal(number)
        assert self._process.wait(START_PATIENCE) == 0, self.errors
        for thread in self._threads:
            thread.join()
        assert self.numbers["summary"]
        return self.numbers


def delay(heard: Audio, played: Audio) -> int:
    """The delay of the recorded audio against the played one, in samples."""
    size = heard.shape[1] + played.shape[1]
    spectrum = np.fft.rfft(heard[0], size) * np.conj(np.fft.rfft(played[0], size))
    return int(np.fft.irfft(spectrum, size).argmax())


def wrong_samples(heard: Audio, expected: Audio, tolerance: float = 1e-5) -> int:
    """The number of samples that differ from the expected ones."""
    return int((np.abs(heard - expected).max(axis=0) > tolerance).sum())


def noise(samples: int, seed: int = 0) -> Audio:
    return (0.1 * np.random.default_rng(seed).standard_normal((2, samples))).astype(np.float32)


def offline_music(played: Audio, heard: Audio, period: int) -> Audio:
    """The accompaniment of ``played``, as of a file, (2, samples) at 44.1 kHz.

    ``heard`` is what a live process with its usual model made of it in periods of so many samples,
    aligned, perhaps less than all. The position of ``played`` on the network's grid is unknown, and
    only one can be right: it is found in the first part of it.
    """
    model = load_model(model_file("live"))

    def music(phase: int, samples: int) -> Audio:
        silence = np.zeros((2, phase * period), np.float32)
        part = np.concatenate([silence, played[:, :samples]], axis=1)
        return separate(part, SAMPLE_RATE, model).accompaniment[:, phase * period :]

    # Count differing samples, because blocks may also be late.
    some = round(0.8 * SAMPLE_RATE)
    # Look-ahead: later input affects earlier output.
    known = some - 2048
    counts = [
        wrong_samples(heard[:, :known], music(phase, some)[:, :known], TOLERANCE)
        for phase in range(GRID * HOP // period)
    ]
    best, second = np.sort(counts)[:2]
    assert best < known // 3 < 2 * known // 3 < second
    return music(int(np.argmin(counts)), played.shape[1])


LATE_SHARE = 0.01
FEW_LATE = 2
"""Allowed late blocks: this number, or this share of all, whichever is more."""


@dataclass(frozen=True)
class Tally:
    """The samples of known sound by their result, at the reported latency."""

    compared: int
    results: int
    """Number of samples equal to livevox' expected result."""
    inputs: int
    """Number of others equal to the input: those of late blocks."""

    def assert_in_time(self, late_blocks: int, block: int, rate: int) -> None:
        """Assert that few blocks were late and that all other samples are right. ``late_blocks`` is
        livevox' own count for the same time."""
        fades = self.compared - self.results - self.inputs
        assert self.inputs <= late_blocks * block, (self, late_blocks)
        # From the result to the input and back.
        assert fades <= late_blocks * 2 * round(DECLICK_SECONDS * rate), (self, late_blocks)
        assert late_blocks <= max(FEW_LATE, LATE_SHARE * self.compared / block), (self, late_blocks)


def tally(heard: Audio, expected: Audio, played: Audio, tolerance: float = 1e-5) -> Tally:
    """Compare the output with the expected result and with the output of late blocks."""
    results, inputs = (
        np.abs(heard - other).max(axis=0) <= tolerance for other in (expected, played)
    )
    return Tally(heard.shape[1], int(results.sum()), int((inputs & ~results).sum()))


def free_port() -> int:
    """Of UDP."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
