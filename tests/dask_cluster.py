"""A real Dask scheduler, and workers as processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

START_SECONDS = 60.0


def dask_here(*arguments: str) -> list[str]:
    """The command of Dask in this environment."""
    return [sys.executable, "-m", "dask", *arguments]


class Cluster:
    """A scheduler at ``address``; its files are in ``folder``. ``dask`` gives a command of Dask
    that runs in that folder."""

    def __init__(self, folder: Path, opened: ExitStack, dask: Callable[..., list[str]]) -> None:
        self._folder, self._opened, self._dask = folder, opened, dask
        address_file = folder / "scheduler.json"
        options = ("--host", "127.0.0.1", "--port", "0", "--idle-timeout", "600")
        self._run("scheduler", *options, "--scheduler-file", address_file.name)
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
            self._dask(*arguments, "--no-dashboard"),
            cwd=self._folder,
            stderr=subprocess.DEVNULL,
        )
        self._opened.callback(process.wait)
        # What is killed in a container leaves its processes behind.
        self._opened.callback(process.terminate)
        return process


@contextmanager
def cluster(folder: Path, dask: Callable[..., list[str]] = dask_here) -> Iterator[Cluster]:
    """A scheduler without workers; all that it has started ends with it."""
    with ExitStack() as opened:
        yield Cluster(folder, opened, dask)
