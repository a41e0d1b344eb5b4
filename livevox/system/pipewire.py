"""The computer's sound on PipeWire, the sound server of today's Linux desktops.

Programs play to a virtual output named `livevox`. The engine is a JACK client (`pw-jack`): it
records that output's monitor and plays to a second virtual output, whose monitor is linked to the
sound card. All nodes run in one graph on the card's clock, which adds nothing to livevox's own
latency. When the card changes, only the links do, and the engine plays on.
"""

from __future__ import annotations

import json
import multiprocessing
import shutil
import subprocess
import sys
import time
from multiprocessing.connection import Connection

from livevox.errors import LivevoxError
from livevox.system.graph import SINK_SHOWN, WAY_OUT_SHOWN
from livevox.system.messages import KeeperState, Take
from livevox.system.programs import ask
from livevox.system.system_audio import SystemDevices, SystemState

PACKAGES = {
    "pw-cli": "pipewire",
    "pw-dump": "pipewire",
    "pw-link": "pipewire",
    "pw-metadata": "pipewire",
    "pw-jack": "pipewire-jack",
    "setpriv": "util-linux",
}
"""The required programs and their packages on Debian and Ubuntu."""
BLOCK = 256
"""The period in samples that the engine's stream asks for."""
READY_SECONDS = 5.0
END_SECONDS = 5.0
_JACK = "JACK Audio Connection Kit"
_NEEDED = "which livevox needs for the computer's sound"


class PipewireAudio:
    """:class:`livevox.system.system_audio.SystemAudio` on PipeWire."""

    def __init__(self) -> None:
        self.state = SystemState()
        self._connection: Connection | None = None
        self._keeper: subprocess.Popen[bytes] | None = None
        self._keeper_state = KeeperState()
        self._taken = False
        """The last command to the keeper."""

    def available(self) -> None:
        """Raise LivevoxError with what is missing."""
        for program, package in PACKAGES.items():
            if shutil.which(program) is None:
                raise LivevoxError(
                    f"{program} is missing, {_NEEDED}: install it (on Debian and Ubuntu: "
                    f"apt install {package})"
                )
        if ask("pw-cli", "info", "0") is None:
            raise LivevoxError(
                f"PipeWire does not run, {_NEEDED}: start it (systemctl --user start pipewire "
                "wireplumber pipewire-pulse) or install it (on Debian and Ubuntu: apt install "
                "pipewire wireplumber pipewire-pulse)"
            )

    def open(self, block_size: int | None) -> dict[str, str]:
        """Make the virtual outputs; see :meth:`SystemAudio.open`."""
        self.available()
        self._start_keeper()
        deadline = time.monotonic() + READY_SECONDS
        while not self._keeper_state.ready:
            if not self._receive(deadline - time.monotonic()):
                reason = self._keeper_state.problem or "PipeWire does not make the virtual outputs"
                self.close()
                raise LivevoxError(f"the computer's sound is not available: {reason}")
        properties = {
            "node.name": "livevox-engine",
            "node.description": "livevox engine",
            "node.force-quantum": block_size or BLOCK,
            "jack.filter-name": True,
        }
        # The engine then loads PipeWire's libjack instead of another one.
        path = ask("pw-jack", "sh", "-c", 'printf %s "$LD_LIBRARY_PATH"') or ""
        return {"PIPEWIRE_PROPS": json.dumps(properties), "LD_LIBRARY_PATH": path}

    def devices(self) -> SystemDevices:
        """The virtual outputs, which are JACK devices."""
        return SystemDevices(f"{_JACK}: {SINK_SHOWN}", f"{_JACK}: {WAY_OUT_SHOWN}")

    def look(self, running: bool) -> bool:
        """See :meth:`SystemAudio.look`."""
        while self._receive(0):
            pass
        lost = self._connection is None
        if lost:
            # Its virtual outputs have ended, too.
            self._start_keeper()
        elif running != self._taken:
            self._taken = running
            self._send(Take(running))
        self.state = SystemState(self._keeper_state.card, self._keeper_state.problem)
        return lost

    def close(self) -> None:
        """Let the keeper restore everything, and wait for it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._keeper is not None:
            try:
                self._keeper.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self._keeper.kill()
                self._keeper.wait()
            self._keeper = None

    def _start_keeper(self) -> None:
        self.close()
        self._keeper_state, self._taken = KeeperState(), False
        self._connection, theirs = multiprocessing.Pipe()
        descriptor = theirs.fileno()
        # In a session of its own, because a terminal sends its signals to all foreground processes.
        self._keeper = subprocess.Popen(
            [sys.executable, "-m", "livevox.system.keeper", str(descriptor)],
            stdin=subprocess.DEVNULL,
            pass_fds=[descriptor],
            start_new_session=True,
        )
        theirs.close()

    def _receive(self, seconds: float) -> bool:
        """Receive the keeper's next state; return whether one came in time."""
        try:
            if self._connection is None or not self._connection.poll(max(0.0, seconds)):
                return False
            self._keeper_state = self._connection.recv()
        except (EOFError, OSError):
            self._connection = None
            return False
        return True

    def _send(self, command: Take) -> None:
        try:
            if self._connection is not None:
                self._connection.send(command)
        except OSError:
            self._connection = None
