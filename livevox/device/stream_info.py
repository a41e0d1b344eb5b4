"""What PortAudio reports about an open stream."""

from __future__ import annotations

from typing import Any, Literal

MOST_SECONDS = 10.0
"""No device is later. Of other JACK programs PortAudio computes 0 less a period, without a sign,
which makes 27 hours."""
RATE_TOLERANCE = 0.01
"""Some devices report a measured rate, which differs a little from the usual one."""


def reported_latency(stream: Any, kind: Literal["input", "output"]) -> float | None:
    """The latency in seconds of a stream's device; None if it is unknown."""
    both = stream.latency
    latency = float(both[kind == "output"] if isinstance(both, tuple) else both)
    return latency if 0 <= latency < MOST_SECONDS else None


def changed_rate(stream: Any) -> int | None:
    """The rate in Hz of a stream whose sound server has changed it; None if it is the same."""
    import sounddevice

    # ``stream.samplerate`` is the rate at which the stream was opened.
    opened = float(stream.samplerate)
    info = sounddevice._lib.Pa_GetStreamInfo(stream._ptr)
    now = float(info.sampleRate) if info else opened
    return round(now) if abs(now - opened) > RATE_TOLERANCE * opened else None
