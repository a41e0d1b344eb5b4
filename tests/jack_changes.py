"""What changes on a JACK server while livevox plays: the period, and the devices."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.jack import JackServer

LONGEST_PERIOD = 8192


def change_period(server: JackServer, period: int) -> None:
    command = ["jack_bufsize", str(period)]
    subprocess.run(command, env=os.environ | server.environment, check=True, capture_output=True)
    server.period = period


def longer(period: int, times: int) -> int:
    return min(times * period, LONGEST_PERIOD)


@contextmanager
def microphone(server: JackServer, name: str) -> Iterator[None]:
    """Another JACK client, whose only port gives sound: a device with one input."""
    client = subprocess.Popen(
        ["jack_metro", "--name", name, "--bpm", "60"],
        env=os.environ | server.environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        server.wait_for_client(name)
        yield
    finally:
        client.terminate()
        client.wait()
