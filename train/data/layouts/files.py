"""The files and folders of a data set, which must be there."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import add
from pathlib import Path

from livevox.errors import LivevoxError
from train.data.tracks import Part, Recording


def recording_of(path: Path) -> Recording:
    """The file as a recording. Raises LivevoxError where there is no such file."""
    if not path.is_file():
        raise LivevoxError(f"{path} is missing")
    return Recording((Part(path),))


def sum_of(recordings: Iterable[Recording]) -> Recording:
    """All of them at once, one or more."""
    return reduce(add, recordings)


def folders_in(folder: Path) -> list[Path]:
    """The folders in ``folder`` as :func:`files_in` finds them."""
    return files_in(folder, "*/")


def files_in(folder: Path, pattern: str) -> list[Path]:
    """What ``pattern`` finds in ``folder``, something, in order, hidden files aside.

    Raises LivevoxError where there is nothing.
    """
    if not folder.is_dir():
        raise LivevoxError(f"{folder} is missing")
    found = sorted(path for path in folder.glob(pattern) if not path.name.startswith("."))
    if not found:
        raise LivevoxError(f"{folder} holds no {pattern}")
    return found
