"""Errors while a file is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import soundfile

from livevox.errors import LivevoxError


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Raise LivevoxError for errors while ``path`` is written."""
    try:
        yield
    except (av.FFmpegError, soundfile.LibsndfileError, OSError) as error:
        raise disk_error(path, error) from None


def disk_error(path: Path, error: Exception) -> LivevoxError:
    """The error for a file that can't be written."""
    reason = getattr(error, "strerror", None) or str(error)
    return LivevoxError(f"{path} can't be written ({reason}): is the disk full?")
