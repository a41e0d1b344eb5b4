"""An engine that a supervisor keeps running."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from livevox.live.supervisor import Death, Supervisor

PATIENCE = 60.0


def look_until(supervisor: Supervisor, condition: Callable[[], bool]) -> list[Death]:
    """Poll until a condition holds; return the engines' deaths meanwhile."""
    deadline, deaths = time.monotonic() + PATIENCE, []
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        if death := supervisor.look():
            deaths.append(death)
        time.sleep(0.01)
    return deaths


def end(supervisor: Supervisor) -> None:
    """Kill the engine, and wait for its end."""
    assert supervisor.pid is not None
    os.kill(supervisor.pid, signal.SIGKILL)
    os.waitid(os.P_PID, supervisor.pid, os.WEXITED | os.WNOWAIT)
