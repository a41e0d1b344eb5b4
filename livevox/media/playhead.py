"""The playhead: how the audio worker reads a ring of music, with fades and jumps, never waiting."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from livevox.dsp.stft import Audio
from livevox.media.music_ring import MusicRing
from livevox.media.track import Loop, rise

FADE_SECONDS = 0.005
REFILL_SECONDS = 0.2
"""How much has to be there before the music starts, after a seek or a pause of the disk."""


@dataclass(frozen=True, eq=False)
class Request:
    """What is to be played from now on: file ``index`` from sample ``start``, with its ``loop``;
    a ``start`` of None stays where the music is."""

    index: int
    start: int | None
    loop: Loop | None


@dataclass(eq=False)
class Cut:
    """A jump in the ring, from ``at`` to ``to``, where ``request`` begins to be met.

    The reader goes on to ``at`` and jumps without a fade; where it is past ``at`` already it fades
    out and jumps. ``index`` and ``start`` are the place in the music; ``end`` is the place in the
    ring where the last file ends, as soon as it is decoded.
    """

    request: Request | None
    at: int
    to: int
    index: int
    start: int
    end: int | None = None


class Playhead:
    """Reads a ring for one thread, the audio worker. It shares no lock with the others.

    The decoding thread sets :attr:`cut` and only reads the rest; commands set :attr:`wanted`.
    """

    def __init__(self, ring: MusicRing, cut: Cut, sample_rate: int) -> None:
        self.cut = cut
        """The newest jump."""
        self.wanted = False
        """Whether music shall be heard."""
        self.taken = cut
        """The jump that was done last."""
        self.now = cut.index, cut.start
        """Number of the file, and the sample in it that comes next."""
        self.starved = 0
        """Samples of silence because the disk was too slow."""
        self.fade = fade_samples(sample_rate)
        self._ring = ring
        self._refill = ceil(REFILL_SECONDS * sample_rate)
        self._gain: Audio = np.concatenate([np.zeros(1, np.float32), rise(self.fade)])
        # It counts the steps of a fade: 0 is silence.
        self._level = 0
        self._filling = True
        self._late = False

    @property
    def silent(self) -> bool:
        """Whether it stands still, and nothing fades."""
        return not self.wanted and self._level == 0

    def read(self, samples: int) -> Audio:
        """The next ``samples``; silence where there is no music. It never waits."""
        out: Audio = np.zeros((self._ring.channels, samples), np.float32)
        done = 0
        while step := self._step(samples - done):
            self._take(out[:, done : done + abs(step)], fade_out=step < 0)
            done += abs(step)
        if self._ring.read < self._ring.written:
            self.now = self._ring.place_at(self._ring.read)
        return out

    def _step(self, left: int) -> int:
        """How many samples to take from the ring, ``left`` at most: so many less than 0 to fade
        out, and 0 to be silent for what is left."""
        while left:
            # In this order: what lies behind an end or a cut is written after they are there.
            end, written, cut = self.taken.end, self._ring.written, self.cut
            waiting = cut is not self.taken
            ahead = waiting and self._ring.read < cut.at
            if waiting and not ahead and (self._ring.read == cut.at or self._level == 0):
                self.now = cut.index, cut.start
                self._ring.read, self.taken = cut.to, cut
                self._filling, self._late = self._level == 0, False
                continue
            # Unless all that comes is there, enough for a fade stays in the ring.
            if ahead:
                there = cut.at - self._ring.read
                complete = cut.end is not None or written - cut.to >= self.fade
            else:
                there, complete = written - self._ring.read, end is not None
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
        """Whether the music can start; at the start of a file it does so without a fade."""
        refill = wanted + self.fade + self._refill
        if not complete and there < min(refill, self._ring.capacity // 2):
            return False
        self._filling = False
        if there and self._ring.place_at(self._ring.read)[1] == 0:
            self._level = self.fade
        return True

    def _take(self, out: Audio, fade_out: bool) -> None:
        """Fill ``out`` from the ring; fades in as long as it does not fade out."""
        self.now = self._ring.take(out)
        if fade_out or self._level < self.fade:
            steps = np.arange(1, out.shape[1] + 1)
            levels = np.minimum(self._level + (-steps if fade_out else steps), self.fade)
            out *= self._gain[levels]
            self._level = int(levels[-1])


def fade_samples(sample_rate: int) -> int:
    """The length of every fade, one sample at least."""
    return max(1, round(FADE_SECONDS * sample_rate))
