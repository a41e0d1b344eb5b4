"""The words of a song and when each is sung. All times are seconds of the song."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate


@dataclass(frozen=True)
class Word:
    """A word or a syllable. ``text`` ends with a space where another word follows it."""

    start: float
    end: float
    text: str


@dataclass(frozen=True)
class Line:
    """A line of the song; ``words`` are empty where only the line has a time, else their texts make
    up ``text``. ``end`` may be infinite."""

    start: float
    end: float
    text: str
    words: tuple[Word, ...] = ()

    def sung(self, second: float) -> float:
        """How many characters of ``text`` have been sung, in proportion within a word.

        A line without times of words counts as sung from its start on.
        """
        if not self.words:
            return float(len(self.text)) if second >= self.start else 0.0
        characters = 0.0
        for word in self.words:
            if second < word.start:
                break
            length = word.end - word.start
            share = (second - word.start) / length if second < word.end and length > 0 else 1.0
            characters += share * len(word.text)
        return characters


@dataclass(frozen=True)
class Lyrics:
    """The lines in the order of their starts. ``title`` and ``artist`` may be empty."""

    lines: tuple[Line, ...]
    title: str = ""
    artist: str = ""

    @cached_property
    def _ends(self) -> list[float]:
        return list(accumulate((line.end for line in self.lines), max))

    def current(self, second: float) -> int:
        """Number of the first line that has not ended, which may not have begun; the number of
        lines after the last one."""
        return bisect_right(self._ends, second)


def words_of(timed: Iterable[tuple[float, float, str]]) -> tuple[Word, ...]:
    """Words of (start, end, text), where spaces before or after a text part it from others.

    Every word starts no earlier than the one before it, and ends no earlier than it starts. A blank
    text is no word.

    >>> [word.text for word in words_of([(0, 1, " Hal"), (1, 2, "lo "), (2, 3, " you ")])]
    ['Hal', 'lo ', 'you']
    """
    words: list[Word] = []
    for start, end, text in timed:
        if words and text[:1].isspace() and not words[-1].text.endswith(" "):
            words[-1] = Word(words[-1].start, words[-1].end, f"{words[-1].text} ")
        if text.strip():
            start = max(start, words[-1].start) if words else start
            space = " " if text[-1:].isspace() else ""
            words.append(Word(start, max(start, end), " ".join(text.split()) + space))
    if words and words[-1].text.endswith(" "):
        words[-1] = Word(words[-1].start, words[-1].end, words[-1].text[:-1])
    return tuple(words)


def in_order(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines in the order of their starts, each one once: both voices of a duet may sing it."""
    yield from sorted(dict.fromkeys(lines), key=lambda line: line.start)
