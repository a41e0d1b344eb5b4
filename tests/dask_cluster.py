"""A real Dask scheduler, and workers as processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

START_SECONDS = 60.0


class Cluster:
    """A scheduler at ``address``; its files are in ``folder``."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self._folder, self._opened = folder, opened
        address_file = folder / "scheduler.json"
        options = ("--host", "127.0.0.1", "--port", "0", "--idle-timeout", "600")
        self._run("scheduler", *options, "--scheduler-file", str(address_file))
        deadline = time.monotonic() + START_SECONDS
        while not address_file.exists() or not address_file.read_text().endswith("}"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        self.address: str = json.loads(address_file.read_text())["address"]

    def add_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker with one thread, whose folder is not that of the commands."""
        options = ("--no-nanny", "--nthreads", "1", "--host", "127.0.0.1")
        return self._run("worker", self.address, *options)

    def _run(self, *arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments, "--no-dashboard"],
            cwd=self._folder,
            stderr=subprocess.DEVNULL,
        )
        self._opened.callback(process.wait)
        self._opened.callback(process.kill)
        return process


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A scheduler without workers; all that it has started ends with it."""
    with ExitStack() as opened:
        yield Cluster(folder, opened)
