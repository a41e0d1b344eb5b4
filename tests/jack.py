"""A real JACK server without hardware, and probes that send known audio through its clients.

    with JackServer() as server:
        live = subprocess.Popen([...], env=os.environ | server.environment)
        server.wait_for_client("livevox")
        returned = server.probe("livevox", audio).result()

livevox is the client `livevox`, further ones are `livevox-01` and so on; other programs with
PortAudio, such as the probes, are `PortAudio`. Every client with ports is a PortAudio device of
that name for processes that initialise PortAudio later. The dummy sound card, which captures
silence, is `system`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from functools import cache
from math import inf
from pathlib import Path
from typing import IO, Self

import numpy as np
import pytest

from livevox.dsp.stft import Audio

needs_jack = pytest.mark.skipif(shutil.which("jackd") is None, reason="jackd is not installed")

SHARED_MEMORY = Path("/dev/shm")
PATIENCE = 20.0
"""Timeout in seconds for operations that take a fraction of a second."""

SERVERS = 6
"""JACK allows eight servers per machine. A server that crashed keeps its slot until one of the same
name starts, so the names are reused."""


@cache
def _priority() -> list[str]:
    """Real-time scheduling, if the system grants it."""
    granted = subprocess.run(["chrt", "-f", "10", "true"], capture_output=True).returncode == 0
    return ["-R", "-P", "60"] if granted else ["-r"]


class Server(ABC):
    """A sound server; ends with the ``with`` block, or by `stop`.

    ``rate`` is in Hz, ``period`` in samples. ``environment`` holds the variables that make a
    process use this server and no other.
    """

    environment: dict[str, str]

    def __init__(self, rate: int, period: int) -> None:
        self.rate = rate
        self.period = period
        self.ended = inf
        """The `time.monotonic` of the end; infinite before that."""
        SERVERS_STARTED.append(self)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @abstractmethod
    def start(self) -> None:
        """Return when clients can use the server."""

    @abstractmethod
    def stop(self) -> None:
        """End the server and remove its files; pytest shows its output if a test failed."""


SERVERS_STARTED: list[Server] = []
"""All servers that this process has started."""


def _free_name() -> tuple[str, IO[bytes]]:
    """A server name, reserved while the file is open."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for number in range(SERVERS):
            name = f"livevox-test-{number}"
            lock = (Path(tempfile.gettempdir()) / f"{name}.lock").open("wb")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.close()
            else:
                return name, lock
        time.sleep(0.1)
    raise RuntimeError(f"{SERVERS} JACK servers of other tests are running")


def shortest_period(since: float) -> float:
    """The shortest period, in seconds, of the servers that ran after ``since``, a time of
    `time.monotonic`; infinite if none did."""
    ran = [server for server in SERVERS_STARTED if server.ended >= since]
    return min((server.period / server.rate for server in ran), default=inf)


SAFE_PERIOD = 1024
"""A period in samples that is long enough beside all other tests: of shorter ones, a server there
sometimes loses what was sent, MIDI messages, too."""
SHORT_PERIOD = 256
"""What a musician chooses, for tests of live sound and pictures of the window."""


