"""Key presses from a terminal, whose settings are restored at the end."""

from __future__ import annotations

import os
import re
import sys
import time
from dataclasses import dataclass
from typing import Any, Self

ARROWS = {"A": "up", "B": "down", "C": "right", "D": "left"}
PASTE, PASTE_END = b"\x1b[200~", b"\x1b[201~"
"""Around text that is pasted, where a terminal marks it."""
_PASTED = re.compile(r"\x1b\[200~(.*?)\x1b\[201~", re.DOTALL)
_SEQUENCE = re.compile(r"\x1b[\[O][0-9;]*[A-Za-z~]|.", re.DOTALL)


@dataclass(frozen=True)
class Pasted:
    """Text that was pasted, or the names of files that were dropped on the terminal."""

    text: str


Key = str | Pasted


def parse(text: str) -> list[Key]:
    """The keys in a terminal's output: characters, and `up`, `down`, `left`, `right`.

    Other keys that send several characters are left out.

    >>> parse("q\\x1b[A\\x1b[5~ \\x1b[200~song.mp3\\x1b[201~")
    ['q', 'up', ' ', Pasted(text='song.mp3')]
    """
    keys: list[Key] = []
    # Typed and pasted text take turns.
    for i, part in enumerate(_PASTED.split(text)):
        if i % 2:
            keys.append(Pasted(part))
            continue
        for key in _SEQUENCE.findall(part):
            name = ARROWS.get(key[-1], "") if len(key) > 1 else key
            if name and name != "\x1b":
                keys.append(name)
    return keys


if sys.platform == "win32":
    import msvcrt

    _WINDOWS = {"H": "up", "P": "down", "M": "right", "K": "left"}

    class Keys:
        """Keys within a ``with`` block. Ctrl-C is not a key: it interrupts."""

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *exception: object) -> None:
            pass

        def poll(self, seconds: float) -> list[Key]:
            """Wait for keys, at most this long; return those pressed."""
            deadline = time.monotonic() + seconds
            while not msvcrt.kbhit() and time.monotonic() < deadline:
                time.sleep(0.01)
            keys = []
            while msvcrt.kbhit():
                key = msvcrt.getwch()
                keys.append(_WINDOWS.get(msvcrt.getwch(), "") if key in "\x00\xe0" else key)
            return list(filter(None, keys))

else:
    import select
    import termios

    MARK_PASTED, MARK_NOTHING = "\x1b[?2004h", "\x1b[?2004l"

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
            print(MARK_PASTED, end="", flush=True)
            return self

        def __exit__(self, *exception: object) -> None:
            if self._before is not None:
                print(MARK_NOTHING, end="", flush=True)
                # Discard unread input, which is not meant for the shell.
                termios.tcsetattr(self._file, termios.TCSAFLUSH, self._before)

        def poll(self, seconds: float) -> list[Key]:
            """Wait for keys, at most this long; return those pressed."""
            if self._before is None:
                time.sleep(seconds)
                return []
            if not select.select([self._file], [], [], seconds)[0]:
                return []
            data = self._read()
            while data.rfind(PASTE) > data.rfind(PASTE_END) and (more := self._read()):
                data += more
            if not data:
                # The terminal is closed, and a signal will end this process.
                time.sleep(seconds)
            return parse(data.decode("utf-8", "surrogateescape"))

        def _read(self) -> bytes:
            try:
                return os.read(self._file, 1024)
            except OSError:
                return b""
