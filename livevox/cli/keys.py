"""Key presses from a terminal, whose settings are restored at the end."""

from __future__ import annotations

import os
import re
import sys
import time
from typing import Any, Self

ARROWS = {"A": "up", "B": "down", "C": "right", "D": "left"}
_SEQUENCE = re.compile(r"\x1b[\[O][0-9;]*[A-Za-z~]|.", re.DOTALL)


def parse(text: str) -> list[str]:
    """The keys in a terminal's output: characters, and `up`, `down`, `left`, `right`.

    Other keys that send several characters are left out.

    >>> parse("q\\x1b[A\\x1b[5~ ")
    ['q', 'up', ' ']
    """
    found = _SEQUENCE.findall(text)
    keys = (ARROWS.get(key[-1], "") if len(key) > 1 else key for key in found)
    return [key for key in keys if key and key != "\x1b"]


if sys.platform == "win32":
    import msvcrt

    _WINDOWS = {"H": "up", "P": "down", "M": "right", "K": "left"}

    class Keys:
        """Keys within a ``with`` block. Ctrl-C is not a key: it interrupts."""

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *exception: object) -> None:
            pass

        def poll(self, seconds: float) -> list[str]:
            """Wait for keys, at most this long; return those pressed."""
            deadline = time.monotonic() + seconds
            while not msvcrt.kbhit() and time.monotonic() < deadline:
                time.sleep(0.01)
            keys = []
            while msvcrt.kbhit():
                key = msvcrt.getwch()
                keys.append(_WINDOWS.get(msvcrt.getwch(), "") if key in "\x00\xe0" else key)
            return [key for key in keys if key]

else:
    import select
    import termios

    class Keys:
        """Keys within a ``with`` block. Ctrl-C is not a key: it interrupts.

        Ctrl-Z, Ctrl-\\ and Ctrl-S are disabled: pressed by mistake, they would stop a performance
        with the terminal's settings changed. Without a terminal, or in the background, there are no
        keys.
        """

        def __init__(self) -> None:
            self._before: list[Any] | None = None

        def __enter__(self) -> Self:
            try:
                self._file = sys.stdin.fileno()
                # The system stops a background process that changes the terminal.
                if os.tcgetpgrp(self._file) != os.getpgrp():
                    return self
                self._before = termios.tcgetattr(self._file)
            except (OSError, ValueError, termios.error):
                return self
            mode = termios.tcgetattr(self._file)
            disabled = bytes([os.fpathconf(self._file, "PC_VDISABLE") & 0xFF])
            mode[0] &= ~(termios.IXON | termios.ICRNL)
            mode[3] &= ~(termios.ICANON | termios.ECHO)
            mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
            for character in (termios.VSUSP, termios.VQUIT):
                mode[6][character] = disabled
            termios.tcsetattr(self._file, termios.TCSADRAIN, mode)
            return self

        def __exit__(self, *exception: object) -> None:
            if self._before is not None:
                # Discard unread input, which is not meant for the shell.
                termios.tcsetattr(self._file, termios.TCSAFLUSH, self._before)

        def poll(self, seconds: float) -> list[str]:
            """Wait for keys, at most this long; return those pressed."""
            if self._before is None:
                time.sleep(seconds)
                return []
            if not select.select([self._file], [], [], seconds)[0]:
                return []
            try:
                text = os.read(self._file, 1024).decode("utf-8", "ignore")
            except OSError:
                text = ""
            if not text:
                # The terminal is closed, and a signal will end this process.
                time.sleep(seconds)
            return parse(text)
