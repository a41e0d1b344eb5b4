"""When a device's clock moved, from looks at it several times in each period."""

from __future__ import annotations


class Arrival:
    """Estimates the time at which the last step of a device's clock came.

    A step came between the look that showed it and the one before. Within that span it counts as
    the one before it and as many seconds as it has samples, so late looks do not move it.
    """

    def __init__(self, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._elapsed = 0
        self._looked: float | None = None
        self.at = 0.0
        """Seconds of the clock that :meth:`see` was given."""

    def see(self, elapsed: int, now: float) -> None:
        """Look at the device's clock, in samples, at ``now`` in seconds."""
        step, self._elapsed = elapsed - self._elapsed, elapsed
        if step:
            expected = self.at + step / self._sample_rate
            self.at = now if self._looked is None else min(max(expected, self._looked), now)
        self._looked = now
