"""Text files beside songs, in UTF-8, UTF-16 or Latin-1, with the lines of any system."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from pathlib import Path

from livevox.errors import LivevoxError

MOST_BYTES = 4_000_000
"""A text beside a song that is longer is something else."""
MOST_SHOWN = 60
"""Characters of a damaged line that an error quotes."""
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, as they are, and their numbers from 1.

    Control characters are left out. Raises LivevoxError where the file can't be read.
    """
    for number, line in enumerate(io.StringIO(_text(path), newline=None), 1):
        if line.strip():
            yield number, line.rstrip("\n")


def damaged(path: Path, number: int, line: str, form: str) -> LivevoxError:
    """Line ``number`` is not of the form that was expected."""
    shown = line if len(line) <= MOST_SHOWN else f"{line[:MOST_SHOWN]}…"
    return LivevoxError(f"{path}:{number}: '{shown}' is not {form}")


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise LivevoxError(
            f"{path} can't be read ({error.strerror}): check who may read it, and its disk"
        ) from None
    if len(data) > MOST_BYTES:
        raise LivevoxError(f"{path} has more than {MOST_BYTES} bytes: that is no text of a song")
    return _CONTROLS.sub("", _decoded(data))


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data:
        # UTF-16 that does not say so: digits and brackets have their zeros on one side.
        little = data[1::2].count(0) > data[::2].count(0)
        return data.decode("utf-16-le" if little else "utf-16-be", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Latin-1 as Windows has it, the usual encoding of old karaoke files.
        return data.decode("cp1252", errors="replace")
