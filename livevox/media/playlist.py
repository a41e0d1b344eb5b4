"""A queue of music files, of which one at a time is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from livevox.dsp.stft import SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from livevox.media.queue import Queued, queue_of
from livevox.media.track import Loop, Track

Piece = tuple[int, int, Audio]
"""Number of the file, the audio's first sample in it, and the audio."""


def check_playable(sources: Sequence[Path]) -> None:
    """Raise LivevoxError unless at least one of the files of ``sources`` can be played."""
    playlist = Playlist(sources, SAMPLE_RATE, channels=2, fade=0)
    playlist.first(0)
    playlist.close()


class Playlist:
    """The files that ``sources`` stand for. :func:`livevox.media.queue.queue_of` says which, and
    what is raised; see :class:`Track` for the rest.

    Files have numbers, counted as they come in; :attr:`order` is the queue. Only the decoding
    thread opens and closes files. Other threads may read :attr:`durations`, and one at a time may
    change the queue.
    """

    def __init__(self, sources: Sequence[Path], sample_rate: int, channels: int, fade: int) -> None:
        self.paths: list[Path] = []
        """By number; files that have left the queue are still in it."""
        self.order: tuple[int, ...] = ()
        """Numbers of the files in the queue, in order."""
        self.durations: dict[int, float] = {}
        """Durations in seconds by file number, of all files opened so far."""
        self.changes = 0
        """How often the :attr:`queue` has changed."""
        self.error: str | None = None
        """What is left out, or the error of the last file that did not play to its end."""
        self._problems: dict[int, str] = {}
        self._left: dict[int, tuple[tuple[int, ...], int]] = {}
        """By number of a file that has left the queue, that queue and the file's place in it."""
        self._track: tuple[int, Track] | None = None
        self._as = (sample_rate, channels, fade)
        self.add(queue_of(source) for source in sources)

    @property
    def queue(self) -> tuple[Queued, ...]:
        """The files, in order."""
        return tuple(
            Queued(number, self.paths[number], self._problems.get(number)) for number in self.order
        )

    def add(self, found: Iterable[tuple[list[Path], str | None]]) -> None:
        """Add at the end what :func:`queue_of` has found."""
        for paths, left_out in found:
            first = len(self.paths)
            self.paths.extend(paths)
            self.order = (*self.order, *range(first, len(self.paths)))
            self.changes += 1
            self.error = left_out or self.error

    def arrange(self, order: Iterable[int], seen: int) -> None:
        """Play only these files, and in this order, and after them those with numbers above
        ``seen``; numbers that are not in the queue are left out."""
        before = self.order
        queued = set(before)
        newer = (number for number in before if number > seen)
        after = dict.fromkeys(number for number in (*order, *newer) if number in queued)
        for place, number in enumerate(before):
            if number not in after:
                self._left[number] = before, place
        self.order = tuple(after)
        self.changes += 1

    def pieces(self, index: int, start: int, loop: Loop | None) -> Iterator[Piece]:
        """All audio from there on, file after file; skips files that fail and keeps the error."""
        following: int | None = index
        while following is not None:
            index = following
            try:
                for at, audio in self._open(index).play(start, loop):
                    yield index, at, audio
            except (LivevoxError, OSError) as error:
                self.error = str(error)
                self.close()
            following, start, loop = self.after(index), 0, None

    def first(self, index: int) -> int:
        """The first file that can be played, from the queue's ``index`` on and then from its start;
        it stays open. LivevoxError if there is none."""
        for number in (*self.order[index:], *self.order[:index]):
            try:
                self._open(number)
            except LivevoxError as error:
                self.error = str(error)
            else:
                return number
        raise LivevoxError(self.error or "the queue is empty: add songs to it")

    def after(self, number: int) -> int | None:
        """The next playable file, also of one that has left the queue."""
        order = self.order
        if number in order:
            later: Iterable[int] = order[order.index(number) + 1 :]
        else:
            before, place = self._left.get(number, ((), 0))
            queued = set(order)
            later = (each for each in before[place + 1 :] if each in queued)
        return next((each for each in later if each not in self._problems), None)

    def before(self, number: int) -> int | None:
        """The previous playable file."""
        order = self.order
        earlier = reversed(order[: order.index(number)]) if number in order else iter(())
        return next((each for each in earlier if each not in self._problems), None)

    def close(self) -> None:
        """Close the open file."""
        if self._track:
            self._track[1].close()
        self._track = None

    def _open(self, number: int) -> Track:
        if self._track is None or self._track[0] != number:
            self.close()
            try:
                track = Track(self.paths[number], *self._as)
            except LivevoxError as error:
                self._problems[number] = str(error)
                self.changes += 1
                raise
            self.durations[number] = track.seconds
            self._track = number, track
        return self._track[1]
