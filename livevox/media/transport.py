"""Music files as the engine's input: play, pause, seek and loop, wait-free and without clicks.

The transport's thread decodes ahead into a ring, and the audio worker reads from it. They share no
lock: each side writes its own counters and only reads the other's. After a command the thread
appends the new audio to the ring; a :class:`Cut` then makes the worker jump to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, inf, isnan
from pathlib import Path
from threading import Condition, Thread

from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.media.music_ring import MusicRing
from livevox.media.playhead import Cut, Playhead, Request, fade_samples
from livevox.media.playlist import Piece, Playlist
from livevox.media.track import Loop

MIN_LOOP_SECONDS = 0.1
BUFFER_SECONDS = 4.0
"""Seconds decoded ahead."""
SPARE_SECONDS = 1.0
"""Seconds of free room in the ring for audio that a loop command changes."""
LEAD_SECONDS = 0.2
"""Seconds from a loop command to its effect: time to decode the new audio."""
POLL_SECONDS = 0.01
CLOSE_SECONDS = 10.0


class Transport:
    """A file, a folder's or a playlist's music as an endless stream.

    :func:`livevox.media.queue.queue_of` says which files, and in what order. It
    starts paused, at the start of the first file, or of ``first`` if that is one of them. All
    samples are (``channels``, samples) at ``sample_rate`` Hz, converted by
    :func:`livevox.dsp.channels.with_channels`.

    :meth:`read` is for one thread, the audio worker; all other methods may be called from others.
    Call :meth:`close` at the end.

    Raises LivevoxError if there is no such file or none that can be played.
    """

    def __init__(
        self, path: Path, sample_rate: int, channels: int, first: Path | None = None
    ) -> None:
        self._sample_rate = sample_rate
        self._limit = ceil(BUFFER_SECONDS * sample_rate)
        self._ring = MusicRing(channels, self._limit + ceil(SPARE_SECONDS * sample_rate))
        self._playlist = Playlist(path, sample_rate, channels, fade_samples(sample_rate))
        index = self._playlist.first(first)
        self._head = Playhead(self._ring, Cut(None, 0, 0, index, 0), sample_rate)
        # Commands, under the lock.
        self._wake = Condition()
        self._request = Request(index, 0, None)
        self._closing = False
        self._thread = Thread(target=self._decode, name="livevox transport", daemon=True)
        self._thread.start()

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
                self._ask(0, 0, None)

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
                self._ask(index, round(seconds * self._sample_rate), self._loop_of(index))

    def loop(self, start: float | None, end: float = inf) -> None:
        """Loop from ``start`` to ``end``, seconds in this file; ``loop(None)`` ends the loop.

        From outside the loop the music jumps to its start. The loop is exact to the sample; its
        last milliseconds cross-fade into the audio before its start. Raises LivevoxError if less
        than :data:`MIN_LOOP_SECONDS` of the file are left to repeat.
        """
        with self._wake:
            index, place = self._place()
            end = min(end, self._playlist.durations.get(index, inf))
            waiting = self._head.taken.request is not self._request
            begin = self._request.start if waiting else None
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
                self._ask(index, begin, span)

    def next(self) -> None:
        """Go to the next file; in the last one this does nothing. Ends a loop."""
        with self._wake:
            index, _ = self._place()
            later = self._playlist.after(index)
            if later is not None:
                self._ask(later, 0, None)

    def previous(self) -> None:
        """Go to the previous file; in the first one to its start. Ends a loop."""
        with self._wake:
            index, _ = self._place()
            earlier = self._playlist.before(index)
            self._ask(index if earlier is None else earlier, 0, None)

    def close(self) -> None:
        """End the decoding and close the file; waits for the disk, at most :data:`CLOSE_SECONDS`.

        Closing twice is fine."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join(CLOSE_SECONDS)

    # State for the window

    @property
    def position(self) -> float:
        """Position in the file, in seconds, of the next sample that :meth:`read` returns."""
        return self._place()[1] / self._sample_rate

    @property
    def progress(self) -> tuple[int, float]:
        """How many samples :meth:`read` has returned so far, and the :attr:`position` after them,
        both as of one moment."""
        read = self._head.reached
        return read[0], self._target(read[1:])[1] / self._sample_rate

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
        met = taken.request is self._request
        return met and taken.end is not None and self._ring.read >= taken.end

    @property
    def buffered(self) -> float:
        """Seconds decoded of the last request; inf if it is decoded to the end."""
        cut, read = self._head.cut, self._ring.read
        if cut.request is not self._request:
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
        request = self._request
        if request.start is not None and self._head.taken.request is not request:
            return request.index, request.start
        return now

    def _loop_of(self, index: int) -> Loop | None:
        return self._request.loop if self._request.index == index else None

    def _ask(self, index: int, start: int | None, loop: Loop | None) -> None:
        self._request = Request(index, start, loop)
        self._wake.notify()

    # The decoder's side

    def _decode(self) -> None:
        """Keep the ring filled with the audio of the last request."""
        request: Request | None = None
        pieces: Iterator[Piece] = iter(())
        piece: Piece | None = None
        try:
            while not self._closing:
                # A change without a seek must wait until the previous one is done.
                if self._request is not request and (
                    self._request.start is not None or self._head.cut is self._head.taken
                ):
                    request = self._request
                    pieces = self._begin(request, piece)
                    piece = next(pieces, None)
                elif piece is not None and self._has_room(piece):
                    self._ring.put(*piece)
                    piece = next(pieces, None)
                else:
                    with self._wake:
                        self._wake.wait(POLL_SECONDS)
                    continue
                if piece is None:
                    self._head.cut.end = self._ring.written
        finally:
            self._playlist.close()

    def _begin(self, request: Request, piece: Piece | None) -> Iterator[Piece]:
        """Set the reader's next jump, and return the audio from there on; ``piece`` is the one that
        would have been put next."""
        at, index, start = -1, request.index, request.start
        if start is None:
            loop = request.loop
            at, index, start = self._junction(piece)
            if loop and not (index == request.index and loop[0] <= start < loop[1]):
                at, index, start = -1, request.index, loop[0]
        self._head.cut = Cut(request, at, self._ring.written, index, start)
        return self._playlist.pieces(index, start, request.loop)

    def _junction(self, piece: Piece | None) -> tuple[int, int, int]:
        """The next position in the ring, shortly ahead, outside a cross-fade: (position, file,
        sample)."""
        at = self._ring.read + (0 if self._head.silent else ceil(LEAD_SECONDS * self._sample_rate))
        if at < self._ring.written:
            index, start = self._ring.place_at(at)
            request = self._head.cut.request
            if request and request.loop and index == request.index:
                to_end = request.loop[1] - start
                # The audio of a cross-fade differs from the file: go past it.
                at += to_end if 0 < to_end < self._head.fade else 0
        if at < self._ring.written:
            return at, *self._ring.place_at(at)
        index, start = piece[:2] if piece else (len(self._playlist.paths), 0)
        return self._ring.written, index, start

    def _has_room(self, piece: Piece) -> bool:
        fill: int = self._ring.fill + piece[2].shape[1]
        return fill <= (self._limit if self._head.cut is self._head.taken else self._ring.capacity)
