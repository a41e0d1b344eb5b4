"""Access to a data set's files and folders, with an error if they are missing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import add
from pathlib import Path

from livevox.errors import LivevoxError
from train.data.tracks import Part, Recording


def recording_of(path: Path) -> Recording:
    """The file as a recording. Raises LivevoxError if there is no such file."""
    if not path.is_file():
        raise LivevoxError(f"{path} is missing")
    return Recording((Part(path),))


def sum_of(recordings: Iterable[Recording]) -> Recording:
    """The sum of one or more recordings."""
    return reduce(add, recordings)


def folders_in(folder: Path) -> list[Path]:
    """The folders in ``folder`` as :func:`files_in` finds them."""
    return files_in(folder, "*/")


def files_in(folder: Path, pattern: str) -> list[Path]:
    """The non-hidden files in ``folder`` that match ``pattern``, at least one, sorted.

    Raises LivevoxError if there is none.
    """
    if not folder.is_dir():
        raise LivevoxError(f"{folder} is missing")
    found = sorted(path for path in folder.glob(pattern) if not path.name.startswith("."))
    if not found:
        raise LivevoxError(f"{folder} holds no {pattern}")
    return found
