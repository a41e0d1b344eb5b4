"""Music files as the engine's input: play, pause, seek, loop, without a wait and without a click.

A thread of the transport's own decodes ahead into a ring, and the audio worker reads from it. No
lock is shared with the worker: each side writes its own counters and only reads the other's. What
a command changes is decoded behind all that is in the ring; a :class:`_Cut` then tells the worker
from where to where to jump.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from math import ceil, gcd, inf, isnan
from pathlib import Path
from threading import Condition, Thread

import numpy as np
import numpy.typing as npt

from livevox.dsp.channels import with_channels
from livevox.dsp.resample import MAX_RATE, MIN_RATE, Resampler
from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.media.files import MUSIC_SUFFIXES, open_audio

FADE_SECONDS = 0.005
MIN_LOOP_SECONDS = 0.1
BUFFER_SECONDS = 4.0
"""How far ahead is decoded."""
SPARE_SECONDS = 1.0
"""Room kept for what a loop changes while the ring is full of what it was before."""
REFILL_SECONDS = 0.2
"""How much has to be there before the music starts, after a seek or a pause of the disk."""
LEAD_SECONDS = 0.2
"""How long after the command a loop changes: by then its music is in the ring."""
BLOCK_SECONDS = 0.1
POLL_SECONDS = 0.01
CLOSE_SECONDS = 10.0
FILTER_SAMPLES = 1024
"""More samples, at the lower rate, than the resampler's filter reaches back: a stream that starts
so much earlier gives what the stream from the file's start gives."""
OVERVIEW_BLOCK = 65_536

Loop = tuple[int, int]
Piece = tuple[int, int, Audio]
"""Number of the file, its sample at which the audio starts, and the audio."""


@dataclass(frozen=True, eq=False)
class _Request:
    """What is to be played from now on: file ``index`` from sample ``start``, with its ``loop``;
    a ``start`` of None stays where the music is."""

    index: int
    start: int | None
    loop: Loop | None


@dataclass(eq=False)
class _Cut:
    """A jump in the ring, from ``at`` to ``to``, where ``request`` begins to be met.

    The reader goes on to ``at`` and jumps without a fade; where it is past ``at`` already it fades
    out and jumps. ``index`` and ``start`` are the place in the music; ``end`` is the place in the
    ring where the last file ends, as soon as it is decoded.
    """

    request: _Request | None
    at: int
    to: int
    index: int
    start: int
    end: int | None = None


