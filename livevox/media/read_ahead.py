"""Decodes a queue of music ahead of the player, from where the last command wants it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from math import ceil
from threading import Condition, Thread

from livevox.dsp.stft import Audio
from livevox.media.music_ring import MusicRing
from livevox.media.playhead import Cut, Playhead, Request
from livevox.media.playlist import Playlist
from livevox.media.tempo import Placed, at_tempo
from livevox.media.track import Loop, rise

LEAD_SECONDS = 0.2
"""Seconds from a command that keeps the place to its effect: time to decode the new audio."""
POLL_SECONDS = 0.01
CLOSE_SECONDS = 10.0


class ReadAhead:
    """A thread that keeps ``ring`` filled up to ``limit`` samples with the audio of
    :attr:`request`, and reports to ``head`` where it begins. Ask under the lock :attr:`wake`."""

    def __init__(
        self,
        playlist: Playlist,
        ring: MusicRing,
        head: Playhead,
        first: Request,
        limit: int,
        sample_rate: int,
    ) -> None:
        self._playlist = playlist
        self._ring = ring
        self._head = head
        self._limit = limit
        self._rate = sample_rate
        self._lead = ceil(LEAD_SECONDS * sample_rate)
        self.wake = Condition()
        self.request = first
        """The last one that was asked for."""
        self.tempo = first.tempo
        """That of the next requests."""
        self._closing = False
        self._thread = Thread(target=self._decode, name="livevox transport", daemon=True)
        self._thread.start()

    def ask(self, index: int, start: int | None, loop: Loop | None) -> None:
        """Play on from there, see :class:`livevox.media.playhead.Request`."""
        self.request = Request(index, start, loop, self.tempo)
        self.wake.notify()

    def close(self) -> None:
        """End, and close the file; waits for the disk, at most :data:`CLOSE_SECONDS`."""
        with self.wake:
            self._closing = True
            self.wake.notify()
        self._thread.join(CLOSE_SECONDS)

    def _decode(self) -> None:
        """Keep the ring filled with the audio of the last request."""
        request: Request | None = None
        pieces: Iterator[Placed] = iter(())
        piece: Placed | None = None
        try:
            while not self._closing:
                # A change without a seek must wait until the previous one is done.
                if self.request is not request and (
                    self.request.start is not None or self._head.cut is self._head.taken
                ):
                    request = self.request
                    pieces = self._begin(request, piece)
                    piece = next(pieces, None)
                elif piece is not None and self._has_room(piece):
                    self._ring.put(piece.index, piece.places, piece.audio)
                    piece = next(pieces, None)
                else:
                    with self.wake:
                        self.wake.wait(POLL_SECONDS)
                    continue
                if piece is None:
                    self._head.cut.end = self._ring.written
        finally:
            self._playlist.close()

    def _begin(self, request: Request, piece: Placed | None) -> Iterator[Placed]:
        """Set the reader's next jump, and return the audio from there on; ``piece`` is the one that
        would have been put next."""
        at, index, start = -1, request.index, request.start
        if start is None:
            if (begun := self._begin_at_file_end(request)) is not None:
                return begun
            loop = request.loop
            at, index, start = self._junction(piece)
            if loop and not (index == request.index and loop[0] <= start < loop[1]):
                at, index, start = -1, request.index, loop[0]
        # A stretched sound does not go on as the one before it did.
        seam = at >= 0 and (request.tempo, self._head.cut.tempo) != (1, 1)
        before = self._ring.ahead(at, self._head.fade) if seam else None
        if before is not None and not before.shape[1] and piece and piece.index == index:
            # Nothing is left to fade from: the reader fades out and in.
            at, before = -1, None
        self._head.cut = Cut(request, at, self._ring.written, index, start)
        pieces = self._playlist.pieces(index, start, request.loop)
        placed = at_tempo(pieces, request.tempo, self._rate)
        return placed if before is None else _faded_in(placed, before)

    def _begin_at_file_end(self, request: Request) -> Iterator[Placed] | None:
        """Like :meth:`_begin` where the file that plays ends within the lead and another one than
        was decoded follows it now. None elsewhere, and if it ends before that one is open."""
        ring, read = self._ring, self._ring.read
        end = ring.file_end(read, min(read + self._lead, ring.written))
        if end is None or request.loop or self._head.silent:
            return None
        playing, last = ring.place_at(end - 1)
        following = self._playlist.after(playing)
        if following == ring.place_at(end)[0]:
            return None
        pieces = iter(()) if following is None else self._playlist.pieces(following, 0, None)
        placed = at_tempo(pieces, request.tempo, self._rate)
        # Enough for the reader to go on, which may take more than a piece at once.
        first: list[Placed] = []
        while sum(each.audio.shape[1] for each in first) < self._lead:
            if (piece := next(placed, None)) is None:
                break
            first.append(piece)
        if ring.read + self._head.fade >= end:
            return None
        index, start = (first[0].index, int(first[0].places[0])) if first else (playing, last + 1)
        self._head.cut = Cut(request, end, ring.written, index, start)
        return chain(first, placed)

    def _junction(self, piece: Placed | None) -> tuple[int, int, int]:
        """The next position in the ring, shortly ahead, outside a cross-fade: (position, file,
        sample)."""
        at = self._ring.read + (0 if self._head.silent else self._lead)
        if at < self._ring.written:
            index, start = self._ring.place_at(at)
            request = self._head.cut.request
            if request and request.loop and index == request.index:
                to_end = request.loop[1] - start
                # The audio of a cross-fade differs from the file: go past it.
                if 0 < to_end < self._head.fade:
                    at += ceil(to_end / request.tempo)
        if at < self._ring.written:
            return at, *self._ring.place_at(at)
        # All of it was decoded, so another file follows, which may be a new one.
        cut, written = self._head.cut, self._ring.written
        last, end = cut.index, cut.start
        if written > cut.to:
            last, sample = self._ring.place_at(written - 1)
            end = sample + 1
        if piece and piece.index == last:
            return written, last, int(piece.places[0])
        following = self._playlist.after(last)
        return (written, last, end) if following is None else (written, following, 0)

    def _has_room(self, piece: Placed) -> bool:
        """Whether it fits: of the last request up to the limit, so that the next one has room."""
        ahead: int = self._ring.written + piece.audio.shape[1]
        begin = max(self._ring.read, self._head.cut.to)
        return ahead - begin <= self._limit and ahead - self._ring.read <= self._ring.capacity


def _faded_in(pieces: Iterator[Placed], before: Audio) -> Iterator[Placed]:
    """``pieces``, whose start cross-fades from the sound that would have gone on there."""
    gain = rise(before.shape[1])
    for piece in pieces:
        if n := min(len(gain), piece.audio.shape[1]):
            audio = piece.audio.copy()
            audio[:, :n] = gain[:n] * audio[:, :n] + (1 - gain[:n]) * before[:, :n]
            gain, before = gain[n:], before[:, n:]
            piece = replace(piece, audio=audio)
        yield piece
