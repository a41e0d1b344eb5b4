"""A real PipeWire session without hardware: a private server with null nodes as sound cards.

    with PipeWireServer() as server:
        live = LiveProcess(server, tmp_path)
        server.set_period(2048)

Its JACK interface takes the place of a JACK server, see :class:`tests.jack.JackServer`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from math import inf
from pathlib import Path

import pytest

from livevox.dsp.stft import Audio
from tests.jack import PATIENCE, SERVERS_STARTED, Probe

PROGRAMS = ("pipewire", "wireplumber", "dbus-run-session", "pw-jack", "pw-cli", "pw-metadata")
needs_pipewire = pytest.mark.skipif(
    not all(map(shutil.which, PROGRAMS)), reason="PipeWire is not installed"
)

NODE = (
    "{{ factory.name=support.null-audio-sink node.name={name} media.class={kind} "
    "audio.channels=2 audio.position=[ FL FR ] priority.driver=1000 object.linger=true }}"
)
NODES = {"card": "Audio/Sink", "mic": "Audio/Source/Virtual"}
"""The sound cards: `card` plays into nothing, and `mic` is silent."""


class PipeWireServer:
    """Ends with the ``with`` block. Its clock runs at ``rate`` Hz with periods of ``period``
    samples, until they are changed with :meth:`set_rate` and :meth:`set_period`."""

    def __init__(self, rate: int = 48_000, period: int = 1024) -> None:
        self.rate = rate
        self.period = period
        self.ended = inf
        SERVERS_STARTED.append(self)
        self._folder = Path(tempfile.mkdtemp(prefix="livevox-test-pipewire-"))
        self.name = self._folder.name
        jack = subprocess.run(
            ["pw-jack", "printenv", "LD_LIBRARY_PATH"], capture_output=True, text=True
        )
        self.environment = {
            "XDG_RUNTIME_DIR": str(self._folder),
            "PIPEWIRE_RUNTIME_DIR": str(self._folder),
            "LD_LIBRARY_PATH": jack.stdout.strip(),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> PipeWireServer:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def set_rate(self, rate: int) -> None:
        """Change the sample rate."""
        self.rate = rate
        self._set("clock.force-rate", rate)

    def set_period(self, period: int) -> None:
        """Change the period, which PipeWire calls quantum."""
        self.period = period
        self._set("clock.force-quantum", period)

    def probe(self, client: str, audio: Audio) -> Probe:
        """Start to play (channels, samples) to ``client`` and to record its output."""
        return Probe(self, client, audio)

    def stop(self) -> None:
        """End the server and remove its files; pytest shows its output if a test failed."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)
        log = self._folder / "log"
        print(log.read_text(errors="replace") if log.exists() else "")
        self.ended = time.monotonic()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> None:
        script = "pipewire & wireplumber & wait"
        command = ["setpriv", "--pdeathsig", "TERM", "dbus-run-session", "--", "sh", "-c", script]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                command,
                env=os.environ | self.environment | {"HOME": str(self._folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + PATIENCE
        while not (self._folder / "pipewire-0").exists():
            assert time.monotonic() < deadline, "PipeWire does not start"
            time.sleep(0.02)
        for name, kind in NODES.items():
            self._run("pw-cli", "create-node", "adapter", NODE.format(name=name, kind=kind))
        self.set_rate(self.rate)
        self.set_period(self.period)

    def _set(self, name: str, value: int) -> None:
        self._run("pw-metadata", "-n", "settings", "0", name, str(value))

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command,
            env=os.environ | self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, (command, done.stderr)
        return done.stdout
