"""Block sizes: samples per host period, and samples queued ahead of playback."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from livevox.device.device_streams import not_opened
from livevox.device.devices import Device
from livevox.errors import LivevoxError
from livevox.network.geometry import Geometry

WORK_SECONDS = 0.0058
"""Least time for the worker, in seconds, where a block is shorter: a frame takes up to 5 ms."""
WINDOW_SECONDS = 0.025
"""The same for a network that runs on windows: one takes 10 ms on a small computer."""
PROBE_SECONDS = 1.0
PROBED_BLOCKS = 4
PROBED_BURSTS = 3
CHUNK = 1024
"""PortAudio silently splits host periods longer than this."""
MIN_BLOCK, MAX_BLOCK = 16, 8192


def work_seconds(geometry: Geometry) -> float:
    """The worker's longest processing time in seconds for a network of that timing."""
    return WORK_SECONDS if geometry.alignment == "causal" else WINDOW_SECONDS


def headroom(block: int, rate: int, work_seconds: float = WORK_SECONDS, burst: int = 0) -> int:
    """Samples, a multiple of ``block``, from a block's arrival to its playback: the ``burst`` that
    arrives at once, at least a block, plus the processing time. With 0 seconds, all is done before
    the next burst.

    >>> headroom(256, 44100), headroom(64, 44100), headroom(1024, 48000)
    (512, 320, 2048)
    >>> headroom(256, 44100, burst=2048), headroom(256, 44100, 0)
    (4096, 256)
    """
    burst = max(block, burst)
    work = max(burst, round(work_seconds * rate)) if work_seconds else 0
    return -(-(burst + work) // block) * block


def host_period(output: Device, rate: int) -> int:
    """The host period of a device in samples, measured.

    Raises LivevoxError if the device does not play.
    """
    import rtmixer

    try:
        with rtmixer.Mixer(
            device=output.index, channels=1, samplerate=rate, blocksize=0, latency="low"
        ) as stream:
            silence = np.zeros(rate, np.float32)
            action = stream.play_buffer(silence, 1)
            deadline = time.monotonic() + PROBE_SECONDS
            while action.stats.blocks < PROBED_BLOCKS and time.monotonic() < deadline:
                time.sleep(0.005)
            blocks, samples = int(action.stats.blocks), int(action.done_frames)
            if int(action.stats.max_blocksize) >= CHUNK:
                blocks, samples = 1, _burst(action, deadline)
    except Exception as error:
        raise not_opened(output.name, rate, error) from None
    if blocks == 0:
        raise LivevoxError(f"{output.name} does not play: reconnect it, or choose another device")
    return min(max(round(samples / blocks), MIN_BLOCK), MAX_BLOCK)


def _burst(action: Any, deadline: float) -> int:
    """The median step of the count of played samples, polled every millisecond.

    PortAudio counts the parts of a period one by one: only counts that stand still are taken.
    """
    seen = [int(action.done_frames)]
    last = seen[0]
    while len(seen) < 2 + PROBED_BURSTS and time.monotonic() < deadline:
        time.sleep(0.001)
        before, last = last, int(action.done_frames)
        if last == before and last != seen[-1]:
            seen.append(last)
    # The first poll may have come in the middle of a step.
    return int(np.median(np.diff(seen[1:]))) if len(seen) > 2 else CHUNK
