"""The period of a device while it plays: a sound server may change it at any time."""

from __future__ import annotations

SETTLED_SECONDS = 0.15
LEAST_STEPS = 3


class NewPeriods:
    """Finds the periods for which devices have to be opened anew."""

    def __init__(self) -> None:
        self._last: int | None = None
        """The period, in samples, for which they were last opened anew."""

    def take(self, period: int | None, burst: int) -> int | None:
        """The measured ``period`` if the devices have to be opened anew for it; None if not, as
        where it is the ``burst`` that they were opened with."""
        if period == burst:
            self._last = None
        # If opening them anew did not help, don't do it for this period again.
        if period is None or period in (burst, self._last):
            return None
        self._last = period
        return period


class Steps:
    """Finds the period in the steps by which a device's clock moves, asked several times in each.

    A step that was asked for too late is several periods long, so only equal ones in a row count,
    or one of the length that the server says.
    """

    def __init__(self, sample_rate: int) -> None:
        self._enough = SETTLED_SECONDS * sample_rate
        self._at = 0
        self._step = 0
        self._count = 0

    def see(self, elapsed: int) -> None:
        """Look at the clock, in samples."""
        step, self._at = elapsed - self._at, elapsed
        if step == 0:
            return
        self._count = self._count + 1 if step == self._step else 1
        self._step = step

    def period(self, said: int | None = None) -> int | None:
        """The period in samples; None until so many steps in a row were equal, or the last one was
        as long as the server ``said``, if it did.

        >>> steps = Steps(44_100)
        >>> for elapsed in range(0, 8192, 256): steps.see(elapsed)
        >>> steps.period()
        256
        >>> steps.see(10_000); steps.period()
        >>> steps.period(2064), steps.period(4096)
        (2064, None)
        """
        enough = self._count >= LEAST_STEPS and self._count * self._step >= self._enough
        return self._step if enough or self._step == said else None
