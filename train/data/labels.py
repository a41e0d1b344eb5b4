"""Readers for the data sets' label formats: from a file to intervals of singing in seconds.

Every reader raises LivevoxError with the file and, if a line is damaged, its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from livevox.activity import Interval
from livevox.errors import LivevoxError
from livevox.media import text
from livevox.media.ultrastar import read_song

JOINED_BELOW_S = 0.3
"""Seconds; shorter gaps between notes, words or pitched frames are consonants and breaths."""

MIR1K_HOP_S = 0.02
IKALA_HOP_S = 0.032

RWC_SUNG = {"f": True, "m": True, "g": True, "s": False, "p": False, "b": False, "e": False}
"""Labels up to the colon (Mauch et al., "Timbre and Melody Features for the Recognition of Vocal
Activity and Instrumental Solos in Polyphonic Music", 2011): a female, a male or a group sings; an
instrument plays a solo, percussion only, background, nothing."""


def read_lab(path: Path) -> tuple[Interval, ...]:
    """Jamendo's format: lines of `start end sing|nosing`, in seconds."""
    intervals = []
    for number, line in read_lines(path):
        try:
            start, end, label = line.split()
            interval = _interval(float(start), float(end))
            if {"sing": True, "nosing": False}[label]:
                intervals.append(interval)
        except (ValueError, KeyError):
            raise text.damaged(path, number, line, "start end sing|nosing") from None
    return tuple(intervals)


def read_rwc(path: Path) -> tuple[Interval, ...]:
    """RWC's vocal and instrument activity: lines of `start label`, in seconds.

    Each lasts until the next; the last one marks the end.
    """
    rows: list[tuple[float, str, int, str]] = []
    for number, line in read_lines(path):
        try:
            time, label = line.split(maxsplit=1)
            rows.append((float(time), label.partition(":")[0].lower(), number, line))
        except ValueError:
            raise text.damaged(path, number, line, "start label") from None
    intervals = []
    for (start, label, number, line), (end, _, _, _) in pairwise(rows):
        try:
            interval = _interval(start, end)
            if RWC_SUNG[label]:
                intervals.append(interval)
        except (ValueError, KeyError):
            form = f"start and one of {', '.join(RWC_SUNG)}, earlier than the next line"
            raise text.damaged(path, number, line, form) from None
    return tuple(intervals)


def read_mir1k(path: Path) -> tuple[Interval, ...]:
    """MIR-1K's vocal-nonvocalLabel: a line of 1, vocal, or 0 for each frame.

    Frames are 40 ms long with a hop of 20 ms; each covers the 20 ms around its centre.
    """
    sung = []
    for number, line in read_lines(path):
        if line not in ("0", "1"):
            raise text.damaged(path, number, line, "0 or 1")
        sung.append(line == "1")
    return _runs(sung, MIR1K_HOP_S, MIR1K_HOP_S / 2)


def read_ikala(path: Path) -> tuple[Interval, ...]:
    """iKala's PitchLabel: a line for each 32 ms, with the pitch in semitones or 0 for no pitch.

    Consonants have no pitch, so gaps shorter than JOINED_BELOW_S are closed.
    """
    pitched = []
    for number, line in read_lines(path):
        try:
            pitched.append(float(line) > 0)
        except ValueError:
            raise text.damaged(path, number, line, "a pitch") from None
    return joined(_runs(pitched, IKALA_HOP_S, 0.0))


def read_words(path: Path) -> tuple[Interval, ...]:
    """JamendoLyrics' CSV with the columns word_start and word_end, in seconds; words are joined."""
    lines = read_lines(path)
    number, line = next(lines, (1, ""))
    columns = line.split(",")
    if not {"word_start", "word_end"} <= set(columns):
        raise text.damaged(path, number, line, "a header with word_start and word_end")
    intervals = []
    for number, line in lines:
        row = dict(zip(columns, line.split(","), strict=False))
        try:
            intervals.append(_interval(float(row["word_start"]), float(row["word_end"])))
        except (ValueError, KeyError):
            raise text.damaged(path, number, line, ",".join(columns)) from None
    return joined(intervals)


def read_ultrastar(path: Path) -> tuple[str, tuple[Interval, ...]]:
    """The audio file named in an UltraStar song, and the joined notes of all its voices."""
    song = read_song(path)
    audio = song.header.get("AUDIO") or song.header.get("MP3")
    if not audio:
        raise LivevoxError(f"{path} names no audio file (#MP3)")
    return audio, joined((note.start, note.end) for note in song.notes)


def joined(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Sort the intervals, and merge those that overlap or are closer than JOINED_BELOW_S.

    >>> joined([(5, 6), (0, 1), (1.2, 2), (0.5, 0.7)])
    ((0, 2), (5, 6))
    """
    whole: list[Interval] = []
    for start, end in sorted(intervals):
        if whole and start - whole[-1][1] < JOINED_BELOW_S:
            whole[-1] = whole[-1][0], max(end, whole[-1][1])
        else:
            whole.append((start, end))
    return tuple(whole)


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, without spaces around them, and their numbers from 1."""
    return ((number, line.strip()) for number, line in text.read_lines(path))


def _interval(start: float, end: float) -> Interval:
    # This form of the comparison refuses NaN, too.
    if not 0 <= start <= end < np.inf:
        raise ValueError
    return start, end


def _runs(sung: Sequence[bool], hop_s: float, first_s: float) -> tuple[Interval, ...]:
    """Intervals of frames in a row, ``hop_s`` each, the first of which begins at ``first_s``."""
    edges = np.flatnonzero(np.diff([False, *sung, False])).reshape(-1, 2)
    return tuple((first_s + int(a) * hop_s, first_s + int(b) * hop_s) for a, b in edges)
