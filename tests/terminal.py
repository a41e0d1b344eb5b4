"""livevox in a terminal, with its keys."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import termios
import time

from tests.live import START_PATIENCE


class Terminal:
    """A terminal with a program in its foreground."""

    def __init__(self, environment: dict[str, str], *arguments: str) -> None:
        self._ours, self._theirs = pty.openpty()
        self.before = termios.tcgetattr(self._ours)
        self.text = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "livevox.cli", *arguments],
            env=environment | {"TERM": "xterm", "COLUMNS": "100", "LINES": "30"},
            stdin=self._theirs,
            stdout=self._theirs,
            stderr=self._theirs,
            start_new_session=True,
            preexec_fn=lambda: os.close(os.open(os.ttyname(self._theirs), os.O_RDWR)),
        )

    def wait_for(self, pattern: str) -> None:
        """Read until the output since the last call contains the pattern."""
        deadline = time.monotonic() + START_PATIENCE
        while not re.search(pattern, self.text):
            assert time.monotonic() < deadline, (pattern, self.text[-3000:])
            if select.select([self._ours], [], [], 0.1)[0]:
                self.text += os.read(self._ours, 65536).decode("utf-8", "replace")
        self.text = ""

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def ended(self) -> int:
        """The exit code."""
        deadline = time.monotonic() + START_PATIENCE
        while self.process.poll() is None and time.monotonic() < deadline:
            if select.select([self._ours], [], [], 0.05)[0]:
                os.read(self._ours, 65536)
        return self.process.wait(1)

    def mode(self) -> list[object]:
        return termios.tcgetattr(self._ours)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._ours)
        os.close(self._theirs)
