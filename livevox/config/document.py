"""TOML files, with errors that name the line."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livevox.errors import LivevoxError

VERSION = 1
"""Version of the files that this livevox writes and reads."""

Key = str | int
"""The name of an entry in a table, or the index of one in an array."""


@dataclass(frozen=True)
class Document:
    """A parsed TOML file that can find the line of an entry."""

    path: Path
    text: str
    table: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> Document:
        """Read a file. Raises LivevoxError with the line if it is not valid UTF-8 or TOML."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise LivevoxError(
                f"{path} can't be read ({error.strerror}): check its permissions"
            ) from None
        try:
            text = data.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise LivevoxError(f"{path}, line {line}: no UTF-8 text: save it as UTF-8") from None
        try:
            return cls(path, text, tomllib.loads(text))
        except (ValueError, RecursionError) as error:
            reason, line = _syntax_error(error, text)
            raise LivevoxError(f"{path}, line {line}: no TOML ({reason}): correct it") from None

    def check_keys(self, keys: Collection[str]) -> None:
        """Raise LivevoxError unless the version is :data:`VERSION` and all keys are in ``keys``."""
        with self.at("version"):
            version = self.table.get("version")
            if type(version) is not int or version < 1:
                said = "no version" if version is None else f"version is {version!r}"
                raise LivevoxError(f"{said}: write version = {VERSION}")
            if version > VERSION:
                raise LivevoxError(f"version {version} was made by a newer livevox: update livevox")
        for key in self.table:
            with self.at(key):
                if key != "version" and key not in keys:
                    raise LivevoxError(f"no key '{key}' is known: choose from {', '.join(keys)}")

    @contextmanager
    def at(self, *keys: Key) -> Iterator[None]:
        """Add the file and an entry's line to errors raised about it, as a LivevoxError."""
        try:
            yield
        except (LivevoxError, ValueError) as error:
            raise LivevoxError(f"{self.path}, line {self.line(*keys)}: {error}") from None

    def line(self, *keys: Key) -> int:
        """The line, from 1, of the statement that defines an entry, or the table that lacks it.

        It is found by parsing: the shortest beginning of the file that has the entry ends with
        that statement.
        """
        while keys and not _has(self.table, keys):
            keys = keys[:-1]
        lines = self.text.split("\n")
        counts = range(len(lines) + 1)
        end = bisect_left(counts, True, key=lambda n: _has(_statements(lines, n)[0], keys))
        return _statements(lines, max(end - 1, 0))[1] + 1


def _statements(lines: Sequence[str], count: int) -> tuple[dict[str, Any], int]:
    """Parse the complete statements in the first ``count`` lines; return also their line count."""
    while True:
        try:
            return tomllib.loads("\n".join(lines[:count])), count
        except (ValueError, RecursionError):
            count -= 1


def _has(entry: Any, keys: Sequence[Key]) -> bool:
    try:
        for key in keys:
            entry = entry[key]
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _syntax_error(error: Exception, text: str) -> tuple[str, int]:
    """The parser's message and line; the statement's line if it names only the end of the file."""
    reason = re.sub(r" \(at (line \d+, column \d+|end of document)\)$", "", str(error))
    if found := re.search(r" \(at line (\d+), column \d+\)$", str(error)):
        return reason, int(found[1])
    lines = text.split("\n")
    return reason, _statements(lines, len(lines))[1] + 1
