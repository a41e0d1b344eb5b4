"""Names of the files that are written: a template's fields, and no file written over another."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from string import Formatter

from livevox.errors import LivevoxError
from livevox.media.tags import read_tags

FIELDS = ("stem", "name", "artist", "title", "album", "track")
"""Of a template: the stem, the input's name without its suffix, and the input's tags."""
DEFAULT_TEMPLATE = "{name}/{stem}"
LONGEST_TAG = 100
"""Characters of a tag in a name: file systems take 255 bytes for a name."""
UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
"""What Windows, macOS or Linux refuse in a name."""
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class Existing(StrEnum):
    """What to do about results that are there already."""

    overwrite = "overwrite"
    skip = "skip"
    number = "number"


class Names:
    """The files that inputs become, below ``folder``, with ``suffix`` (".wav").

    Inputs of one call that would become the same files are numbered: "vocals (2).wav". Files from
    before are written over, skipped or make the new ones be numbered, as ``existing`` says.

    Raises LivevoxError where the template has an unknown field, or names several stems alike.
    """

    def __init__(
        self,
        template: str,
        folder: Path,
        stems: Sequence[str],
        suffix: str,
        existing: Existing,
        inputs: Iterable[Path],
    ) -> None:
        self._template = template
        self._fields = _checked_fields(template)
        if len(stems) > 1 and "stem" not in self._fields:
            raise LivevoxError(
                f"--name has '{template}', the same for {' and '.join(stems)}: add {{stem}}"
            )
        self._folder, self._stems, self._suffix = folder, stems, suffix
        self._existing = existing
        self._inputs = {os.path.realpath(path) for path in inputs}
        self._taken: set[str] = set()

    def of(self, path: Path, suffix: str | None = None) -> list[Path] | None:
        """An input's files in the order of the stems; None where they are there and are skipped.

        ``suffix`` is one for this input alone.
        Raises LivevoxError where one would be written over an input.
        """
        values = {"name": path.stem}
        if self._fields - {"stem", "name"}:
            values |= _tag_values(path)
        suffix = suffix or self._suffix
        plain = [self._target(values | {"stem": stem}, suffix) for stem in self._stems]
        number = 0
        while True:
            number += 1
            targets = [_numbered(target, number) for target in plain]
            keys = {os.path.realpath(target).casefold() for target in targets}
            there = [os.path.exists(target) for target in targets]
            if keys & self._taken or (self._existing is Existing.number and any(there)):
                continue
            self._taken |= keys
            for target in targets:
                if os.path.realpath(target) in self._inputs:
                    raise LivevoxError(
                        f"{path} would be written over {target}: choose another folder with -o"
                    )
            return None if self._existing is Existing.skip and all(there) else targets

    def _target(self, values: dict[str, str], suffix: str) -> Path:
        parts = [part for part in self._template.format_map(values).split("/") if part]
        return self._folder.joinpath(*map(_safe_part, [*parts[:-1], parts[-1] + suffix]))


def _checked_fields(template: str) -> set[str]:
    known = ", ".join(f"{{{field}}}" for field in FIELDS)
    try:
        parsed = list(Formatter().parse(template))
    except ValueError as error:
        raise LivevoxError(f"--name has '{template}' ({error}): fields are {known}") from None
    if not template.strip("/ ."):
        raise LivevoxError(f"--name has '{template}': give a name; fields are {known}")
    fields = set()
    for _, field, form, conversion in parsed:
        if field is None:
            continue
        if field not in FIELDS or form or conversion:
            raise LivevoxError(f"--name has '{{{field}}}', which is unknown: fields are {known}")
        fields.add(field)
    return fields


def _tag_values(path: Path) -> dict[str, str]:
    tags = read_tags(path).texts
    track = tags.get("track", "").split("/")[0].strip()
    values = {
        "artist": tags.get("artist", "unknown artist"),
        "title": tags.get("title", path.stem),
        "album": tags.get("album", "unknown album"),
        "track": track.zfill(2) if track.isdecimal() else track or "00",
    }
    return {field: _safe(value) for field, value in values.items()}


def _safe(value: str) -> str:
    return UNSAFE.sub("_", value).strip()[:LONGEST_TAG].strip() or "_"


def _safe_part(part: str) -> str:
    """A folder's or file's name that means nothing else to any system."""
    if not part.strip(". "):
        return "_"
    return f"_{part}" if RESERVED.fullmatch(part) else part.rstrip(". ")


def _numbered(path: Path, number: int) -> Path:
    return path if number == 1 else path.with_name(f"{path.stem} ({number}){path.suffix}")
