"""Microphones of a real livevox on a JACK server, for the tests of them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from livevox.dsp.stft import Audio
from livevox.live.mic_setup import JACK_CLIENT as MIC_CLIENT
from livevox.live.supervisor import Supervisor
from livevox.parameters import defaults
from tests.jack import JackServer
from tests.live import QUIET_STEMS, environment, noise
from tests.supervision import look_until, small_config

RATE = 44_100
PLAIN = {"mic_low_cut": 20.0, "mic_limit": 0.0}
PLAIN_OPTIONS = tuple(
    option for name, value in PLAIN.items() for option in ("--set", f"{name}={value}")
)
WITH_MIC = ("--mic", "1", *QUIET_STEMS, *PLAIN_OPTIONS)


def sung(samples: int) -> Audio:
    return noise(samples)[:1]


def lag(heard: Audio, played: Audio, at: int, longest: int) -> int:
    """How many samples later ``played`` is heard."""
    part = played[0, at : at + 4000]
    return int(np.correlate(heard[0, at : at + 4000 + longest], part, "valid").argmax())


@contextmanager
def supervised(server: JackServer, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    """An engine with a microphone that sounds."""
    for name, value in environment(server, folder).items():
        patch.setenv(name, value)
    config = small_config(mic=(1,), parameters=defaults() | PLAIN, midi_api="dummy")
    with Supervisor(config) as supervisor:
        look_until(supervisor, lambda: supervisor.status is not None and supervisor.status.mic)
        server.wait_for_client(MIC_CLIENT)
        yield supervisor


def connect(server: JackServer, source: str, target: str) -> None:
    """Connect the first port of each name."""
    ports = server.ports()
    names = [min(port for port in ports if port.startswith(name)) for name in (source, target)]
    environ = os.environ | server.environment
    subprocess.run(["jack_connect", "-s", server.name, *names], env=environ, check=True)


def children(engine: Supervisor) -> list[int]:
    """The processes that the engine has started, in this order."""
    listed = Path(f"/proc/{engine.pid}/task/{engine.pid}/children").read_text()
    return [int(pid) for pid in listed.split()]


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or only its parent does not know it."""
    command = Path(f"/proc/{pid}/cmdline")
    return not command.exists() or not command.read_bytes()
