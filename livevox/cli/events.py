"""What `livevox separate --json` and `activity --json` print: one JSON object a line, typed here.

Every object has the name of its kind as ``event``; the fields of that kind are the others. Files
are named as they were given. Times are in seconds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Progress:
    """So much of a file is done: ``seconds`` of ``total_seconds``; 0 at its beginning.

    A file whose process was lost begins again.
    """

    file: str
    seconds: float
    total_seconds: float


@dataclass(frozen=True)
class Warned:
    """Something about a file that its user should know; the work goes on."""

    file: str
    message: str


@dataclass(frozen=True)
class Failed:
    """A file of which nothing was written, or the whole call where ``file`` is None."""

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
    """The end of a file's separation; no outputs where it was skipped."""

    file: str
    outputs: tuple[Stem, ...]


@dataclass(frozen=True)
class Detected:
    """The end of a file's detection: where somebody sings, and the paths written."""

    file: str
    intervals: tuple[tuple[float, float], ...]
    outputs: tuple[str, ...]


Event = Progress | Warned | Failed | Separated | Detected
Tell = Callable[[Event], None]
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
    """The line of an event, without its end.

    >>> to_line(Progress("song.mp3", 7.5, 180.0))
    '{"event": "progress", "file": "song.mp3", "seconds": 7.5, "total_seconds": 180.0}'
    """
    return json.dumps({"event": _NAMES[type(event)]} | asdict(event), allow_nan=False)


def from_line(line: str) -> Event:
    """The inverse of :func:`to_line`. Raises ValueError where the line is no event.

    >>> from_line('{"event": "error", "file": null, "message": "no model"}')
    Failed(file=None, message='no model')
    """
    try:
        fields: dict[str, Any] = json.loads(line)
        return _event(_KINDS[fields.pop("event")], fields)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{line!r} is no event of livevox: {error!r}") from None


def _event(kind: type[Event], fields: Mapping[str, Any]) -> Event:
    if kind is Separated:
        return Separated(fields["file"], tuple(Stem(**stem) for stem in fields["outputs"]))
    if kind is Detected:
        intervals = tuple((float(start), float(end)) for start, end in fields["intervals"])
        return Detected(fields["file"], intervals, tuple(fields["outputs"]))
    return kind(**fields)
