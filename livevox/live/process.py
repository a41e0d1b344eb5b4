"""The engine's process.

:class:`livevox.live.client.EngineClient` starts it and sends it :mod:`livevox.live.commands`. It
ends on command, and when the client closes the pipe. It also ends, with exit code
:data:`DEVICE_LOST`, when a device vanishes, because PortAudio is unreliable after that. The
supervisor then starts another engine, which waits for the device.
"""

from __future__ import annotations

import os
import signal
import sys
from multiprocessing.connection import Connection

from livevox.live.engine import Engine
from livevox.live.engine_config import DEVICE_LOST, EngineConfig
from livevox.live.telemetry import STATES, Telemetry

SWITCH_SECONDS = 0.0005
"""The interpreter's switch interval between threads, much shorter than a block."""


def run(config: EngineConfig, connection: Connection, telemetry_name: str) -> None:
    """Run the process."""
    sys.setswitchinterval(SWITCH_SECONDS)
    # Ctrl-C reaches all processes of a terminal. The client handles it and ends the engine.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    telemetry = Telemetry(telemetry_name)
    engine = Engine(config, connection, telemetry)
    lost = False
    try:
        lost = engine.run()
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass
    finally:
        telemetry.fields.state = STATES.index("ended")
        engine.close(lost)
    # PortAudio's threads may hang after a device has vanished. The files are closed by now.
    os._exit(DEVICE_LOST if lost else 0)
