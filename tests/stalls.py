"""Measures stalls of the machine: virtual machines on a busy host stall for up to 20 ms.

    with JackServer(RATE, steady_period(RATE)) as server:
        ...

Sound is free of dropouts only with blocks longer than the stalls, as a musician would choose them.
Stalls change within minutes, so they are measured during every test of live sound
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
from pathlib import Path

FIRST_SECONDS = 10
LONGEST_PERIOD = 4096
MOST_STOLEN = 0.05
"""Above it, work takes longer than on a machine of its own, in slices too short for a stall."""

BURNER = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"
"""A Python program that uses a whole core until it is killed or its parent ends."""

_longest = 0.0
"""The longest stall measured so far, in seconds."""


def is_steady(period_seconds: float, stall_seconds: float) -> bool:
    """Whether sound with such periods survives such a stall: work takes half of a period."""
    return period_seconds >= 2 * stall_seconds


def steady_period(rate: int, shortest: int = 256) -> int:
    """The period in samples at which this machine loses none; ``shortest`` on a good machine."""
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
    """Let another process use a whole core meanwhile."""
    burner = subprocess.Popen([sys.executable, "-c", BURNER])
    try:
        yield
    finally:
        burner.kill()
        burner.wait()


@dataclass
class Stall:
    """The longest stall of a measured span of time, and the share of the processors' busy time that
    the host of a virtual machine took away in it; both are known at its end."""

    seconds: float = 0.0
    stolen: float = 0.0


@contextmanager
def watched() -> Iterator[Stall]:
    """Measure the longest stall of a processor meanwhile, also for :func:`steady_period`.

    One process per processor (`python stalls.py CPU`) repeatedly sleeps a millisecond at a priority
    above all others; its wake-up delay is the processor's stall. If the system does not grant that
    priority, it does not grant it to livevox either, and time used by other processes counts, too.
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
    busy, stolen = _processor_time()
    try:
        yield stall
    finally:
        busy_now, stolen_now = _processor_time()
        stall.stolen = (stolen_now - stolen) / max(1, busy_now - busy)
        said = [watcher.communicate()[0] for watcher in watchers]
        stall.seconds = max(float(line) for line in said)
        _longest = max(_longest, stall.seconds)


def _processor_time() -> tuple[int, int]:
    """How long processors were busy so far, and how much of that the host used, in ticks."""
    fields = Path("/proc/stat").read_text().split(maxsplit=9)[1:9]
    user, nice, system, _, _, interrupts, soft, stolen = map(int, fields)
    return user + nice + system + interrupts + soft + stolen, stolen


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
