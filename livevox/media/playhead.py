"""The playhead: the audio worker's wait-free reader of a ring of music, with fades and jumps."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from livevox.dsp.stft import Audio
from livevox.media.music_ring import MusicRing
from livevox.media.track import Loop, rise

FADE_SECONDS = 0.005
REFILL_SECONDS = 0.2
"""Seconds that must be decoded before the music starts, after a seek or a stall of the disk."""


@dataclass(frozen=True, eq=False)
class Request:
    """A command: play file ``index`` from sample ``start``, with ``loop``, at ``tempo`` times its
    own tempo. A ``start`` of None keeps the position."""

    index: int
    start: int | None
    loop: Loop | None
    tempo: float = 1.0


@dataclass(eq=False)
class Cut:
    """A jump in the ring, from ``at`` to ``to``, where the audio of ``request`` begins.

    The reader continues to ``at`` and jumps without a fade. If it has already passed ``at``, it
    fades out and jumps. ``index`` and ``start`` are the file and the sample at ``to``; ``end`` is
    the position in the ring where the last file ends, once it is decoded.
    """

    request: Request | None
    at: int
    to: int
    index: int
    start: int
    end: int | None = None

    @property
    def tempo(self) -> float:
        """That of the request."""
        return self.request.tempo if self.request else 1.0


class Playhead:
    """Reads a ring for one thread, the audio worker, without locks.

    The decoding thread sets :attr:`cut` and only reads the other attributes; commands set
    :attr:`wanted`.
    """

    def __init__(self, ring: MusicRing, cut: Cut, sample_rate: int) -> None:
        self.cut = cut
        """The newest jump."""
        self.wanted = False
        """Whether music should play."""
        self.taken = cut
        """The last jump done."""
        self.now = cut.index, cut.start
        """Number of the file, and the next sample in it."""
        self.reached = 0, cut.index, cut.start, cut.tempo
        """Samples that were read so far, and :attr:`now` and the tempo after them: set at once, so
        that whoever reads it gets what belongs together."""
        self.starved = 0
        """Samples of silence because the disk was too slow."""
        self.fade = fade_samples(sample_rate)
        self._ring = ring
        self._refill = ceil(REFILL_SECONDS * sample_rate)
        self._gain: Audio = np.concatenate([np.zeros(1, np.float32), rise(self.fade)])
        # The step of the fade, an index into _gain: 0 is silence.
        self._level = 0
        self._filling = True
        self._late = False

    @property
    def silent(self) -> bool:
        """Whether it is paused and has faded out."""
        return not self.wanted and self._level == 0

    def read(self, samples: int) -> Audio:
        """The next ``samples``; silence if there is no music. Wait-free."""
        out: Audio = np.zeros((self._ring.channels, samples), np.float32)
        done = 0
        while step := self._step(samples - done):
            self._take(out[:, done : done + abs(step)], fade_out=step < 0)
            done += abs(step)
        cut = self.cut
        if cut is not self.taken and self._ring.read == cut.at:
            # The jump comes before the next sample.
            self.now = cut.index, cut.start
        elif self._ring.read < self._ring.written:
            self.now = self._ring.place_at(self._ring.read)
        self.reached = self.reached[0] + samples, *self.now, self.taken.tempo
        return out

    def _step(self, left: int) -> int:
        """Number of samples to take from the ring, at most ``left``. Negative: take as many with a
        fade out. 0: the rest is silent."""
        while left:
            # Read in this order: samples after an end or a cut are written after it is set.
            end, written, cut = self.taken.end, self._ring.written, self.cut
            waiting = cut is not self.taken
            ahead = waiting and self._ring.read < cut.at
            if waiting and not ahead and (self._ring.read == cut.at or self._level == 0):
                self.now = cut.index, cut.start
                self._ring.read, self.taken = cut.to, cut
                self._filling, self._late = self._level == 0, False
                continue
            # Unless all the rest is decoded, enough samples for a fade stay in the ring.
            if ahead:
                there = cut.at - self._ring.read
                complete = cut.end is not None or written - cut.to >= self.fade
            else:
                # What comes after the jump does not belong to the fade before it.
                until = min(written, cut.to) if waiting else written
                there, complete = until - self._ring.read, end is not None
            playing = self.wanted and (ahead or not waiting)
            if playing:
                if self._filling and not self._filled(there, left, complete):
                    self.starved += left if self._late else 0
                    return 0
                n = min(left, there if complete else there - self.fade)
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
        """Whether the music can start; at the start of a file it starts without a fade."""
        refill = wanted + self.fade + self._refill
        if not complete and there < min(refill, self._ring.capacity // 2):
            return False
        self._filling = False
        if there and self._ring.place_at(self._ring.read)[1] == 0:
            self._level = self.fade
        return True

    def _take(self, out: Audio, fade_out: bool) -> None:
        """Fill ``out`` from the ring, and continue the fade in or out."""
        self.now = self._ring.take(out)
        if fade_out or self._level < self.fade:
            steps = np.arange(1, out.shape[1] + 1)
            levels = np.minimum(self._level + (-steps if fade_out else steps), self.fade)
            out *= self._gain[levels]
            self._level = int(levels[-1])


def fade_samples(sample_rate: int) -> int:
    """The length of every fade, at least one sample."""
    return max(1, round(FADE_SECONDS * sample_rate))
