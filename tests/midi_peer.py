"""Another program with MIDI ports, with which tests exchange messages."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.jack import PATIENCE

# A MIDI program with ports NAME:keys, which sends, and NAME:lights, which receives. It reads lines
# of JSON: messages to send, or a number of messages to wait for and print.
PEER = """
import json, sys, time
import rtmidi

name, connect = sys.argv[1:]
source = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name)
sink = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name + " in")
for port, own in ((source, "keys"), (sink, "lights")):
    if connect:
        fitting = [i for i, other in enumerate(port.get_ports()) if other.endswith(connect)]
        port.open_port(fitting[0], own)
    else:
        port.open_virtual_port(own)
print(flush=True)
for line in sys.stdin:
    order = json.loads(line)
    if isinstance(order, list):
        for message in order:
            source.send_message(message)
    else:
        got = []
        deadline = time.monotonic() + 20
        while len(got) < order and time.monotonic() < deadline:
            event = sink.get_message()
            got += [event[0]] if event else []
        print(json.dumps(got), flush=True)
for port in (source, sink):
    port.close_port()
    port.delete()
"""


class Peer:
    """The other program, with virtual ports, or connected to the ports named ``connect``."""

    def __init__(self, name: str, connect: str = "") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PEER, name, connect],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "\n"

    def send(self, *messages: list[int]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(messages) + "\n")
        self._process.stdin.flush()

    def received(self, count: int) -> list[list[int]]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{count}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate(timeout=PATIENCE)

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        yield


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)


def numbered(count: int) -> list[list[int]]:
    """Distinct messages, so that tests detect loss and wrong order."""
    return [[0xB0 | n >> 14, n >> 7 & 0x7F, n & 0x7F] for n in range(count)]
