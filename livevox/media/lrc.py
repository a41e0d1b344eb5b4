"""Reads LRC, plain and enhanced, see https://en.wikipedia.org/wiki/LRC_(file_format).

A line is `[mm:ss.xx]text`, with several times where it is sung several times. Enhanced, its words
have times, too: `[mm:ss.xx]<mm:ss.xx>word <mm:ss.xx>word <mm:ss.xx>`, where the last one ends the
last word. `[offset:N]` lets all come N milliseconds earlier.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from math import inf
from pathlib import Path

from livevox.errors import LivevoxError
from livevox.media.lyrics import Line, Lyrics, Word, in_order, words_of
from livevox.media.text import damaged, read_lines

LAST_WORD_SECONDS = 2.0
"""The longest that a line's last word is sung where the file gives no end."""
# Hours are there only with a point further on: 01:23:45 are hundredths.
_TIME = r"(?:(\d{1,2}):(?=\d{1,2}:\d{1,2}\.))?(\d{1,4}):(\d{1,3})(?:[.:](\d{1,6}))?"
_LEADING = re.compile(rf"\s*\[{_TIME}\]")
_INNER = re.compile(rf"[<\[]{_TIME}[>\]]")
_TAG = re.compile(r"\s*\[\s*([A-Za-z]+)\s*:(.*)\]\s*$")


def read_lrc(path: Path) -> Lyrics:
    """The lyrics of a file. Lines without a time are left out.

    Raises LivevoxError where no line has one, and for an offset that is no number.
    """
    tags: dict[str, str] = {}
    entries: list[tuple[float, str, tuple[Word, ...]]] = []
    for number, line in read_lines(path):
        if tag := _TAG.match(line):
            key, value = tag[1].lower(), tag[2].strip()
            if key == "offset" and not re.fullmatch(r"[+-]?\d{1,9}", value):
                raise damaged(path, number, line, "an offset in milliseconds: correct it")
            tags[key] = value
        else:
            entries += _entries(line)
    if not entries:
        raise LivevoxError(
            f"{path} has no line with a time, as [01:23.45]: get another text for the song"
        )
    offset = int(tags.get("offset", "0")) / 1000
    entries.sort(key=lambda entry: entry[0])
    lines = []
    for (start, text, words), end in zip(entries, _ends(entries), strict=True):
        if words:
            last = words[-1]
            if last.end == inf:
                limit = last.start + LAST_WORD_SECONDS
                last = replace(last, end=min(max(end, last.start), limit))
            words, end = (*words[:-1], last), last.end
        if text:
            lines.append(_moved(Line(start, end, text, words), -offset))
    return Lyrics(tuple(in_order(lines)), tags.get("ti", ""), tags.get("ar", ""))


def _ends(entries: list[tuple[float, str, tuple[Word, ...]]]) -> list[float]:
    """Each line ends where the next one starts that does not start with it."""
    ends, end = [inf] * len(entries), inf
    for index, (entry, following) in reversed(list(enumerate(pairwise(entries)))):
        end = following[0] if following[0] > entry[0] else end
        ends[index] = end
    return ends


def _entries(line: str) -> list[tuple[float, str, tuple[Word, ...]]]:
    """Start, text and words of a line at each of its times; the last word may end at infinity."""
    starts = []
    while leading := _LEADING.match(line):
        starts.append(_seconds(leading))
        line = line[leading.end() :]
    if not starts:
        return []
    stamps = list(_INNER.finditer(line))
    if not stamps:
        return [(start, " ".join(line.split()), ()) for start in starts]
    times = [starts[0], *map(_seconds, stamps)]
    edges = [0, *(edge for stamp in stamps for edge in stamp.span()), len(line)]
    texts = [line[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    words = words_of(zip(times, [*times[1:], inf], texts, strict=True))
    text = "".join(word.text for word in words)
    # The times of the words are those of the first time that the line is sung.
    return [
        (start, text, tuple(_word_moved(word, start - starts[0]) for word in words))
        for start in starts
    ]


def _seconds(stamp: re.Match[str]) -> float:
    hours, minutes, seconds, fraction = stamp.groups()
    return 3600 * int(hours or 0) + 60 * int(minutes) + float(f"{seconds}.{fraction or 0}")


def _moved(line: Line, by: float) -> Line:
    words = tuple(_word_moved(word, by) for word in line.words)
    return Line(line.start + by, line.end + by, line.text, words)


def _word_moved(word: Word, by: float) -> Word:
    return Word(word.start + by, word.end + by, word.text)
