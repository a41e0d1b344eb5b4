"""Errors that are shown to the user as one line."""

from __future__ import annotations

from unicodedata import category


class LivevoxError(Exception):
    """An input that livevox can't use: the message gives the value, the reason and the remedy.

    The message becomes one line, see :func:`one_line`.
    """

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class UnwritableError(LivevoxError):
    """A path that can't be written, with the system's ``reason``."""

    def __init__(self, message: str, reason: str | None) -> None:
        super().__init__(message)
        self.reason = reason


def one_line(text: str) -> str:
    """Text from a file or the network that can be shown: a space for a tab, "?" for what would end
    the line or give orders to the terminal.

    >>> one_line("a\\tb\\n\\x1b[2Jc\\u00a0d")
    'a b??[2Jc\\xa0d'
    """
    shown = text.replace("\t", " ")
    return "".join(c if c.isprintable() or category(c) == "Zs" else "?" for c in shown)
