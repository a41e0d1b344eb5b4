"""Reads UltraStar songs, see "The UltraStar File Format (Unversioned)", https://usdx.eu/format.

Note times are in quarters of a #BPM beat from #GAP milliseconds on; with #RELATIVE they count from
the last line break of their voice.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from math import inf
from pathlib import Path

from livevox.errors import LivevoxError
from livevox.media.lyrics import Line, Lyrics, in_order, words_of
from livevox.media.text import damaged, read_lines

NOTES = (":", "*", "F", "R", "G")
"""Note types normal, golden, freestyle, rap and golden rap: all count as singing."""
_NOTE = re.compile(rf"\s*[{''.join(NOTES)}]\s+([+-]?\d+)\s+([+-]?\d+)\s+[+-]?\d+(?:\s(.*))?$")
_FORM = f"a header, a line break, a voice or a note ({' '.join(NOTES)})"


@dataclass(frozen=True)
class Note:
    """A sung syllable, with its times in seconds. ``line`` is the voice and the number of its line;
    spaces in ``text`` part it from others, and `~` goes on with the syllable before."""

    start: float
    end: float
    text: str
    line: tuple[str, int]


@dataclass(frozen=True)
class Song:
    """The headers, with names in upper case, and the notes as the file has them."""

    header: Mapping[str, str]
    notes: tuple[Note, ...]


def is_ultrastar(path: Path) -> bool:
    """Whether a text file is an UltraStar song, which begins with a header."""
    return next(read_lines(path), (0, ""))[1].lstrip().startswith("#")


def read_song(path: Path) -> Song:
    """The whole file. Raises LivevoxError where it is damaged, with the line's number."""
    header: dict[str, str] = {}
    notes: list[tuple[int, int, str, tuple[str, int]]] = []
    voice = ""
    line_starts: defaultdict[str, int] = defaultdict(int)
    lines: defaultdict[str, int] = defaultdict(int)
    for number, line in read_lines(path):
        first, *fields = line.split()
        try:
            if first.startswith("#"):
                key, _, value = line.lstrip()[1:].partition(":")
                header[key.strip().upper()] = value.strip()
            elif first == "E":
                break
            elif first.startswith("P"):
                voice = "".join([first, *fields])
            elif first == "-":
                lines[voice] += 1
                if header.get("RELATIVE", "").lower() == "yes":
                    line_starts[voice] += int(fields[1])
            elif note := _NOTE.match(line):
                begin = int(note[1]) + line_starts[voice]
                place = voice, lines[voice]
                notes.append((begin, begin + int(note[2]), note[3] or "", place))
            else:
                raise ValueError
        except (ValueError, IndexError):
            raise damaged(path, number, line, _FORM) from None
    try:
        beat_s = 60 / (4 * float(header.get("BPM", "").replace(",", ".")))
        gap_s = float(header.get("GAP", "0").replace(",", ".")) / 1000
        return Song(header, tuple(_timed(gap_s, beat_s, *note) for note in notes))
    except (ValueError, ArithmeticError):
        raise LivevoxError(
            f"{path} has no usable #BPM and #GAP ({header.get('BPM')}, {header.get('GAP')})"
        ) from None


def read_ultrastar(path: Path) -> Lyrics:
    """The lyrics of all voices. Raises LivevoxError where the file is damaged or has no notes."""
    song = read_song(path)
    if not song.notes:
        raise LivevoxError(f"{path} has no notes: get another text for the song")
    # A voice may be taken up again, so its notes need not stand together.
    by_line = sorted(song.notes, key=lambda note: note.line)
    lines = (_line(list(notes)) for _, notes in groupby(by_line, key=lambda note: note.line))
    sung = (line for line in lines if line is not None)
    return Lyrics(
        tuple(in_order(sung)), song.header.get("TITLE", ""), song.header.get("ARTIST", "")
    )


def _timed(
    gap_s: float, beat_s: float, begin: int, end: int, text: str, line: tuple[str, int]
) -> Note:
    start, stop = gap_s + begin * beat_s, gap_s + end * beat_s
    # This form of the comparison refuses NaN, too.
    if not 0 <= start <= stop < inf:
        raise ValueError
    return Note(start, stop, text, line)


def _line(notes: list[Note]) -> Line | None:
    timed: list[tuple[float, float, str]] = []
    for note in notes:
        held = note.text.lstrip().startswith("~")
        text = note.text.replace("~", "")
        if held and timed:
            start, _, before = timed[-1]
            timed[-1] = start, max(note.end, start), before + text
        else:
            timed.append((note.start, note.end, text))
    words = words_of(timed)
    if not words:
        return None
    return Line(words[0].start, words[-1].end, "".join(word.text for word in words), words)
