"""Errors while a file is written."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import EIO
from pathlib import Path
from typing import BinaryIO

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


class Disk:
    """A file that FFmpeg or libsndfile writes. Failures are negative numbers, as in C.

    Both print a traceback for an exception, and libsndfile hides the reason.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._failure: OSError | None = None

    def write(self, data: bytes) -> int:
        """Write all of ``data``."""
        return self._result(lambda: self._file.write(data))

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        """As of any file; what is still to be written can fail here."""
        return self._result(lambda: self._file.seek(place, whence))

    def tell(self) -> int:
        """The position."""
        return self._result(self._file.tell)

    def raise_failure(self) -> None:
        """Raise the first OSError, if there was one."""
        if self._failure:
            raise self._failure

    def _result(self, work: Callable[[], int]) -> int:
        try:
            return work()
        except OSError as error:
            self._failure = self._failure or error
            return -(error.errno or EIO)
