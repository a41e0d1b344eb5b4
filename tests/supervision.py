"""An engine with a small network that a supervisor keeps running."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any

from livevox.live.engine_config import EngineConfig
from livevox.live.supervisor import Death, Supervisor
from tests.small_models import model_file

PATIENCE = 60.0


def small_config(**fields: Any) -> EngineConfig:
    """The configuration of an engine, with a network that takes little time."""
    return EngineConfig(model=str(model_file("live")), **fields)


def look_until(supervisor: Supervisor, condition: Callable[[], object]) -> list[Death]:
    """Poll until a condition holds; return the engines' deaths meanwhile."""
    deadline, deaths = time.monotonic() + PATIENCE, []
    while not condition():
        assert time.monotonic() < deadline, supervisor.status
        if death := supervisor.look():
            deaths.append(death)
        time.sleep(0.01)
    return deaths


def end(supervisor: Supervisor) -> None:
    """Kill the engine, and wait for its end."""
    assert supervisor.pid is not None
    os.kill(supervisor.pid, signal.SIGKILL)
    os.waitid(os.P_PID, supervisor.pid, os.WEXITED | os.WNOWAIT)
