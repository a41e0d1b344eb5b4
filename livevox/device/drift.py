"""Drift compensation between two clocks: two devices never run at exactly the same rate.

Clocks of the same nominal rate differ by up to a few hundred ppm, and a queue between them would
run empty or full. Here a resampler reads the queue, and a slow controller adjusts its ratio so that
the queue's mean fill stays at its target.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, exp
from time import perf_counter

import numpy as np
import soxr

from livevox.dsp.fifo import Fifo
from livevox.dsp.stft import Audio

MAX_DEVIATION = 2 ** (1 / 1200) - 1
"""The ratio stays within one cent of 1 (578 ppm), which is inaudible."""
BANDWIDTH = 0.1
"""Natural frequency of the critically damped controller, in radians per second. After a step of
1 ppm the mean fill deviates by 3.7 microseconds and returns within a minute or two."""
SMOOTHING = 1.0
"""Time constant of the mean fill, in seconds: many blocks, but fast against the controller."""
HELD = 240
"""Latency in samples of soxr's variable-rate resampler, for all blocks and all ratios near 1 (its
own `delay` does not report it)."""
FADE = 64
"""Samples of a fade in or out; as many stay in the queue for the fade out."""


class DriftCompensator:
    """A queue of (channels, samples) audio, written on one clock and read on another.

    Use it from one thread and without delay: `write` when a block has arrived, or `await_samples`
    then and `write` later, and `read` when there is room for one, because it estimates the clocks
    from the times of these calls. ``target_fill``, in samples, must cover the largest block, the
    jitter of the calls, 3.7 microseconds per ppm of drift, and `FADE`. Then every sample written is
    read exactly once. If the queue still runs empty, or above twice its target, the sound fades
    out, ``underruns`` or ``overruns`` counts it, and the queue is emptied. After that, as at the
    start, reads return silence until the fill is at its target; then the sound fades in. ``silent``
    counts the samples of that silence.
    """

    def __init__(
        self,
        channels: int,
        sample_rate: int,
        target_fill: int,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        """``clock`` returns seconds from any origin."""
        self.underruns = 0
        self.overruns = 0
        self.silent = 0
        self._awaited = 0
        self._channels = channels
        self._rate = sample_rate
        self._target = target_fill
        self._clock = clock
        self._now = clock()
        self._mean_fill = 0.0
        self._drift = 0.0
        self._deviation = 0.0
        self._resampler = soxr.ResampleStream(1 + MAX_DEVIATION, 1, channels, vr=True)
        self._queue = Fifo(channels)
        self._resampled = Fifo(channels)
        self._playing = False
        self._ending = False
        self._gain = 0.0

    @property
    def latency(self) -> int:
        """Samples from arrival to reading, on average."""
        return self._target + HELD

    @property
    def recent_latency(self) -> float:
        """The :attr:`latency` of the last second, which differs after the start and after a change
        of the clocks."""
        return self._mean_fill + HELD

    @property
    def interruptions(self) -> int:
        """Underruns and overruns so far."""
        return self.underruns + self.overruns

    @property
    def ratio(self) -> float:
        """Samples taken from the queue per sample read: the ratio of the clocks."""
        return 1 + self._deviation

    @property
    def fill(self) -> int:
        """Samples in the queue; the resampler holds `HELD` more."""
        return len(self._queue) + len(self._resampled)

    def await_samples(self, n: int) -> None:
        """Count n samples, which have arrived and will be written later, as in the queue, so that
        the time until then does not add to the latency."""
        self._steer()
        self._awaited += n

    def write(self, block: Audio) -> None:
        """Append (channels, n) samples. They are dropped while the queue overflows unread."""
        self._steer()
        self._awaited = max(0, self._awaited - block.shape[1])
        if self.fill < 4 * self.latency:
            self._queue.push(block)
        if not self._playing:
            self._queue.pop(max(0, len(self._queue) - 2 * self.latency))

    def read(self, n: int) -> Audio:
        """The next (channels, n) samples; silence after an interruption."""
        self._steer()
        result = np.zeros((self._channels, n), np.float32)
        if not self._playing and not self._begin(n):
            self.silent += n
            return result
        if not self._ending:
            dry = self.fill < n + FADE
            full = self.fill > n + 2 * self._target
            self._ending = dry or full
            self.underruns += dry
            self.overruns += full
        block = self._resample(n)
        got = block.shape[1]
        result[:, :got] = block * self._fade(got)
        if self._ending and (self._gain == 0 or got < n):
            self._queue.pop(len(self._queue))
            self._playing = False
        return result

    def _begin(self, n: int) -> bool:
        """Play, with the newest samples, if the queue holds as many as it should."""
        # Before n are read there are half as many more than on average.
        excess = len(self._queue) + self._awaited - self._target - n // 2 - 2 * HELD
        # After a stall, more may be awaited than is queued.
        if excess < 0 or len(self._queue) < excess + 2 * HELD + n + FADE:
            return False
        self._queue.pop(excess)
        # Half stays in the resampler. The other half is dropped: it rings from the abrupt start.
        self._feed(2 * HELD)
        self._resampled.pop(len(self._resampled))
        self._mean_fill = self._target
        self._gain = 0.0
        self._playing, self._ending = True, False
        return True

    def _fade(self, n: int) -> Audio:
        """The gains of the next n samples, (n,)."""
        step = (-1 if self._ending else 1) / FADE
        line = np.clip(self._gain + step * np.arange(1, n + 1, dtype=np.float32), 0, 1)
        self._gain = min(max(self._gain + step * n, 0.0), 1.0)
        # A smooth curve, without corners at its ends.
        return np.asarray(line * line * (3 - 2 * line))

    def _steer(self) -> None:
        """Update the ratio from the fill since the last call."""
        before, self._now = self._now, self._clock()
        if not self._playing:
            return
        elapsed = self._now - before
        self._mean_fill += (self.fill + self._awaited - self._mean_fill) * (
            1 - exp(-elapsed / SMOOTHING)
        )
        error = (self._mean_fill - self._target) / self._rate
        wanted = self._drift + 2 * BANDWIDTH * error
        self._deviation = min(max(wanted, -MAX_DEVIATION), MAX_DEVIATION)
        if wanted == self._deviation:
            self._drift += BANDWIDTH**2 * error * elapsed

    def _resample(self, n: int) -> Audio:
        """The next n samples, or all that remain."""
        self._resampler.set_io_ratio(self.ratio, 1)
        while len(self._queue) and len(self._resampled) < n:
            missing = ceil((n - len(self._resampled)) * self.ratio)
            self._feed(min(missing, len(self._queue)))
        return self._resampled.pop(min(n, len(self._resampled)))

    def _feed(self, n: int) -> None:
        block = np.ascontiguousarray(self._queue.pop(n).T)
        self._resampled.push(np.asarray(self._resampler.resample_chunk(block)).T)