class JackServer(Server):
    """A server with two inputs and two outputs. PortAudio reads its ``environment`` when it is
    initialised. Its clock is ``slower_ppm`` slower than the system's, to a microsecond a period."""

    def __init__(
        self, rate: int = 44_100, period: int = SAFE_PERIOD, slower_ppm: float = 0.0
    ) -> None:
        self.name, self._lock = _free_name()
        super().__init__(rate, period)
        self._wait_us = round((1e6 + slower_ppm) * period / rate) if slower_ppm else 0
        self.environment = {"JACK_DEFAULT_SERVER": self.name, "JACK_NO_START_SERVER": "1"}
        self._folder = Path(tempfile.mkdtemp(prefix=f"{self.name}-"))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def output(self) -> str:
        """The server's output since its first start."""
        log = self._folder / "jackd.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def start(self) -> None:
        """Return when the server accepts clients; RuntimeError with its output on timeout."""
        # Without -S (wait for every client in every period) samples get lost. With setpriv the
        # server does not outlive a killed test run.
        command = ["setpriv", "--pdeathsig", "TERM", "jackd", *_priority(), "-S", "-n", self.name]
        command += ["-d", "dummy", "-r", str(self.rate), "-p", str(self.period)]
        command += ["-w", str(self._wait_us)] if self._wait_us else []
        with (self._folder / "jackd.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        self._wait_for("system")

    def kill(self) -> None:
        """Kill the server, as in a crash, and remove its leftovers in shared memory."""
        if self._process is None:
            return
        left = self._segments()
        self._process.kill()
        self._process.wait()
        self._process = None
        self._remove(left)

    def restart(self) -> None:
        """Restart under the same name, after ending the server if it still runs."""
        self._end()
        self.start()

    def stop(self) -> None:
        """End the server and remove its files; pytest shows its output if a test failed."""
        self._end()
        print(self.output)
        self.ended = time.monotonic()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._lock.close()

    def ports(self) -> list[str]:
        """The ports of all clients, `client:port`; none if the server does not respond."""
        listing = subprocess.run(
            ["jack_lsp", "-s", self.name],
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        return listing.stdout.split("\n")[:-1] if listing.returncode == 0 else []

    def wait_for_client(self, client: str) -> None:
        """Return when ``client`` has ports; RuntimeError if it never does."""
        self._wait_for(client)

    def probe(self, client: str, audio: Audio) -> Probe:
        """Start to play (channels, samples) to ``client`` and to record its output."""
        return Probe(self, client, audio)

    def endurance(self, client: str, seconds: int, late: int, gain: float) -> tuple[int, int, int]:
        """Play noise to ``client`` for so long, in little memory.

        The output is compared with the noise delayed by ``late`` samples. Returns the number of
        samples compared, of those equal to the noise times ``gain``, and of others equal to the
        unchanged noise. RuntimeError if the client or the server ended.
        """
        script = Path(__file__).with_name("jack_probe.py")
        arguments = [client, str(seconds * self.rate), str(late), str(gain)]
        done = subprocess.run(
            [sys.executable, str(script), "--endurance", *arguments],
            env=os.environ | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds + 2 * PATIENCE,
        )
        if done.returncode != 0:
            raise RuntimeError(f"the probe failed:\n{done.stdout}")
        compared, results, inputs = map(int, done.stdout.split())
        return compared, results, inputs

    def _wait_for(self, client: str) -> None:
        assert self._process is not None
        deadline = time.monotonic() + PATIENCE
        while not any(port.startswith(f"{client}:") for port in self.ports()):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"no client {client!r} on the JACK server:\n{self.output}")
            time.sleep(0.02)

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None
        self._remove([])

    def _segments(self) -> list[Path]:
        """The server's own shared memory; the names do not identify the server."""
        assert self._process is not None
        try:
            maps = Path(f"/proc/{self._process.pid}/maps").read_text()
        except OSError:
            return []
        mapped = {Path(line.split()[-1]) for line in maps.splitlines() if "/jack-" in line}
        # All servers of the machine share the registry.
        return [path for path in mapped if path.name != "jack-shm-registry"]

    def _remove(self, segments: list[Path]) -> None:
        """Remove segments, sockets and semaphores; connected clients keep them until closed."""
        for path in [*segments, *SHARED_MEMORY.glob(f"jack*_{self.name}_*")]:
            with suppress(FileNotFoundError):
                path.unlink()


class Probe:
    """A running probe of a client with known audio; made by :meth:`JackServer.probe`."""

    def __init__(self, server: JackServer, client: str, audio: Audio) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix=f"{server.name}-")
        self._recorded = Path(self._folder.name) / "recorded.npy"
        self._seconds = audio.shape[1] / server.rate
        played = Path(self._folder.name) / "played.npy"
        np.save(played, np.ascontiguousarray(audio.T, dtype=np.float32))
        script = Path(__file__).with_name("jack_probe.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script), client, str(played), str(self._recorded)],
            env=os.environ | server.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def result(self) -> Audio:
        """Wait for the end; return the recording, (channels, samples), as long as the played audio.

        Its sample k left the client in the period in which sample k was played. RuntimeError if the
        client or the server ended.
        """
        with self._folder:
            try:
                output, _ = self._process.communicate(timeout=self._seconds + PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                output, _ = self._process.communicate()
            if self._process.returncode != 0:
                raise RuntimeError(f"the probe failed:\n{output}")
            return np.load(self._recorded).T
