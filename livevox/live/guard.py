"""A safe output: silent before the first start, rising after it, and lower after a howl."""

from __future__ import annotations

from typing import Literal, get_args

from livevox.dsp.ramp import Ramp
from livevox.dsp.stft import Audio

GuardState = Literal["closed", "rising", "open", "howl"]
"""``closed``: nothing is heard; ``rising``: from where it was, at least START_DB, to its level;
``howl``: lower, until HOLD_SECONDS without another howl have passed, then it rises."""
GUARD_STATES: tuple[GuardState, ...] = get_args(GuardState)
"""Telemetry holds a state as its index in this tuple."""

START_DB = -20.0
RISE_DB_PER_SECOND = 4.0
"""From START_DB to the level in 5 s."""
HOWL_DB = -20.0
"""The output's change at each howl."""
LOWEST_DB = -60.0
HOLD_SECONDS = 5.0


class Guard:
    """The gain of all that is heard. The I/O thread calls :meth:`apply`, any thread the others."""

    def __init__(self, state: GuardState = "open") -> None:
        self.state: GuardState = state
        self._db = 0.0 if state == "open" else START_DB
        self._held = 0.0
        self._howled = False
        self._ramp: Ramp | None = None
        self._rate = 0

    def let_through(self) -> None:
        """Let sound rise to its level from now on."""
        if self.state != "open":
            self.state = "rising"

    def howled(self) -> None:
        """Turn the output down."""
        self._howled = True

    def prepare(self, sample_rate: int) -> None:
        """For a stream of that rate, before its first block."""
        self._rate = sample_rate
        self._ramp = Ramp(self._target(), sample_rate)

    def apply(self, block: Audio) -> Audio:
        """``block``, (channels, samples), at the guard's gain; itself where that is 1."""
        assert self._ramp is not None
        self._advance(block.shape[1] / self._rate)
        gain = self._ramp.advance(self._target(), block.shape[1])
        if len(gain) == 1 and gain[0] == 1:
            return block
        guarded: Audio = block * gain
        return guarded

    def _target(self) -> float:
        return 0.0 if self.state == "closed" else float(10 ** (self._db / 20))

    def _advance(self, seconds: float) -> None:
        if self._howled:
            self._howled = False
            if self.state != "closed":
                self.state, self._held = "howl", 0.0
                self._db = max(LOWEST_DB, self._db + HOWL_DB)
        elif self.state == "howl":
            self._held += seconds
            if self._held >= HOLD_SECONDS:
                self.state = "rising"
        elif self.state == "rising":
            self._db = min(0.0, self._db + RISE_DB_PER_SECOND * seconds)
            if self._db == 0:
                self.state = "open"
