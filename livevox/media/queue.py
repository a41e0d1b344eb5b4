"""A queue's files, and those that a path stands for: one file, a folder's or a playlist's music."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from livevox.errors import LivevoxError, one_line
from livevox.media.files import is_music
from livevox.media.text import MOST_SHOWN

PLAYLIST_SUFFIXES = (".m3u", ".m3u8")
MOST_NAMED = 3
"""Missing files of a playlist that are named; the others are counted."""


@dataclass(frozen=True)
class Queued:
    """A file in the queue. Its ``number`` is its own, also where the queue holds the same file
    twice. ``problem`` says why it can't be played, None as far as is known."""

    number: int
    path: Path
    problem: str | None = None


def queue_of(path: Path) -> tuple[list[Path], str | None]:
    """The files to play, in order, and a message about those that are left out.

    A folder's files come in natural order, see :func:`natural`. A playlist's come in its own order;
    it is M3U, in UTF-8 or else Latin-1, and its relative paths begin at its folder. Any other path
    is a file, which need not exist.

    Raises LivevoxError for a folder without music, for a folder or a playlist that can't be read,
    and for a playlist that names no file that exists.
    """
    try:
        if path.is_dir():
            return _folder(path), None
    except OSError as error:
        raise _not_opened(path, error) from None
    if path.suffix.lower() in PLAYLIST_SUFFIXES:
        return _playlist(path)
    return [path], None


def natural(name: str) -> tuple[list[str | int], str]:
    """A key that sorts names as people do: numbers by their value, whatever the case.

    >>> sorted(["10.wav", "2.wav", "B.wav", "a.wav", "1.wav"], key=natural)
    ['1.wav', '2.wav', '10.wav', 'a.wav', 'B.wav']
    """
    parts = re.split(r"(\d+)", name)
    # Text and numbers take turns, so like is compared with like.
    return [int(part) if i % 2 else part.casefold() for i, part in enumerate(parts)], name


def _folder(path: Path) -> list[Path]:
    found = [file for file in path.iterdir() if is_music(file)]
    if not found:
        raise LivevoxError(f"{path} holds no music: choose a folder with audio files in it")
    return sorted(found, key=lambda file: natural(file.name))


def _playlist(path: Path) -> tuple[list[Path], str | None]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise LivevoxError(f"{path} does not exist: check the name") from None
    except OSError as error:
        raise _not_opened(path, error) from None
    found: list[Path] = []
    missing: list[str] = []
    for line in data.removeprefix(b"\xef\xbb\xbf").splitlines():
        if not (entry := line.strip()) or entry.startswith(b"#"):
            continue
        file = next(filter(_is_file, _meant(path.parent, entry)), None)
        if file is None:
            missing.append(one_line(_text(entry)[:MOST_SHOWN]))
        else:
            found.append(file)
    if not found:
        what = f"no file that exists ({_named(missing)})" if missing else "no files"
        raise LivevoxError(f"{path} names {what}: check its paths, or move it beside the music")
    if missing:
        return found, f"{path.name} names what is not there, which is left out: {_named(missing)}"
    return found, None


def _not_opened(path: Path, error: OSError) -> LivevoxError:
    reason = error.strerror
    return LivevoxError(f"{path} can't be opened ({reason}): check its permissions and its disk")


def _meant(folder: Path, entry: bytes) -> Iterator[Path]:
    """What an entry may mean: a name of just these bytes, or of this text."""
    if entry.lower().startswith(b"file://"):
        entry = unquote_to_bytes(entry[len(b"file://") :])
    for name in (os.fsdecode(entry), _text(entry)):
        yield folder / name
        # Written by a program on Windows.
        yield folder / name.replace("\\", "/")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long, or with a zero byte: no name of a file
        return False


def _text(entry: bytes) -> str:
    try:
        return entry.decode()
    except UnicodeDecodeError:
        return entry.decode("latin-1")


def _named(missing: list[str]) -> str:
    more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
    return ", ".join(missing[:MOST_NAMED]) + more
