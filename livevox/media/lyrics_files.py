"""Finds and reads the lyrics beside a song."""

from __future__ import annotations

from pathlib import Path

from livevox.media.lrc import read_lrc
from livevox.media.lyrics import Lyrics
from livevox.media.ultrastar import is_ultrastar, read_ultrastar


def lyrics_beside(song: Path) -> Lyrics | None:
    """The lyrics of a song, from a file of its name that ends with `.lrc` or, if it is an UltraStar
    song, with `.txt`; None without one.

    Raises LivevoxError where that file can't be read or is damaged.
    """
    if path := _beside(song, ".lrc"):
        return read_lrc(path)
    if (path := _beside(song, ".txt")) and is_ultrastar(path):
        return read_ultrastar(path)
    return None


def _beside(song: Path, suffix: str) -> Path | None:
    for end in (suffix, suffix.upper()):
        path = song.with_name(song.stem + end)
        if path.is_file():
            return path
    return None
