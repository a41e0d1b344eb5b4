"""Music files as the engine's input: play, pause, seek and loop, wait-free and without clicks.

The transport's thread decodes ahead into a ring, and the audio worker reads from it. They share no
lock: each side writes its own counters and only reads the other's. After a command the thread
appends the new audio to the ring; a :class:`Cut` then makes the worker jump to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, inf, isnan
from pathlib import Path

from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.media.music_ring import MusicRing
from livevox.media.playhead import Cut, Playhead, Request, fade_samples
from livevox.media.playlist import Playlist
from livevox.media.queue import Queued, queue_of
from livevox.media.read_ahead import ReadAhead
from livevox.media.track import Loop

MIN_LOOP_SECONDS = 0.1
BUFFER_SECONDS = 4.0
"""Seconds decoded ahead."""
SPARE_SECONDS = 1.0
"""Seconds of free room in the ring for audio that a loop command changes."""


class Transport:
    """A queue of files, folders' and playlists' music, as an endless stream.

    :func:`livevox.media.queue.queue_of` says which files, and in what order. It starts paused, at
    the start of the ``first`` file of the queue. All samples are (``channels``, samples) at
    ``sample_rate`` Hz, converted by :func:`livevox.dsp.channels.with_channels`.

    :meth:`read` is for one thread, the audio worker; all other methods may be called from others.
    Call :meth:`close` at the end.

    Raises LivevoxError if there is no such file or none that can be played.
    """

    def __init__(
        self, sources: Sequence[Path], sample_rate: int, channels: int, first: int = 0
    ) -> None:
        self._sample_rate = sample_rate
        limit = ceil(BUFFER_SECONDS * sample_rate)
        self._ring = MusicRing(channels, limit + ceil(SPARE_SECONDS * sample_rate))
        self._playlist = Playlist(sources, sample_rate, channels, fade_samples(sample_rate))
        number = self._playlist.first(first)
        self._head = Playhead(self._ring, Cut(None, 0, 0, number, 0), sample_rate)
        request = Request(number, 0, None)
        self._ahead = ReadAhead(self._playlist, self._ring, self._head, request, limit, sample_rate)
        self._wake = self._ahead.wake

    def suits(self, sample_rate: int, channels: int) -> bool:
        """Whether its samples are of that kind."""
        return (sample_rate, channels) == (self._sample_rate, self._ring.channels)

    def read(self, samples: int) -> Audio:
        """The next ``samples``; silence if there is no music. Wait-free."""
        return self._head.read(samples)

    # Commands

    def play(self) -> None:
        """Play; after the end of the music, from the first file's start."""
        with self._wake:
            self._head.wanted = True
            if self.ended:
                self._ahead.ask(self._playlist.order[0], 0, None)

    def pause(self) -> None:
        """Pause at the current position."""
        self._head.wanted = False

    def seek(self, seconds: float) -> None:
        """Seek to ``seconds`` in this file, limited to its start and end.

        The loop stays, but a position after its end does not enter it. Music that has ended plays
        again from there. Raises LivevoxError for NaN.
        """
        if isnan(seconds):
            raise LivevoxError("can't seek to NaN seconds: give a time in the file")
        with self._wake:
            index, _ = self._place()
            seconds = min(max(0.0, seconds), self._playlist.durations.get(index, inf))
            if seconds < inf:
                self._ahead.ask(index, round(seconds * self._sample_rate), self._loop_of(index))

    def loop(self, start: float | None, end: float = inf) -> None:
        """Loop from ``start`` to ``end``, seconds in this file; ``loop(None)`` ends the loop.

        From outside the loop the music jumps to its start. The loop is exact to the sample; its
        last milliseconds cross-fade into the audio before its start. Raises LivevoxError if less
        than :data:`MIN_LOOP_SECONDS` of the file are left to repeat.
        """
        with self._wake:
            index, place = self._place()
            end = min(end, self._playlist.durations.get(index, inf))
            waiting = self._head.taken.request is not self._ahead.request
            begin = self._ahead.request.start if waiting else None
            span: Loop | None = None
            if start is not None:
                if not start + MIN_LOOP_SECONDS <= end < inf:
                    raise LivevoxError(
                        f"can't loop from {start:g} to {end:g} s: give two times in the file, "
                        f"at least {MIN_LOOP_SECONDS:g} s apart"
                    )
                start = max(0.0, start)
                span = round(start * self._sample_rate), round(end * self._sample_rate)
                if not span[0] <= place < span[1]:
                    begin = span[0]
            if begin is not None or span != self._loop_of(index):
                self._ahead.ask(index, begin, span)

    def play_at(self, tempo: float) -> None:
        """Play ``tempo`` times as fast as the files, 0.5 to 1.5, from 0.2 s ahead on."""
        if tempo != self._ahead.tempo:
            with self._wake:
                self._ahead.tempo = tempo
                self._keep_place(self._place()[0])

    def next(self) -> None:
        """Go to the next file; in the last one this does nothing. Ends a loop."""
        with self._wake:
            index, _ = self._place()
            later = self._playlist.after(index)
            if later is not None:
                self._ahead.ask(later, 0, None)

    def previous(self) -> None:
        """Go to the previous file; in the first one to its start. Ends a loop."""
        with self._wake:
            index, _ = self._place()
            earlier = self._playlist.before(index)
            self._ahead.ask(index if earlier is None else earlier, 0, None)

    def play_queued(self, number: int) -> None:
        """Play a file of the queue, by its number. Ends a loop.

        Raises LivevoxError if it is not in the queue or can't be played."""
        with self._wake:
            queued = next((each for each in self.queue if each.number == number), None)
            if queued is None:
                raise LivevoxError("that song is no longer in the queue: choose another one")
            if queued.problem:
                raise LivevoxError(queued.problem)
            self._head.wanted = True
            self._ahead.ask(number, 0, None)

    def add(self, sources: Iterable[Path]) -> None:
        """Add files, folders or playlists to the queue's end, all or none. Music that has ended
        continues with them.

        Raises LivevoxError if one stands for no files."""
        # Listing a folder may take seconds.
        found = [queue_of(source) for source in sources]
        with self._wake:
            self._playlist.add(found)
            self._follow_queue()

    def arrange(self, order: Iterable[int], seen: int) -> None:
        """Play only these files of the queue, by their numbers, and in this order, and after them
        those that were added since: their numbers are above ``seen``. The file that plays
        continues; if it is left out, the next one begins.

        Raises LivevoxError if none is left."""
        with self._wake:
            order = list(order)
            queue = self._playlist.order
            if not set(order) & set(queue) and not any(number > seen for number in queue):
                raise LivevoxError("the queue would be empty: leave a song in it")
            self._playlist.arrange(order, seen)
            self._follow_queue()

    def _follow_queue(self) -> None:
        """Decode anew what comes after the file that plays."""
        number, _ = self._place()
        if number in self._playlist.order:
            self._keep_place(number)
        else:
            following = self._playlist.after(number)
            if following is None:
                # It was the last one: wait at the first.
                self._head.wanted = False
                following = self._playlist.order[0]
            self._ahead.ask(following, 0, None)

    def _keep_place(self, number: int) -> None:
        """Decode anew what comes after now, in the file that plays."""
        waiting = self._head.taken.request is not self._ahead.request
        start = self._ahead.request.start if waiting else None
        self._ahead.ask(number, start, self._loop_of(number))

    def close(self) -> None:
        """End the decoding and close the file; waits for the disk, but not for ever. Closing twice
        is fine."""
        self._ahead.close()

    # State for the window

    @property
    def position(self) -> float:
        """Position in the file, in seconds, of the next sample that :meth:`read` returns."""
        return self._place()[1] / self._sample_rate

    @property
    def progress(self) -> tuple[int, float, float]:
        """How many samples :meth:`read` has returned so far, and the :attr:`position` and the tempo
        after them, all as of one moment."""
        samples, number, sample, tempo = self._head.reached
        return samples, self._target((number, sample))[1] / self._sample_rate, tempo

    @property
    def duration(self) -> float:
        """Duration of the file in seconds; 0 until it is open."""
        return self._playlist.durations.get(self._place()[0], 0.0)

    @property
    def error(self) -> str | None:
        """What is left out, or the error of the last file that did not play to its end."""
        return self._playlist.error

    @property
    def path(self) -> Path:
        """The file."""
        return self._playlist.paths[self._place()[0]]

    @property
    def number(self) -> int:
        """The number of the file in the :attr:`queue`."""
        return self._place()[0]

    @property
    def changes(self) -> int:
        """How often the :attr:`queue` has changed; quicker than to compare it."""
        return self._playlist.changes

    @property
    def place_in_queue(self) -> tuple[tuple[str, ...], int]:
        """The queue's paths, and the index of the one that plays, 0 if that one has left the queue:
        what another transport needs to continue."""
        number, queue = self.number, self.queue
        first = next((i for i, each in enumerate(queue) if each.number == number), 0)
        return tuple(str(each.path) for each in queue), first

    @property
    def queue(self) -> tuple[Queued, ...]:
        """The files, in order."""
        return self._playlist.queue

    @property
    def looped(self) -> tuple[float, float] | None:
        """Start and end of the loop, in seconds of the file."""
        loop = self._loop_of(self._place()[0])
        return None if loop is None else (loop[0] / self._sample_rate, loop[1] / self._sample_rate)

    @property
    def playing(self) -> bool:
        """Whether music plays, or waits only for the disk."""
        return self._head.wanted and not self.ended

    @property
    def ended(self) -> bool:
        """Whether the last file has ended."""
        taken = self._head.taken
        met = taken.request is self._ahead.request
        return met and taken.end is not None and self._ring.read >= taken.end

    @property
    def buffered(self) -> float:
        """Seconds decoded of the last request; inf if it is decoded to the end."""
        cut, read = self._head.cut, self._ring.read
        if cut.request is not self._ahead.request:
            return 0.0
        if cut.end is not None:
            return inf
        before = 0
        if cut is not self._head.taken:
            before, read = max(0, cut.at - read), cut.to
        return (before + self._ring.written - read) / self._sample_rate

    @property
    def starved(self) -> int:
        """Number of silent samples that :meth:`read` returned because the disk was too slow."""
        return self._head.starved

    def _place(self) -> tuple[int, int]:
        """Number of the file and sample in it; the target if a seek is not done yet."""
        return self._target(self._head.now)

    def _target(self, now: tuple[int, int]) -> tuple[int, int]:
        request = self._ahead.request
        if request.start is not None and self._head.taken.request is not request:
            return request.index, request.start
        return now

    def _loop_of(self, index: int) -> Loop | None:
        return self._ahead.request.loop if self._ahead.request.index == index else None
