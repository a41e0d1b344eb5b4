"""The events that `livevox separate --json` and `activity --json` print, one JSON object a line.

``event`` is the kind of event; the other keys are the fields of its class. Files are named as the
user named them. Times are in seconds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Progress:
    """``seconds`` of ``total_seconds`` of a file are done; 0 at its beginning.

    A file whose process was lost starts again at 0.
    """

    file: str
    seconds: float
    total_seconds: float


@dataclass(frozen=True)
class Warned:
    """A warning about a file; the work continues."""

    file: str
    message: str


@dataclass(frozen=True)
class Failed:
    """A file failed and has no results. If ``file`` is None, the whole command failed."""

    file: str | None
    message: str


@dataclass(frozen=True)
class Stem:
    """A file that was written: ``stem`` is 'vocals', 'accompaniment' or 'mix'."""

    path: str
    stem: str
    sample_rate: int
    samples: int


@dataclass(frozen=True)
class Separated:
    """A file is done; it has no outputs if it was skipped."""

    file: str
    outputs: tuple[Stem, ...]


@dataclass(frozen=True)
class Detected:
    """A file is done: its intervals of singing, and the paths written."""

    file: str
    intervals: tuple[tuple[float, float], ...]
    outputs: tuple[str, ...]


Event = Progress | Warned | Failed | Separated | Detected
OnEvent = Callable[[Event], None]
"""Takes events in their order."""

_KINDS: dict[str, type[Event]] = {
    "progress": Progress,
    "warning": Warned,
    "error": Failed,
    "separated": Separated,
    "detected": Detected,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def to_line(event: Event) -> str:
    """The line of an event, without the newline.

    >>> to_line(Progress("song.mp3", 7.5, 180.0))
    '{"event": "progress", "file": "song.mp3", "seconds": 7.5, "total_seconds": 180.0}'
    """
    return json.dumps({"event": _NAMES[type(event)]} | asdict(event), allow_nan=False)


def from_line(line: str) -> Event:
    """The inverse of :func:`to_line`. Raises ValueError for other lines.

    >>> from_line('{"event": "error", "file": null, "message": "no model"}')
    Failed(file=None, message='no model')
    """
    try:
        fields: dict[str, Any] = json.loads(line)
        return _event(_KINDS[fields.pop("event")], fields)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{line!r} is not an event of livevox: {error!r}") from None


def _event(kind: type[Event], fields: Mapping[str, Any]) -> Event:
    if kind is Separated:
        return Separated(fields["file"], tuple(Stem(**stem) for stem in fields["outputs"]))
    if kind is Detected:
        intervals = tuple((float(start), float(end)) for start, end in fields["intervals"])
        return Detected(fields["file"], intervals, tuple(fields["outputs"]))
    return kind(**fields)
