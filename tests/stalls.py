"""How long the machine itself stalls: a virtual one does, on a busy host for 20 ms.

    with JackServer(RATE, steady_period(RATE)) as server:
        ...

Sound is unbroken only in blocks that last longer than that, as a musician would choose them there.
How a machine stalls changes within minutes, so it is watched during every test of live sound:
one that failed because of it is repeated in blocks that are long enough.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

FIRST_SECONDS = 10
LONGEST_PERIOD = 4096

BURNER = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"
"""A Python program that takes a core until it is killed, or its parent has gone."""

_longest = 0.0
"""The longest stall of all the time that was watched, in seconds."""


def steady_period(rate: int, shortest: int = 256) -> int:
    """The samples per period in which this machine loses none: ``shortest`` on a good one."""
    _watch_first()
    period = shortest
    # What was watched need not have shown the longest.
    while period / rate < 2 * _longest and period < LONGEST_PERIOD:
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


@contextmanager
def watched() -> Iterator[None]:
    """Learn for how long a processor runs nothing at all meanwhile, for :func:`steady_period`.

    One process a processor (`python stalls.py CPU`) sleeps a millisecond again and again,
    above everything else that runs; by how much it wakes late nothing ran there. Where the system
    does not grant that priority it can't be known, and counts as 0.
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
    try:
        yield
    finally:
        said = [watcher.communicate()[0] for watcher in watchers]
        _longest = max(_longest, *(float(line or 0) for line in said))


def watch(cpu: int) -> None:
    """Print the longest stall of a processor until the input ends, in seconds."""
    os.sched_setaffinity(0, {cpu})
    try:
        highest = os.sched_get_priority_max(os.SCHED_FIFO)
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(highest))
    except PermissionError:
        return
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
