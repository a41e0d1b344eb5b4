"""Gaps in the sound: how often and how long the output was silent against anybody's will.

A gap is a stretch of time in which the output plays silence instead of the mix: the output ran
empty until it was realigned, the queue between two clocks ran empty or full, the devices were
reopened for a :class:`livevox.live.flow_watch.Fault`, or an engine ended until another one was
heard. Such stretches in a row are one gap. It is
no gap if the input is silent, something is muted, the music is paused, or the user has just asked
for another model or other devices. A late block is none either: it plays the unprocessed input. An
xrun is what the sound server reports; only one that empties the output becomes a gap.
"""

from __future__ import annotations

import time
from typing import Any, Protocol


class Played(Protocol):
    """What :class:`livevox.device.stream.AudioStream` counts itself."""

    sample_rate: int

    @property
    def elapsed(self) -> int: ...
    @property
    def gaps(self) -> int: ...
    @property
    def gap_samples(self) -> int: ...


class Gaps:
    """Counts the gaps of a stream, in addition to those in ``fields``, which are those of
    :class:`livevox.live.telemetry.Telemetry`."""

    def __init__(self, fields: Any, stream: Played, latency: int) -> None:
        """``latency`` is that of the stream and the worker, in samples."""
        self._fields = fields
        self._stream = stream
        self._latency = latency
        self._count = int(fields.gaps)
        self._seconds = float(fields.gap_seconds)

    def write_telemetry(self) -> None:
        """Update the fields. Call this while the stream runs."""
        fields, stream = self._fields, self._stream
        since = float(fields.silent_since)
        if since and stream.elapsed > self._latency:
            self._count += 1
            self._seconds += time.monotonic() - since
            fields.silent_since = 0
        fields.gaps = self._count + stream.gaps
        fields.gap_seconds = self._seconds + stream.gap_samples / stream.sample_rate


def begin_gap(fields: Any, silent_seconds: float = 0.0) -> None:
    """Note that the sound is interrupted, after it was silent for so long already. The gap ends
    with the sound of the next stream."""
    if not fields.silent_since and fields.heard_at:
        fields.silent_since = float(fields.heard_at) - silent_seconds
