"""Files that are dropped on the terminal."""

from __future__ import annotations

import os
import shlex
from urllib.parse import unquote

from livevox.errors import LivevoxError

URL = "file://"


def dropped_files(text: str) -> tuple[str, ...]:
    """The absolute paths in what a terminal gets when files are dropped on it, or when one path is
    pasted: as for a shell, or as URLs.

    Raises LivevoxError if one does not exist.
    """
    whole = _path(text.strip())
    return (whole,) if os.path.exists(whole) else tuple(map(_existing, _names(text)))


def _names(text: str) -> list[str]:
    """The names in a line for a shell.

    >>> _names(r"'/music/a b.mp3' /music/c\\ d.mp3")
    ['/music/a b.mp3', '/music/c d.mp3']
    """
    try:
        return shlex.split(text)
    except ValueError:  # a quotation mark that belongs to a name
        return text.splitlines()


def _existing(name: str) -> str:
    path = _path(name)
    if not os.path.exists(path):
        raise LivevoxError(f"{path} does not exist: drop files, or paste their paths")
    return path


def _path(name: str) -> str:
    if name.startswith(URL):
        name = unquote(name.removeprefix(URL))
    return os.path.abspath(name)
