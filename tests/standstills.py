"""How long the machine itself stands still: a virtual one does, on a busy host for 20 ms.

    with JackServer(RATE, steady_period(RATE)) as server:
        ...

Sound is unbroken only in blocks that last longer than that, as a musician would choose them there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from functools import cache

WATCHED_SECONDS = 10
LONGEST_PERIOD = 4096


def steady_period(rate: int, shortest: int = 256) -> int:
    """The samples per period in which this machine loses none: ``shortest`` on a good one."""
    period = shortest
    # Ten seconds need not have shown the longest.
    while period / rate < 2 * longest_standstill() and period < LONGEST_PERIOD:
        period *= 2
    return period


@cache
def longest_standstill() -> float:
    """Seconds for which a processor ran nothing at all while another was busy.

    One process a processor (`python standstills.py CPU`) sleeps a millisecond again and again,
    above everything else that runs; by how much it wakes late nothing ran there. 0 where the system
    does not grant that priority, so that it can't be known.
    """
    burner = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    watchers = [
        subprocess.Popen([sys.executable, __file__, str(cpu)], stdout=subprocess.PIPE, text=True)
        for cpu in sorted(os.sched_getaffinity(0))
    ]
    said = [watcher.communicate()[0] for watcher in watchers]
    burner.kill()
    burner.wait()
    return max(float(line or 0) for line in said)


def watch(cpu: int) -> None:
    """Print the longest standstill of a processor in the next seconds, in seconds."""
    os.sched_setaffinity(0, {cpu})
    try:
        highest = os.sched_get_priority_max(os.SCHED_FIFO)
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(highest))
    except PermissionError:
        return
    longest, began = 0.0, time.monotonic()
    now = began
    while now - began < WATCHED_SECONDS:
        before = now
        time.sleep(0.001)
        now = time.monotonic()
        longest = max(longest, now - before - 0.001)
    print(longest)


if __name__ == "__main__":
    watch(int(sys.argv[1]))
