"""How long the machine itself stalls: a virtual one does, on a busy host for 20 ms.

    with JackServer(RATE, steady_period(RATE)) as server:
        ...

Sound is unbroken only in blocks that last longer than that, as a musician would choose them there.
How a machine stalls changes within minutes, so it is watched during every test of live sound
(:mod:`tests.repeats`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache

FIRST_SECONDS = 10
LONGEST_PERIOD = 4096

BURNER = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"
"""A Python program that takes a core until it is killed, or its parent has gone."""

_longest = 0.0
"""The longest stall of all the time that was watched, in seconds."""


def is_steady(period_seconds: float, stall_seconds: float) -> bool:
    """Whether sound in such periods outlasts such a stall: work takes the other half of them."""
    return period_seconds >= 2 * stall_seconds


def steady_period(rate: int, shortest: int = 256) -> int:
    """The samples per period in which this machine loses none: ``shortest`` on a good one."""
    _watch_first()
    period = shortest
    while not is_steady(period / rate, _longest) and period < LONGEST_PERIOD:
        period *= 2
    return period


@cache
def _watch_first() -> None:
    with burning(), watched():
        time.sleep(FIRST_SECONDS)


@contextmanager
def burning() -> Iterator[None]:
    """Let another process take a whole core meanwhile."""
    burner = subprocess.Popen([sys.executable, "-c", BURNER])
    try:
        yield
    finally:
        burner.kill()
        burner.wait()


@dataclass
class Stall:
    """The longest of a time that was watched; known once that is over."""

    seconds: float = 0.0


@contextmanager
def watched() -> Iterator[Stall]:
    """Learn for how long a processor runs nothing at all meanwhile, also for :func:`steady_period`.

    One process a processor (`python stalls.py CPU`) sleeps a millisecond again and again,
    above everything else that runs; by how much it wakes late nothing ran there. Where the system
    does not grant that priority, it does not grant it to livevox either: then it counts as a stall
    that others run instead.
    """
    global _longest
    watchers = [
        subprocess.Popen(
            [sys.executable, __file__, str(cpu)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for cpu in sorted(os.sched_getaffinity(0))
    ]
    stall = Stall()
    try:
        yield stall
    finally:
        said = [watcher.communicate()[0] for watcher in watchers]
        stall.seconds = max(float(line) for line in said)
        _longest = max(_longest, stall.seconds)


def watch(cpu: int) -> None:
    """Print the longest stall of a processor until the input ends, in seconds."""
    os.sched_setaffinity(0, {cpu})
    highest = os.sched_get_priority_max(os.SCHED_FIFO)
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(highest))
    asked = threading.Thread(target=sys.stdin.read)
    asked.start()
    longest, now = 0.0, time.monotonic()
    while asked.is_alive():
        before = now
        time.sleep(0.001)
        now = time.monotonic()
        longest = max(longest, now - before - 0.001)
    print(longest)


if __name__ == "__main__":
    watch(int(sys.argv[1]))