class Transport:
    """A file, or the music files of a folder in the order of their names, as an endless stream.

    It starts paused, at the start of the first file. All samples are (``channels``, samples) at
    ``sample_rate`` Hz: mono is copied to all channels; of two and more, mono is the mean of the
    first two; otherwise the first channels are taken, and those that a file lacks are silent.

    :meth:`read` is for one thread, the audio worker; everything else may come from any other.
    Whoever makes a transport must :meth:`close` it.

    Raises LivevoxError where there is no such file or none that can be played. Opening takes as
    long as ffmpeg takes to decode the file, where nothing else reads it.
    """

    def __init__(self, path: Path, sample_rate: int, channels: int) -> None:
        self.error: str | None = None
        """What was wrong with the last file that could not be played, or not to its end."""
        self.starved = 0
        """Samples of silence that :meth:`read` returned because the disk was too slow."""
        self._sample_rate = sample_rate
        self._channels = channels
        self._fade = max(1, round(FADE_SECONDS * sample_rate))
        self._gain: Audio = np.concatenate([np.zeros(1, np.float32), _rise(self._fade)])
        self._limit = ceil(BUFFER_SECONDS * sample_rate)
        self._capacity = self._limit + ceil(SPARE_SECONDS * sample_rate)
        # Filled, so that the pages are there before the audio worker wants them.
        self._audio: Audio = np.full((channels, self._capacity), 0, np.float32)
        self._where: npt.NDArray[np.int64] = np.full((2, self._capacity), 0)
        self._paths = _music_files(path)
        self._durations: dict[int, float] = {}
        self._unreadable: set[int] = set()
        self._track: tuple[int, _Track] | None = None
        first = self._first_readable()
        # Commands, under the lock.
        self._wake = Condition()
        self._request = _Request(first, 0, None)
        self._wanted = False
        self._closing = False
        # The decoder's.
        self._written = 0
        self._cut = _Cut(None, 0, 0, first, 0)
        # The reader's. The level counts the steps of a fade: 0 is silence.
        self._read = 0
        self._taken = self._cut
        self._now = (first, 0)
        self._level = 0
        self._filling = True
        self._late = False
        self._thread = Thread(target=self._decode, name="livevox transport", daemon=True)
        self._thread.start()

    # Commands

    def play(self) -> None:
        """Play on; from the first file's start where the music has ended."""
        with self._wake:
            self._wanted = True
            if self.ended:
                self._ask(0, 0, None)

    def pause(self) -> None:
        """Stay where the music is."""
        self._wanted = False

    def seek(self, seconds: float) -> None:
        """Go on at ``seconds`` in this file, or at its start or end where that lies beyond them.

        The loop stays, but is not entered from behind its end. After the music has ended it plays
        on from there. Raises LivevoxError for NaN.
        """
        if isnan(seconds):
            raise LivevoxError("can't seek to NaN seconds: give a time in the file")
        with self._wake:
            index, _ = self._place()
            seconds = min(max(0.0, seconds), self._durations.get(index, inf))
            if seconds < inf:
                self._ask(index, round(seconds * self._sample_rate), self._loop_of(index))

    def loop(self, start: float | None, end: float = inf) -> None:
        """Repeat ``start`` to ``end``, seconds in this file; ``loop(None)`` plays straight on.

        From outside the loop the music goes to its start. The repetition is exact to the sample;
        the last milliseconds cross-fade from what the loop ends with to what precedes its start.
        Raises LivevoxError where less than :data:`MIN_LOOP_SECONDS` of the file are left to repeat.
        """
        with self._wake:
            index, place = self._place()
            end = min(end, self._durations.get(index, inf))
            waiting = self._taken.request is not self._request
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
        """Go to the next file; in the last one this does nothing. A loop ends."""
        with self._wake:
            index, _ = self._place()
            later = (i for i in range(index + 1, len(self._paths)) if i not in self._unreadable)
            index = next(later, -1)
            if index >= 0:
                self._ask(index, 0, None)

    def previous(self) -> None:
        """Go to the file before; in the first one to its start. A loop ends."""
        with self._wake:
            index, _ = self._place()
            earlier = (i for i in range(index - 1, -1, -1) if i not in self._unreadable)
            self._ask(next(earlier, index), 0, None)

    def close(self) -> None:
        """End the decoding and close the file; waits for the disk, :data:`CLOSE_SECONDS` at most.

        Closing twice is fine."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join(CLOSE_SECONDS)

    # What a window shows

    @property
    def position(self) -> float:
        """Seconds in the file of the sample that :meth:`read` returns next."""
        return self._place()[1] / self._sample_rate

    @property
    def duration(self) -> float:
        """Seconds of the file; 0 as long as it is not open yet."""
        return self._durations.get(self._place()[0], 0.0)

    @property
    def name(self) -> str:
        """The file's name."""
        return self._paths[self._place()[0]].name

    @property
    def looped(self) -> tuple[float, float] | None:
        """Start and end of the loop, in seconds of the file."""
        loop = self._loop_of(self._place()[0])
        return None if loop is None else (loop[0] / self._sample_rate, loop[1] / self._sample_rate)

    @property
    def playing(self) -> bool:
        """Whether there is music, or there would be if the disk were faster."""
        return self._wanted and not self.ended

    @property
    def ended(self) -> bool:
        """Whether the last file was read to its end."""
        end = self._taken.end
        return self._taken.request is self._request and end is not None and self._read >= end

    @property
    def buffered(self) -> float:
        """Seconds that are there of what was asked for last; inf with all of the rest there."""
        cut, read = self._cut, self._read
        if cut.request is not self._request:
            return 0.0
        if cut.end is not None:
            return inf
        before = 0
        if cut is not self._taken:
            before, read = max(0, cut.at - read), cut.to
        return (before + self._written - read) / self._sample_rate

    def _place(self) -> tuple[int, int]:
        """Number and sample of the file; where it was told to go if it is not there yet."""
        request = self._request
        if request.start is not None and self._taken.request is not request:
            return request.index, request.start
        return self._now

    def _loop_of(self, index: int) -> Loop | None:
        return self._request.loop if self._request.index == index else None

    def _ask(self, index: int, start: int | None, loop: Loop | None) -> None:
        self._request = _Request(index, start, loop)
        self._wake.notify()

    # The audio worker's side

    def read(self, samples: int) -> Audio:
        """The next ``samples``; silence where there is no music. It never waits."""
        out = np.zeros((self._channels, samples), np.float32)
        done = 0
        while step := self._step(samples - done):
            self._take(out[:, done : done + abs(step)], fade_out=step < 0)
            done += abs(step)
        if self._read < self._written:
            self._now = self._place_at(self._read)
        return out

    def _step(self, left: int) -> int:
        """How many samples to take from the ring, ``left`` at most: so many less than 0 to fade
        out, and 0 to be silent for what is left."""
        while left:
            # In this order: what lies behind an end or a cut is written after they are there.
            end, written, cut = self._taken.end, self._written, self._cut
            waiting = cut is not self._taken
            ahead = waiting and self._read < cut.at
            if waiting and not ahead and (self._read == cut.at or self._level == 0):
                self._now = cut.index, cut.start
                self._read, self._taken = cut.to, cut
                self._filling, self._late = self._level == 0, False
                continue
            # Unless all that comes is there, enough for a fade stays in the ring.
            if ahead:
                there = cut.at - self._read
                complete = cut.end is not None or written - cut.to >= self._fade
            else:
                there, complete = written - self._read, end is not None
            playing = self._wanted and (ahead or not waiting)
            if playing:
                if self._filling and not self._filled(there, left, complete):
                    self.starved += left if self._late else 0
                    return 0
                n = min(left, there if complete else there - self._fade)
                if n > 0:
                    return n
                if complete:
                    self._level = 0
                    return 0
            n = min(left, there, self._level)
            if n > 0:
                return -n
            self._level = 0
            if playing:
                self._filling = self._late = True
            elif ahead or not waiting:
                return 0
        return 0

    def _filled(self, there: int, wanted: int, complete: bool) -> bool:
        """Whether the music can start; at the start of a file it does so without a fade."""
        refill = wanted + self._fade + ceil(REFILL_SECONDS * self._sample_rate)
        if not complete and there < min(refill, self._limit // 2):
            return False
        self._filling = False
        if there and self._place_at(self._read)[1] == 0:
            self._level = self._fade
        return True

    def _take(self, out: Audio, fade_out: bool) -> None:
        """Fill ``out`` from the ring; fades in as long as it does not fade out."""
        n = out.shape[1]
        at = self._read % self._capacity
        before_end = min(n, self._capacity - at)
        out[:, :before_end] = self._audio[:, at : at + before_end]
        out[:, before_end:] = self._audio[:, : n - before_end]
        if fade_out or self._level < self._fade:
            steps = np.arange(1, n + 1)
            levels = np.minimum(self._level + (-steps if fade_out else steps), self._fade)
            out *= self._gain[levels]
            self._level = int(levels[-1])
        index, sample = self._place_at(self._read + n - 1)
        self._now = index, sample + 1
        self._read += n

    def _place_at(self, at: int) -> tuple[int, int]:
        index, sample = self._where[:, at % self._capacity]
        return int(index), int(sample)

    # The decoder's side

    def _decode(self) -> None:
        """Keep the ring filled with what was asked for last."""
        request: _Request | None = None
        pieces: Iterator[Piece] = iter(())
        piece: Piece | None = None
        try:
            while not self._closing:
                # A change without a seek has to wait until the one before it has happened.
                if self._request is not request and (
                    self._request.start is not None or self._cut is self._taken
                ):
                    request = self._request
                    pieces = self._begin(request, piece)
                    piece = next(pieces, None)
                elif piece is not None and self._has_room(piece):
                    self._put(*piece)
                    piece = next(pieces, None)
                else:
                    with self._wake:
                        self._wake.wait(POLL_SECONDS)
                    continue
                if piece is None:
                    self._cut.end = self._written
        finally:
            self._close_track()

    def _begin(self, request: _Request, piece: Piece | None) -> Iterator[Piece]:
        """Tell the reader where to jump, and return what it finds there; ``piece`` is what would
        have been put next."""
        at, index, start = -1, request.index, request.start
        if start is None:
            loop = request.loop
            at, index, start = self._junction(piece)
            if loop and not (index == request.index and loop[0] <= start < loop[1]):
                at, index, start = -1, request.index, loop[0]
        self._cut = _Cut(request, at, self._written, index, start)
        return self._pieces(index, start, request.loop)

    def _junction(self, piece: Piece | None) -> tuple[int, int, int]:
        """Where in the ring, not long from now, the file is as it is, and what comes there."""
        paused = not self._wanted and self._level == 0
        at = self._read + (0 if paused else ceil(LEAD_SECONDS * self._sample_rate))
        if at < self._written:
            index, start = self._place_at(at)
            request = self._cut.request
            if request and request.loop and index == request.index:
                to_end = request.loop[1] - start
                # Within a cross-fade the file is not as it is; after it, it is.
                at += to_end if 0 < to_end < self._fade else 0
        if at < self._written:
            return at, *self._place_at(at)
        index, start = piece[:2] if piece else (len(self._paths), 0)
        return self._written, index, start

    def _has_room(self, piece: Piece) -> bool:
        fill: int = self._written - self._read + piece[2].shape[1]
        return fill <= (self._limit if self._cut is self._taken else self._capacity)

    def _put(self, index: int, start: int, audio: Audio) -> None:
        n = audio.shape[1]
        at = self._written % self._capacity
        before_end = min(n, self._capacity - at)
        for first, last in ((0, before_end), (before_end, n)):
            begin = (at + first) % self._capacity
            into = slice(begin, begin + last - first)
            self._audio[:, into] = audio[:, first:last]
            self._where[0, into] = index
            self._where[1, into] = np.arange(start + first, start + last)
        self._written += n

    def _pieces(self, index: int, start: int, loop: Loop | None) -> Iterator[Piece]:
        """All that follows, file after file; a file that fails is told of and left."""
        while index < len(self._paths):
            try:
                for at, audio in self._open(index).play(start, loop):
                    yield index, at, audio
            except (LivevoxError, OSError) as error:
                self.error = str(error)
                self._close_track()
            index, start, loop = index + 1, 0, None

    def _open(self, index: int) -> _Track:
        """The file of that number; one at a time is open."""
        if self._track is None or self._track[0] != index:
            self._close_track()
            try:
                track = _Track(self._paths[index], self._sample_rate, self._channels, self._fade)
            except LivevoxError:
                self._unreadable.add(index)
                raise
            self._durations[index] = track.seconds
            self._track = index, track
        return self._track[1]

    def _close_track(self) -> None:
        if self._track:
            self._track[1].close()
        self._track = None

    def _first_readable(self) -> int:
        for index in range(len(self._paths)):
            try:
                self._open(index)
            except LivevoxError as error:
                self.error = str(error)
            else:
                return index
        raise LivevoxError(self.error or "")


class _Track:
    """An open file as the device hears it: its samples are counted at the device's rate."""

    def __init__(self, path: Path, sample_rate: int, channels: int, fade: int) -> None:
        self._channels = channels
        self._fade = fade
        self._opened = ExitStack()
        self._source = self._opened.enter_context(open_audio(path))
        self._file_rate = self._source.sample_rate
        self._block = ceil(BLOCK_SECONDS * self._file_rate)
        self._sample_rate = sample_rate
        if not MIN_RATE <= self._file_rate <= MAX_RATE:
            self.close()
            raise LivevoxError(
                f"{path} has {self._file_rate} samples a second: "
                f"convert it to a rate between {MIN_RATE} and {MAX_RATE} Hz"
            )

    @property
    def seconds(self) -> float:
        return self._source.samples / self._file_rate

    def close(self) -> None:
        self._opened.close()

    def play(self, start: int, loop: Loop | None) -> Iterator[tuple[int, Audio]]:
        """The file from ``start`` on, with the loop if ``start`` is not behind it: (place, audio).

        Raises LivevoxError where the file is damaged, after a fade.
        """
        while loop and start < loop[1]:
            first, last = loop
            n = min(self._fade, last - start)
            yield from self._between(start, last - n)
            rise = _rise(n)
            leaving, coming = self._exactly(last - n, last), self._exactly(first - n, first)
            yield last - n, (1 - rise) * leaving + rise * coming
            start = first
        yield from self._between(start, sys.maxsize)

    def _between(self, start: int, stop: int) -> Iterator[tuple[int, Audio]]:
        at = start
        for audio in _faded_at_damage(self._blocks(start), self._fade):
            if at >= stop:
                return
            yield at, audio[:, : stop - at]
            at += audio.shape[1]

    def _exactly(self, start: int, stop: int) -> Audio:
        """Those samples, with silence for those before the file's start and after its end."""
        audio = np.zeros((self._channels, stop - start), np.float32)
        for at, part in self._between(max(0, start), stop):
            audio[:, at - start : at - start + part.shape[1]] = part
        return audio

    def _blocks(self, start: int) -> Iterator[Audio]:
        """The file from ``start`` on, equal to that part of the file resampled whole.

        For that the resampler starts where a sample of the file and one of the device coincide,
        earlier by at least what its filter reaches.
        """
        common = gcd(self._file_rate, self._sample_rate)
        here, there = self._sample_rate // common, self._file_rate // common
        reach = 0 if here == there else ceil(FILTER_SAMPLES * max(1, here / there))
        periods = max(0, start - reach) // here
        at = periods * here
        for audio in self._resampled(periods * there, at):
            wanted = audio[:, max(0, start - at) :]
            at += audio.shape[1]
            if wanted.shape[1]:
                yield wanted

    def _resampled(self, first: int, at: int) -> Iterator[Audio]:
        """The file from its own sample ``first`` on, which is the device's sample ``at``."""
        resampler = Resampler(self._file_rate, self._sample_rate, self._channels)
        for block in self._source.blocks(self._block, first):
            first += block.shape[1]
            audio = resampler.feed(with_channels(block, self._channels))
            at += audio.shape[1]
            yield audio
        left = -(-first * self._sample_rate // self._file_rate) - at
        while left > 0:
            rest = resampler.feed(np.zeros((self._channels, self._block), np.float32))[:, :left]
            left -= rest.shape[1]
            yield rest


def _rise(n: int) -> Audio:
    """The ``n`` gains of a fade, up to 1; raised cosine.

    >>> _rise(2)
    array([0.5, 1. ], dtype=float32)
    """
    return (0.5 - 0.5 * np.cos(np.pi * np.arange(1, n + 1) / n)).astype(np.float32)


def _faded_at_damage(blocks: Iterator[Audio], fade: int) -> Iterator[Audio]:
    """``blocks``, the last one fading out where a LivevoxError ends them."""
    held: Audio | None = None
    try:
        for block in blocks:
            if held is not None:
                yield held
            held = block
    except LivevoxError:
        if held is not None:
            n = min(fade, held.shape[1])
            yield np.concatenate([held[:, :-n], held[:, -n:] * (1 - _rise(n))], axis=1)
        raise
    if held is not None:
        yield held


def _music_files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = (file for file in path.iterdir() if not file.name.startswith("."))
    found = sorted(
        file for file in files if file.suffix.lower() in MUSIC_SUFFIXES and file.is_file()
    )
    if not found:
        raise LivevoxError(f"{path} holds no music: choose a folder with audio files in it")
    return found


def overview(path: Path, columns: int) -> Audio:
    """Least and greatest sample of a file in each of ``columns`` equal times, (columns, 2).

    All channels count; samples that are NaN or infinite count as silence. The file is read block
    by block. Raises LivevoxError where it can't be read or is damaged.
    """
    if columns < 1:
        raise LivevoxError(f"an overview of {columns} columns: give at least one")
    with open_audio(path) as source:
        bins = min(columns, source.samples)
        least, greatest = np.full(bins, inf, np.float32), np.full(bins, -inf, np.float32)
        at = 0
        for block in source.blocks(OVERVIEW_BLOCK):
            block = np.nan_to_num(block, nan=0, posinf=0, neginf=0)
            # Where the file is longer than it tells, the last bin takes the rest.
            place = np.arange(at, at + block.shape[1])
            bin_of = np.minimum(place * bins // source.samples, bins - 1)
            starts = np.flatnonzero(np.diff(bin_of, prepend=-1))
            into = bin_of[starts]
            low = np.minimum.reduceat(block.min(axis=0), starts)
            high = np.maximum.reduceat(block.max(axis=0), starts)
            least[into] = np.minimum(least[into], low)
            greatest[into] = np.maximum(greatest[into], high)
            at += block.shape[1]
    seen = np.stack([least, greatest])
    seen[np.isinf(seen)] = 0
    return np.asarray(seen[:, np.arange(columns) * bins // columns].T)
